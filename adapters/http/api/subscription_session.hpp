#pragma once

#include "adapters/http/access/access_control.hpp"
#include "adapters/http/api/client_command.hpp"
#include "adapters/http/api/stream_subscription.hpp"
#include "adapters/http/bridge/gateway.hpp"
#include "adapters/http/live/hub.hpp"
#include "adapters/http/metrics/stream_observer.hpp"
#include "adapters/http/options.hpp"
#include "adapters/http/protocol/memory_budget.hpp"
#include "adapters/http/websocket/socket_upgrade.hpp"

#include <botcore/ports/log.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace botapi::http {

/// The parts that all sockets of `GET /stream` share.
struct stream_context {
    gateway& core;
    hub& live;
    access_control& access;
    const http::limits& limits;
    memory_budget& held;  ///< For messages of clients that have arrived in part.
    stream_observer observer;
    botcore::log& log;
};

/// One client of `GET /stream`: its subscriptions, and the messages it sends.
///
/// Commands are carried out one after another. At the same time the session sends the messages of
/// its subscriptions, one subscription after another. No messages are queued: a subscription is a
/// position in a stream, and continues when the client has taken the previous messages. So a slow
/// client only falls behind, and costs no memory.
class subscription_session final : public socket_session {
public:
    /// Keeps a reference to `context`. `request` is the request for the socket.
    subscription_session(const stream_context& context, const request& request);

    ~subscription_session() override;
    subscription_session(const subscription_session&) = delete;
    subscription_session& operator=(const subscription_session&) = delete;

    boost::asio::awaitable<void> run(web_socket& over) override;
    bool admits() override;
    bool may_hold(std::size_t size) override;
    void check(web_socket& over, std::chrono::steady_clock::time_point now) override;

private:
    using clock = std::chrono::steady_clock;

    using shared_subscription = std::shared_ptr<stream_subscription>;

    /// The frame of an error. `id` is that of the command.
    [[nodiscard]] std::string error_of(std::string_view id, const problem& fault) const;

    // Commands: each is answered before the next one is read.
    boost::asio::awaitable<void> answer(web_socket& over, std::string text);
    boost::asio::awaitable<void> refuse(web_socket& over, std::string id);
    boost::asio::awaitable<void> answer(web_socket& over, subscribe_command& command);
    boost::asio::awaitable<void> answer(web_socket& over, unsubscribe_command& command);
    boost::asio::awaitable<void> answer(web_socket& over, send_command& command);
    boost::asio::awaitable<void> answer(web_socket& over, ping_command& command);
    boost::asio::awaitable<void> answer(web_socket& over, bad_command& command);

    // Subscriptions.
    boost::asio::awaitable<void> deliver(web_socket& over);
    boost::asio::awaitable<void> deliver(web_socket& over, shared_subscription one);
    boost::asio::awaitable<void> confirm(web_socket& over, const stream_subscription& one);
    boost::asio::awaitable<void> fail(
        web_socket& over,
        const shared_subscription& one,
        const botcore::error& why
    );
    void queue(const shared_subscription& one);
    void end(const shared_subscription& one);

    [[nodiscard]] wait_limit until() const
    {
        wait_limit limit{clock::now() + context_.limits.handle_max};
        limit.guard(request_.caller.get());
        return limit;
    }
    bool may_go_on(web_socket& over) const;
    void record(const web_socket& over) const;

    const stream_context& context_;
    request request_;  ///< The request for the socket: its path, id, caller and addresses.
    std::string remote_;
    std::string network_;
    memory_budget::share held_;
    std::map<std::string, shared_subscription, std::less<>> subscriptions_{};
    std::deque<shared_subscription> ready_{};    ///< Subscriptions that may have messages to send.
    std::vector<shared_subscription> failed_{};  ///< Those whose last read failed: to read again.
    clock::time_point since_ = clock::now();
    clock::time_point check_due_{};
    std::optional<response> refusal_{};  ///< Of the message that has just arrived.
    std::uint64_t received_ = 0;
    std::uint64_t delivered_ = 0;
};

}  // namespace botapi::http
