#include "adapters/http/websocket/web_socket.hpp"

#include <boost/asio/buffer.hpp>

#include <array>
#include <cstddef>
#include <vector>

namespace botapi::http {

using boost::asio::awaitable;

/// One coroutine's turn to write.
class web_socket::turn {
public:
    explicit turn(web_socket& socket) noexcept : socket_{socket} {}
    ~turn()
    {
        ++socket_.served_;
        socket_.wake();
    }

    turn(const turn&) = delete;
    turn& operator=(const turn&) = delete;

private:
    web_socket& socket_;
};

/// Sends a close frame. If `close` has already queued one, waits until that one is sent.
awaitable<void> web_socket::answer(std::string content)
{
    if (is_open()) {
        begin_close();
        co_await send_close(std::move(content));
    } else if (co_await take_turn())
        const turn after_close{*this};
}

awaitable<bool> web_socket::take_turn()
{
    const auto mine = turns_++;
    while (served_ != mine && !is_cut_)
        co_await wait();
    co_return !is_cut_;
}

awaitable<bool> web_socket::send(opcode kind, std::string content)
{
    const std::array<std::string_view, 1> all{content};
    co_return co_await send(kind, std::span<const std::string_view>{all});
}

awaitable<bool> web_socket::send(opcode kind, std::span<const std::string_view> parts)
{
    if (!is_open())
        co_return false;
    if (!co_await take_turn())
        co_return false;
    const turn mine{*this};
    if (has_closed_)
        co_return false;
    co_return co_await write(kind, parts);
}

awaitable<bool> web_socket::write(opcode kind, std::span<const std::string_view> parts)
{
    std::size_t size = 0;
    for (const auto part : parts)
        size += part.size();
    std::string deflated;
    std::array<std::string_view, 1> deflated_parts;
    const bool must_deflate = deflate_ && !is_control(kind) && size >= deflate_size_min;
    if (must_deflate) {
        for (const auto part : parts)
            deflated += part;
        deflated = deflate(deflated, *deflate_);
        deflated_parts = {deflated};
        parts = deflated_parts;
        size = deflated.size();
    }
    const auto head = frame_head(kind, size, must_deflate);
    std::vector<boost::asio::const_buffer> buffers{boost::asio::buffer(head)};
    for (const auto part : parts)
        buffers.emplace_back(part.data(), part.size());

    auto writing =
        client_.write(buffers, {.patience = limits_.write_max, .rate_min = limits_.data_rate_min});
    const auto why = co_await std::move(writing);
    if (why)
        cut();
    co_return !why;
}

void web_socket::close(close_code code, std::string_view reason)
{
    if (!is_open())
        return;
    begin_close();
    closed_with_ = code;
    start(send_close(close_content(code, reason)));
}

void web_socket::begin_close()
{
    is_closing_ = true;
    until_ = clock::now() + limits_.write_max + close_max;
    wake();
}

/// Sends the close frame after all messages that wait for their turn.
awaitable<void> web_socket::send_close(std::string content)
{
    if (!co_await take_turn())
        co_return;
    const turn mine{*this};
    has_closed_ = true;
    const std::array<std::string_view, 1> all{content};
    co_await write(opcode::close, all);
    until_ = clock::now() + close_max;
}

awaitable<void> web_socket::send_ping()
{
    co_await send(opcode::ping, std::string{});
}

}  // namespace botapi::http
