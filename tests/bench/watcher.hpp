#pragma once

#include "tests/bench/bench.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace botapi::bench {

/// A client that follows a conversation, by Server-Sent Events or by a WebSocket.
class watcher {
public:
    watcher(std::uint16_t port, const std::string& conversation, bool by_socket)
        : socket_{connect_to(port)}, by_socket_{by_socket}
    {
        if (!by_socket) {
            // Without chunks, since it is HTTP/1.0.
            const auto target = "/messages?after=now&conversationId=" + conversation;
            send_all(socket_, "GET " + target + " HTTP/1.0\r\nAccept: text/event-stream\r\n\r\n");
            return;
        }
        const auto command = R"({"type":"subscribe","id":"s","conversationId":")" + conversation +
                             R"("})";
        std::string frame{"\x81"};  // Text, whole; its length below 126; masked with nothing.
        frame += static_cast<char>(0x80U | command.size());
        frame.append(4, '\0').append(command);
        send_all(
            socket_,
            "GET /stream HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n"
            "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            "Sec-WebSocket-Protocol: botapi.v1\r\n\r\n" +
                frame
        );
    }

    [[nodiscard]] int socket() const noexcept { return socket_; }

    /// Reads what has arrived, and calls `on_event` with each complete event or frame.
    template <class OnEvent>
    void receive(OnEvent on_event)
    {
        receive_into(text_, socket_);
        std::size_t taken = 0;
        for (;;) {
            const auto rest = std::string_view{text_}.substr(taken);
            const auto size = is_past_head_ && by_socket_ ? frame_size(rest) : block_size(rest);
            if (size == 0)
                break;
            if (is_past_head_)
                on_event(rest.substr(0, size));
            is_past_head_ = true;
            taken += size;
        }
        text_.erase(0, taken);
    }

private:
    /// Up to an empty line: a header, or an event. 0 as long as it is not whole.
    [[nodiscard]] std::size_t block_size(std::string_view text) const
    {
        const std::string_view end = is_past_head_ ? "\n\n" : "\r\n\r\n";
        const auto found = text.find(end);
        return found == std::string_view::npos ? 0 : found + end.size();
    }

    /// The same of a frame (RFC 6455 section 5.2) of less than 64 KiB.
    [[nodiscard]] static std::size_t frame_size(std::string_view text)
    {
        const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
        if (text.size() < 4)
            return 0;
        const bool is_short = byte(1) < 126;
        const std::size_t size = is_short ? 2U + byte(1) : 4U + byte(2) * 256U + byte(3);
        return text.size() < size ? 0 : size;
    }

    int socket_;
    bool by_socket_;
    bool is_past_head_ = false;
    std::string text_{};  ///< The incomplete rest of the received bytes.
};

}  // namespace botapi::bench
