#pragma once

#include <botcore/ports/deadline.hpp>

#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>

namespace botapi::sql {

/// Admits one thread at a time, in the order of arrival. It queues the writers of SQLite, which
/// would otherwise poll the database.
class fifo_gate {
public:
    class pass {
    public:
        explicit pass(fifo_gate* gate) noexcept : gate_{gate} {}
        pass(pass&& other) noexcept : gate_{std::exchange(other.gate_, nullptr)} {}
        ~pass();

        pass(const pass&) = delete;
        pass& operator=(const pass&) = delete;
        pass& operator=(pass&&) = delete;

    private:
        fifo_gate* gate_;
    };

    /// Waits for admission. Nothing if the deadline passes first.
    std::optional<pass> enter(botcore::deadline until);

private:
    /// A thread that waits. It lives on that thread's stack.
    struct waiter {
        std::condition_variable called{};
        bool is_admitted = false;
        waiter* next = nullptr;
    };

    waiter** link_to(const waiter* target);
    void leave();

    std::mutex mutex_;
    bool is_taken_ = false;
    waiter* first_ = nullptr;  ///< A linked list: waiting allocates no memory.
};

}  // namespace botapi::sql
