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
    waiter self;
    *link_to(nullptr) = &self;
    if (self.called.wait_until(lock, until, [&] { return self.is_admitted; }))
        return pass{this};
    *link_to(&self) = self.next;
    return std::nullopt;
}

/// The pointer in the list that points to `target`. For a null `target`: the pointer at the end.
fifo_gate::waiter** fifo_gate::link_to(const waiter* target)
{
    auto** link = &first_;
    while (*link != target)
        link = &(*link)->next;
    return link;
}

/// Admits the first waiter. The gate stays taken, so that no newcomer can overtake it.
void fifo_gate::leave()
{
    const std::lock_guard lock{mutex_};
    if (first_ == nullptr) {
        is_taken_ = false;
        return;
    }
    auto& next = *std::exchange(first_, first_->next);
    next.is_admitted = true;
    // Under the lock: the waiter may be destroyed as soon as its thread wakes.
    next.called.notify_one();
}

fifo_gate::pass::~pass()
{
    if (gate_ != nullptr)
        gate_->leave();
}

}  // namespace botapi::sql
