#include "adapters/http/websocket/web_socket.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

namespace botapi::http {

using boost::asio::awaitable;

namespace {

frame_rules rules_for(const limits& limits, const socket_terms& terms)
{
    return {
        .size_max = static_cast<std::size_t>(limits.body_size_max),
        .takes_binary = terms.takes_binary,
        .takes_deflated = terms.deflate.has_value(),
        .admission = terms.admission};
}

}  // namespace

web_socket::web_socket(client_stream& over, const limits& limits, const socket_terms& terms)
    : client_{over},
      limits_{limits},
      deflate_{terms.deflate},
      reader_{rules_for(limits, terms)},
      changed_{over.executor(), clock::time_point::max()}
{
}

awaitable<std::optional<socket_event>> web_socket::receive()
{
    auto& buffer = client_.buffer();
    for (;;) {
        const std::string_view all{static_cast<const char*>(buffer.cdata().data()), buffer.size()};
        auto rest = all;
        auto read = reader_.read(rest);
        buffer.consume(all.size() - rest.size());

        if (auto* const event = std::get_if<socket_event>(&read)) {
            if (event->kind == opcode::ping) {
                co_await send(opcode::pong, std::move(event->content));
            } else if (event->kind == opcode::close) {
                // The answer repeats the code without the reason, which the client knows.
                co_await answer(event->content.substr(0, 2));
                co_return std::nullopt;
            } else if (!is_control(event->kind) && is_open())
                co_return std::move(*event);
        } else if (const auto* const fault = std::get_if<socket_fault>(&read)) {
            closed_with_ = closed_with_.value_or(fault->code);
            co_await answer(close_content(fault->code, fault->reason));
            co_return std::nullopt;
        } else if (!co_await fill())
            co_return std::nullopt;
    }
}

/// Waits for more bytes. False if none will arrive.
awaitable<bool> web_socket::fill()
{
    auto& buffer = client_.buffer();
    if (is_cut_)
        co_return false;
    // Thousands of sockets may wait at once, so a waiting socket keeps no buffer.
    buffer.shrink_to_fit();
    auto waiting = client_.wait_readable();
    const auto [interrupted] = co_await std::move(waiting);
    if (interrupted || is_cut_)
        co_return false;
    auto reading = client_.read(reader_.is_within() ? client_stream::read_size_max : read_size);
    const auto [why, count] = co_await std::move(reading);
    if (why)
        co_return false;
    buffer.commit(count);
    note_received(count);
    co_return true;
}

void web_socket::note_received(std::size_t bytes)
{
    last_received_ = clock::now();
    is_pinged_ = false;
    if (is_closing_)
        return;
    // The rules for bodies hold here too: no pause is longer than `body_max`, and the rate does not
    // stay below `data_rate_min`.
    using seconds = std::chrono::duration<double>;
    const auto latest = last_received_ + limits_.body_max;
    if (!reader_.is_within() || limits_.data_rate_min == 0) {
        until_ = latest;
        return;
    }
    const seconds earned{static_cast<double>(bytes) / static_cast<double>(limits_.data_rate_min)};
    until_ = std::min(latest, until_ + std::chrono::duration_cast<clock::duration>(earned));
}

void web_socket::start(awaitable<void> work)
{
    ++running_;
    boost::asio::co_spawn(
        changed_.get_executor(),
        std::move(work),
        [self = shared_from_this()](const std::exception_ptr& failure) {
            --self->running_;
            if (failure) {
                self->failure_ = failure;
                self->cut();
            }
            self->wake();
        }
    );
}

awaitable<void> web_socket::wait()
{
    auto waiting = changed_.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
    co_await std::move(waiting);
}

void web_socket::check(clock::time_point now)
{
    if (is_cut_)
        return;
    if (is_closing_) {
        if (now > until_)
            cut();
        return;
    }
    if (reader_.is_within() && now > until_)
        return close(close_code::policy, "A message took too long to arrive.");
    const auto silence = now - last_received_;
    if (silence > 2 * limits_.ping_after)
        return cut();
    if (silence > limits_.ping_after && !std::exchange(is_pinged_, true))
        start(send_ping());
}

void web_socket::cut()
{
    is_cut_ = true;
    client_.cancel();
    wake();
}

awaitable<void> web_socket::finish()
{
    cut();
    while (running_ > 0)
        co_await wait();
    if (failure_)
        std::rethrow_exception(failure_);
}

}  // namespace botapi::http
