#pragma once

#include "adapters/http/connection/connection.hpp"
#include "adapters/http/protocol/message.hpp"

#include <atomic>

namespace botapi::http {

/// A client whose answer waits for events, such as new messages.
///
/// Meanwhile no time limit applies to the client, and its connection holds no empty buffer. Bytes
/// that arrive belong to the next request. They are kept, up to `connection::read_size` or a little
/// more.
class client_presence final : public presence {
public:
    /// Keeps references.
    client_presence(connection& connection, const std::atomic<bool>& is_draining) noexcept
        : connection_{connection}, is_draining_{is_draining}
    {
    }

    /// Starts to wait for the answer to `request`. Keeps a reference.
    void begin(const request& request);

    boost::asio::awaitable<void> wait(connection::clock::time_point until) override;
    void wake() override;
    [[nodiscard]] bool is_over() const override { return is_forbidden_ || is_draining_; }

    [[nodiscard]] bool is_waiting() const noexcept { return is_waiting_; }

    /// Wakes the answer if its time is over, or if `still_allows(request)` is false, which is
    /// checked once a second.
    template <class Permission>
    void check(connection::clock::time_point now, Permission still_allows)
    {
        if (now >= permission_due_) {
            permission_due_ = now + permission_interval;
            is_forbidden_ = !still_allows(*request_);
        }
        if (now >= until_ || is_forbidden_)
            wake();
    }

private:
    static constexpr std::chrono::seconds permission_interval{1};

    connection& connection_;
    const std::atomic<bool>& is_draining_;
    const request* request_ = nullptr;
    connection::clock::time_point until_{};
    connection::clock::time_point permission_due_{};
    bool is_waiting_ = false;
    bool is_woken_ = false;
    bool is_forbidden_ = false;
};

}  // namespace botapi::http
