#include "adapters/soci/engine/session_pool.hpp"

#include <algorithm>

namespace botapi::sql {

session_pool::session_pool(database_link& link, std::size_t size)
    : link_{link}, free_(std::max<std::size_t>(size, 1))
{
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

void session_pool::give_back(std::unique_ptr<session> returned, std::uint64_t age) noexcept
{
    {
        const std::lock_guard lock{mutex_};
        free_.emplace_back(std::move(returned), age);  // Never grows past its first size.
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
    if (!leased_)
        leased_ = pool_.link_.connect();
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
