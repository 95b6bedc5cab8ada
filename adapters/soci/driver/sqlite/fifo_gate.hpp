#pragma once

#include <botcore/ports/deadline.hpp>

#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>

namespace botapi::sql {

/// Lets one thread in at a time, in the order in which they came: for SQLite's writers, which would
/// wait for each other by looking again and again.
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

    /// Nothing, if the others are not done by the deadline.
    std::optional<pass> enter(botcore::deadline until);

private:
    /// One who waits. It lives on the stack of its thread.
    struct place {
        std::condition_variable called{};
        bool is_in = false;
        place* next = nullptr;
    };

    place** find(const place* wanted);
    void leave();

    std::mutex mutex_;
    bool is_taken_ = false;
    place* first_ = nullptr;  ///< Of a list: it takes no memory to wait.
};

}  // namespace botapi::sql
