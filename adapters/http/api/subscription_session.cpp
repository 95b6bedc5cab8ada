#include "adapters/http/api/subscription_session.hpp"

#include "adapters/http/api/server_frame.hpp"
#include "adapters/http/codec/problem_json.hpp"
#include "adapters/http/protocol/problem.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>
#include <variant>

namespace botapi::http {

using boost::asio::awaitable;
using botcore::scope;
using namespace std::chrono_literals;

namespace {

constexpr auto check_interval = 1s;

}  // namespace

subscription_session::subscription_session(const stream_context& context, const request& request)
    : context_{context},
      remote_{request.remote},
      network_{request.network},
      held_{context.held, network_}
{
    request_.path = request.path;
    request_.prefix = request.prefix;
    request_.id = request.id;
    request_.caller = request.caller;
    request_.remote = remote_;
    request_.network = network_;
    context_.observer.sockets_changed(1);
}

subscription_session::~subscription_session()
{
    const auto count = static_cast<std::ptrdiff_t>(subscriptions_.size());
    context_.observer.subscriptions_changed(-count);
    context_.observer.sockets_changed(-1);
}

std::string subscription_session::error_of(std::string_view id, const problem& fault) const
{
    return error_frame(id, to_json(fault, {request_.prefix, stream_path}));
}

awaitable<void> subscription_session::run(web_socket& over)
{
    over.start(deliver(over));
    while (auto frame = co_await over.receive()) {
        ++received_;
        context_.observer.received();
        auto answering = frame->is_refused ? refuse(over, {})
                                           : answer(over, std::move(frame->content));
        co_await std::move(answering);
        may_go_on(over);
    }
    record(over);
}

/// Counts each message, whatever its content.
bool subscription_session::admits()
{
    refusal_ = context_.access.refuse_message(request_);
    return !refusal_;
}

bool subscription_session::may_hold(std::size_t size)
{
    return held_.resize(size);
}

awaitable<void> subscription_session::refuse(web_socket& over, std::string id)
{
    auto frame = error_frame(id, refusal_->body);
    co_await over.send(opcode::text, std::move(frame));
}

awaitable<void> subscription_session::answer(web_socket& over, std::string text)
{
    auto command = read_command(text, context_.core.direct().messages);
    const auto work = [&](auto& one) {
        return refusal_ ? refuse(over, one.id) : answer(over, one);
    };
    auto answering = std::visit(work, command);
    co_await std::move(answering);
}

awaitable<void> subscription_session::answer(web_socket& over, subscribe_command& command)
{
    if (const auto refused = context_.access.refuse_command(request_, scope::messages_read)) {
        co_await over.send(opcode::text, error_frame(command.id, refused->body));
        co_return;
    }
    if (const auto allowed = request_.grant().may_follow(command.stream); !allowed) {
        co_await over.send(opcode::text, error_of(command.id, problem_from(allowed.error())));
        co_return;
    }
    const bool is_taken = subscriptions_.contains(command.id);
    if (is_taken || subscriptions_.size() >= context_.limits.subscriptions_max) {
        const std::string detail = is_taken
                                       ? "is the name of an existing subscription."
                                       : "would be one more than the " +
                                             std::to_string(context_.limits.subscriptions_max) +
                                             " subscriptions that a socket may have.";
        const problem fault{
            problem_kind::invalid_field,
            "The request has faulty fields: see errors.",
            {{"pointer", "/id", detail}}};
        co_await over.send(opcode::text, error_of(command.id, fault));
        co_return;
    }

    const auto one = std::make_shared<stream_subscription>(command.id);
    auto ready = [this, &over, here = one.get()] {
        if (here->is_over)
            return;
        queue(subscriptions_.at(here->id));
        over.wake();
    };
    one->source.emplace(
        context_.live,
        over.get_executor(),
        stream_view{command.stream, request_.visible()},
        command.start,
        std::move(ready)
    );
    subscriptions_.emplace(command.id, one);
    context_.observer.subscriptions_changed(1);
    queue(one);
    over.wake();
}

awaitable<void> subscription_session::answer(web_socket& over, unsubscribe_command& command)
{
    const auto found = subscriptions_.find(command.id);
    if (found == subscriptions_.end()) {
        const problem fault{
            problem_kind::not_found,
            "This socket has no subscription of this name."};
        co_await over.send(opcode::text, error_of(command.id, fault));
        co_return;
    }
    const auto one = found->second;
    end(one);
    co_await over.send(opcode::text, unsubscribed_frame(command.id));
}

awaitable<void> subscription_session::answer(web_socket& over, send_command& command)
{
    if (const auto refused = context_.access.refuse_command(request_, scope::messages_write)) {
        co_await over.send(opcode::text, error_frame(command.id, refused->body));
        co_return;
    }
    std::vector<botcore::draft> one;
    one.push_back(std::move(command.message));
    auto prepared =
        context_.core.direct().messages.prepare(std::move(one), command.key, request_.grant());
    if (!prepared) {
        co_await over.send(
            opcode::text,
            error_of(command.id, problem_from(prepared.error(), "/message"))
        );
        co_return;
    }
    const auto stored =
        co_await context_.core.append(*std::move(prepared), request_.sender(), until());
    if (stored) {
        co_await over.send(opcode::text, sent_frame(command.id, stored->front()));
        co_return;
    }
    if (stored.error().code == botcore::errc::internal) {
        const std::string_view what = stored.error().detail;
        context_.log.write(
            botcore::severity::error,
            "a message can't be stored",
            {{"request_id", request_.id}, {"cause", what}}
        );
    }
    const auto fault = error_of(command.id, problem_from(stored.error(), "/message"));
    co_await over.send(opcode::text, fault);
}

awaitable<void> subscription_session::answer(web_socket& over, ping_command& command)
{
    co_await over.send(opcode::text, pong_frame(command.id));
}

awaitable<void> subscription_session::answer(web_socket& over, bad_command& command)
{
    co_await over.send(opcode::text, error_of(command.id, command.fault));
}

/// Closes the socket if the key or token has ended.
bool subscription_session::may_go_on(web_socket& over) const
{
    if (context_.access.still_allows(request_))
        return true;
    over.close(close_code::policy, "The key or token is not valid any more.");
    return false;
}

void subscription_session::check(web_socket& over, clock::time_point now)
{
    if (now < check_due_)
        return;
    check_due_ = now + check_interval;
    may_go_on(over);
    for (const auto& one : std::exchange(failed_, {})) {
        if (!one->is_over)
            queue(one);
    }
    if (!ready_.empty())
        over.wake();
}

void subscription_session::record(const web_socket& over) const
{
    const auto duration_ms = std::chrono::duration<double, std::milli>{clock::now() - since_}.count(
    );
    const auto code = static_cast<std::uint64_t>(over.closed_with().value_or(close_code::normal));
    context_.log.write(
        botcore::severity::info,
        "a socket has ended",
        {{"request_id", request_.id},
         {"remote", remote_},
         {"code", code},
         {"received", received_},
         {"delivered", delivered_},
         {"duration_ms", duration_ms}}
    );
}

}  // namespace botapi::http
