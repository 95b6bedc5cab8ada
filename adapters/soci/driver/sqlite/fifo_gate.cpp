#include "adapters/soci/driver/sqlite/fifo_gate.hpp"

#include <utility>

namespace botapi::sql {

std::optional<fifo_gate::pass> fifo_gate::enter(botcore::deadline until)
{
    std::unique_lock lock{mutex_};
    if (!is_taken_) {
        is_taken_ = true;
        return pass{this};
    }
    place mine;
    *find(nullptr) = &mine;
    if (mine.called.wait_until(lock, until, [&] { return mine.is_in; }))
        return pass{this};
    *find(&mine) = mine.next;
    return std::nullopt;
}

/// Where the list points to this place; to none, at its end.
fifo_gate::place** fifo_gate::find(const place* wanted)
{
    auto** at = &first_;
    while (*at != wanted)
        at = &(*at)->next;
    return at;
}

/// Lets the first in. Nobody who comes meanwhile gets before it.
void fifo_gate::leave()
{
    const std::lock_guard lock{mutex_};
    if (first_ == nullptr) {
        is_taken_ = false;
        return;
    }
    auto& next = *std::exchange(first_, first_->next);
    next.is_in = true;
    // Under the lock: it may be gone as soon as it knows.
    next.called.notify_one();
}

fifo_gate::pass::~pass()
{
    if (gate_ != nullptr)
        gate_->leave();
}

}  // namespace botapi::sql
