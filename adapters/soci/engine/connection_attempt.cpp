#include "adapters/soci/engine/connection_attempt.hpp"

#include <utility>

namespace botapi::sql {

connection_attempt::connection_attempt(std::function<std::unique_ptr<session>()> open)
    : state_{std::make_unique<std::atomic<state>>(state::running)}
{
    const auto run = [&current = *state_, open = std::move(open)] {
        auto opened = open();
        auto expected = state::running;
        if (!current.compare_exchange_strong(expected, state::finished))
            opened.reset();
        return opened;
    };
    opened_ = std::async(std::launch::async | std::launch::deferred, run);
}

bool connection_attempt::wait_for(std::chrono::milliseconds patience)
{
    return opened_.wait_for(patience) != std::future_status::timeout;
}

bool connection_attempt::abandon() noexcept
{
    auto expected = state::running;
    return state_->compare_exchange_strong(expected, state::abandoned);
}

bool connection_attempt::has_ended() const
{
    return opened_.wait_for(std::chrono::seconds{0}) == std::future_status::ready;
}

}  // namespace botapi::sql
