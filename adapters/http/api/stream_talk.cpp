#include "adapters/http/api/stream_talk.hpp"

#include "adapters/http/api/stream_words.hpp"
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

std::string error_of(std::string_view id, const problem& fault)
{
    return error_text(id, to_json(fault, stream_path));
}

}  // namespace

stream_talk::stream_talk(const stream_context& context, const request& asked)
    : context_{context}, remote_{asked.remote}, network_{asked.network}
{
    asked_.path = asked.path;
    asked_.id = asked.id;
    asked_.caller = asked.caller;
    asked_.remote = remote_;
    asked_.network = network_;
    context_.observer.sockets_changed(1);
}

stream_talk::~stream_talk()
{
    const auto count = static_cast<std::ptrdiff_t>(subscriptions_.size());
    context_.observer.subscriptions_changed(-count);
    context_.observer.sockets_changed(-1);
}

awaitable<void> stream_talk::run(web_socket& over)
{
    over.start(deliver(over));
    while (const auto said = co_await over.receive()) {
        ++received_;
        context_.observer.received();
        auto wish = read_wish(said->content, context_.core.direct().messages);
        auto answering = std::visit([&](auto& one) { return answer(over, one); }, wish);
        co_await std::move(answering);
    }
    record(over);
}

awaitable<void> stream_talk::answer(web_socket& over, subscribe_wish& wish)
{
    if (const auto refused = context_.access.refuse_more(asked_, scope::messages_read)) {
        co_await over.send(opcode::text, error_text(wish.id, refused->body));
        co_return;
    }
    if (const auto allowed = asked_.grant().may_follow(wish.stream); !allowed) {
        co_await over.send(opcode::text, error_of(wish.id, problem_from(allowed.error())));
        co_return;
    }
    const bool is_taken = subscriptions_.contains(wish.id);
    if (is_taken || subscriptions_.size() >= context_.limits.subscriptions_max) {
        const std::string detail = is_taken
                                       ? "is the name of a subscription that there is already."
                                       : "would be one more than the " +
                                             std::to_string(context_.limits.subscriptions_max) +
                                             " subscriptions that a socket may have.";
        const problem fault{
            problem_kind::invalid_field,
            "The request has faulty fields: see errors.",
            {{"pointer", "/id", detail}}};
        co_await over.send(opcode::text, error_of(wish.id, fault));
        co_return;
    }

    const auto one = std::make_shared<stream_subscription>(wish.id, wish.start);
    auto ready = [this, &over, here = one.get()] {
        if (here->is_over)
            return;
        queue(subscriptions_.at(here->id));
        over.wake();
    };
    one->source.emplace(
        context_.live,
        over.get_executor(),
        wish.stream,
        asked_.visible(),
        wish.start,
        std::move(ready)
    );
    subscriptions_.emplace(wish.id, one);
    context_.observer.subscriptions_changed(1);
    queue(one);
    over.wake();
}

awaitable<void> stream_talk::answer(web_socket& over, unsubscribe_wish& wish)
{
    const auto found = subscriptions_.find(wish.id);
    if (found == subscriptions_.end()) {
        const problem fault{
            problem_kind::not_found,
            "This socket has no subscription of this name."};
        co_await over.send(opcode::text, error_of(wish.id, fault));
        co_return;
    }
    const auto one = found->second;
    end(one);
    co_await over.send(opcode::text, unsubscribed_text(wish.id));
}

awaitable<void> stream_talk::answer(web_socket& over, send_wish& wish)
{
    if (const auto refused = context_.access.refuse_more(asked_, scope::messages_write)) {
        co_await over.send(opcode::text, error_text(wish.id, refused->body));
        co_return;
    }
    std::vector<botcore::draft> one;
    one.push_back(std::move(wish.message));
    auto prepared =
        context_.core.direct().messages.prepare(std::move(one), wish.key, asked_.grant());
    if (!prepared) {
        co_await over.send(
            opcode::text,
            error_of(wish.id, problem_from(prepared.error(), "/message"))
        );
        co_return;
    }
    const auto stored = co_await context_.core.append(*std::move(prepared), until());
    if (stored) {
        co_await over.send(opcode::text, sent_text(wish.id, stored->front()));
        co_return;
    }
    if (stored.error().code == botcore::errc::internal) {
        const std::string_view what = stored.error().detail;
        context_.log.write(
            botcore::severity::error,
            "a message can't be stored",
            {{"request_id", asked_.id}, {"cause", what}}
        );
    }
    const auto fault = error_of(wish.id, problem_from(stored.error(), "/message"));
    co_await over.send(opcode::text, fault);
}

awaitable<void> stream_talk::answer(web_socket& over, ping_wish& wish)
{
    co_await over.send(opcode::text, pong_text(wish.id));
}

awaitable<void> stream_talk::answer(web_socket& over, faulty_wish& wish)
{
    co_await over.send(opcode::text, error_of(wish.id, wish.fault));
}

void stream_talk::check(web_socket& over, clock::time_point now)
{
    if (now < check_due_)
        return;
    check_due_ = now + check_interval;
    if (!context_.access.still_allows(asked_))
        over.close(close_code::policy, "The key or token is not valid any more.");
    for (const auto& one : std::exchange(failed_, {})) {
        if (!one->is_over)
            queue(one);
    }
    if (!ready_.empty())
        over.wake();
}

void stream_talk::record(const web_socket& over) const
{
    const auto taken = std::chrono::duration<double, std::milli>{clock::now() - since_}.count();
    const auto code = static_cast<std::uint64_t>(over.closed_with().value_or(close_code::normal));
    context_.log.write(
        botcore::severity::info,
        "a socket has ended",
        {{"request_id", asked_.id},
         {"remote", remote_},
         {"code", code},
         {"received", received_},
         {"delivered", delivered_},
         {"duration_ms", taken}}
    );
}

}  // namespace botapi::http
