#pragma once

#include "adapters/http/connection/connection.hpp"
#include "adapters/http/options.hpp"
#include "adapters/http/protocol/message.hpp"

namespace botapi::http {

/// Reads the body of the request whose header `parser` has read.
class request_body final : public body_source {
public:
    /// With `must_invite`, the client waits for a `100 Continue` (RFC 9110 section 10.1.1) before
    /// it sends the body. Keeps references.
    request_body(
        connection& connection,
        request_parser& parser,
        const limits& limits,
        bool must_invite
    );

    request_body(const request_body&) = delete;
    request_body& operator=(const request_body&) = delete;
    request_body(request_body&&) = delete;
    request_body& operator=(request_body&&) = delete;
    ~request_body() override = default;

    boost::asio::awaitable<std::optional<std::string>> next() override;
    [[nodiscard]] bool has_more_now() const override;
    [[nodiscard]] std::optional<std::uint64_t> size() const override;

    /// Reads and drops the rest of the body, so that the next request can be read. False if that
    /// would cost too much: the client still waits for `100 Continue`, or the rest is too large.
    boost::asio::awaitable<bool> skip_rest();

private:
    /// Checks what the parser is too lax about in a chunk's header.
    struct chunk_check {
        const boost::beast::flat_buffer& buffer;  ///< The one that the parser reads from.

        void operator()(
            std::uint64_t size,
            boost::beast::string_view extensions,
            boost::system::error_code& why
        ) const;
    };

    connection& connection_;
    request_parser& parser_;
    const limits& limits_;
    bool must_invite_;
    chunk_check check_;  ///< The parser keeps a reference to it.
    bool has_begun_ = false;
};

}  // namespace botapi::http
