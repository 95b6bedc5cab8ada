#include "adapters/soci/engine/session_pool.hpp"

#include "adapters/soci/driver/connect.hpp"
#include "adapters/soci/driver/failure.hpp"
#include "adapters/soci/driver/postgresql/server_probe.hpp"

#include <algorithm>
#include <random>

namespace botapi::sql {

namespace {

/// A server that takes longer over a statement that does nothing hangs.
constexpr std::chrono::milliseconds answer_max{1'000};

}  // namespace

session_pool::session_pool(
    database_url url,
    std::size_t size,
    std::chrono::milliseconds statement_max,
    fifo_gate& writers,
    botcore::log& log
)
    : url_{std::move(url)},
      statement_max_{statement_max},
      log_{log},
      reachability_{std::random_device{}()},
      free_(std::max<std::size_t>(size, 1))
{
    if (url_.dialect() == dialect::sqlite) {
        checkpoints_ = std::make_unique<checkpointer>(url_.target(), writers);
        return;
    }
    const auto probe = std::make_shared<server_probe>(connection_uri(url_));
    watchdog_ = std::make_unique<watchdog>(
        [this, probe] { return is_well(*probe); },
        [this](botcore::deadline since) { reachability_.hung(since); }
    );
}

/// Whether sessions may go on waiting.
bool session_pool::is_well(server_probe& probe)
{
    switch (probe.look(answer_max)) {
        case server_probe::finding::well: reachability_.reached(); break;
        case server_probe::finding::away:
            if (reachability_.away_since()) {
                tell_lost({failure_kind::lost, "connect", probe.reason()}, log_);
                reachability_.missed(std::chrono::steady_clock::now());
            }
            break;
        case server_probe::finding::hung:
            log_.write(botcore::severity::warning, "the database takes connections, and hangs");
            return false;
    }
    return true;
}

std::unique_ptr<session_pool::lease> session_pool::acquire(botcore::deadline until)
{
    std::unique_lock lock{mutex_};
    if (!freed_.wait_until(lock, until, [&] { return !free_.empty(); }))
        return nullptr;
    // The one that was used last: its statements are prepared, and the others can grow old.
    auto [leased, age] = std::move(free_.back());
    free_.pop_back();
    if (age != age_) {
        lock.unlock();
        leased.reset();
        lock.lock();
    }
    return std::make_unique<lease>(*this, std::move(leased), age_);
}

// On a thread of its own, as long as there can be one, since libpq can't be told that a server
// hangs.
std::unique_ptr<session> session_pool::connect()
{
    const auto make = [this] {
        return std::make_unique<session>(url_, statement_max_, checkpoints_.get(), watchdog_.get());
    };
    if (!watchdog_)
        return make();
    const auto began = std::chrono::steady_clock::now();
    auto made = std::async(std::launch::async | std::launch::deferred, make);
    while (made.wait_for(watchdog::suspicious) == std::future_status::timeout) {
        if (!watchdog_->is_answered()) {
            reachability_.hung(began);
            const std::lock_guard lock{mutex_};
            given_up_.push_back(std::move(made));
            throw still_away{};
        }
    }
    return made.get();
}

void session_pool::give_back(std::unique_ptr<session> returned, std::uint64_t age) noexcept
{
    const auto is_over = [](const auto& one) {
        return one.wait_for(std::chrono::seconds{0}) == std::future_status::ready;
    };
    {
        const std::lock_guard lock{mutex_};
        free_.emplace_back(std::move(returned), age);  // Never grows past its first size.
        std::erase_if(given_up_, is_over);
    }
    freed_.notify_one();
}

session_pool::lease::~lease()
{
    if (leased_)
        leased_->rest();
    pool_.give_back(std::move(leased_), age_);
}

session& session_pool::lease::get()
{
    if (leased_)
        return *leased_;
    if (!pool_.reachability_.may_try(std::chrono::steady_clock::now()))
        throw still_away{};
    // A try can take seconds, which nobody who waits for an answer has to spare.
    if (pool_.watchdog_ && pool_.reachability_.away_since()) {
        pool_.watchdog_->ask();
        throw still_away{};
    }
    // To connect to a server that hangs takes longer than to notice that it does.
    if (pool_.watchdog_ && !pool_.watchdog_->is_answered())
        throw still_away{};
    try {
        leased_ = pool_.connect();
    } catch (const still_away&) {
        throw;
    } catch (...) {
        pool_.reachability_.missed(std::chrono::steady_clock::now());
        throw;
    }
    pool_.reachability_.reached();
    return *leased_;
}

void session_pool::lease::rollback() noexcept
{
    if (leased_ && !leased_->rollback())
        discard(false);
}

void session_pool::lease::discard(bool lost) noexcept
{
    leased_.reset();
    const std::lock_guard lock{pool_.mutex_};
    if (lost && age_ == pool_.age_)
        ++pool_.age_;
    age_ = pool_.age_;
}

}  // namespace botapi::sql
