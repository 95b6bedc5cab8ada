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
    if (!has_free_.wait_until(lock, until, [&] { return !free_.empty(); }))
        return nullptr;
    // The session that was used last, because its statements are prepared.
    auto [session, generation] = std::move(free_.back());
    free_.pop_back();
    if (generation != generation_) {
        lock.unlock();
        session.reset();
        lock.lock();
    }
    return std::make_unique<lease>(*this, std::move(session), generation_);
}

void session_pool::return_session(
    std::unique_ptr<session> session,
    std::uint64_t generation
) noexcept
{
    {
        const std::lock_guard lock{mutex_};
        free_.emplace_back(std::move(session), generation);  // Never grows past its first size.
    }
    has_free_.notify_one();
}

session_pool::lease::~lease()
{
    if (session_)
        session_->mark_idle();
    pool_.return_session(std::move(session_), generation_);
}

session& session_pool::lease::get()
{
    if (!session_)
        session_ = pool_.link_.connect();
    return *session_;
}

void session_pool::lease::rollback() noexcept
{
    if (session_ && !session_->rollback())
        discard(false);
}

void session_pool::lease::discard(bool is_lost) noexcept
{
    session_.reset();
    const std::lock_guard lock{pool_.mutex_};
    if (is_lost && generation_ == pool_.generation_)
        ++pool_.generation_;
    generation_ = pool_.generation_;
}

}  // namespace botapi::sql
