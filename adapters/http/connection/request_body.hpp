#pragma once

#include "adapters/http/connection/chunk_decoder.hpp"
#include "adapters/http/connection/connection.hpp"
#include "adapters/http/options.hpp"
#include "adapters/http/protocol/message.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace botapi::http {

/// Reads the body of the request whose header `parser` has read.
class request_body final : public body_source {
public:
    /// With `must_invite`, the client waits for a `100 Continue` (RFC 9110 section 10.1.1) before
    /// it sends the body. Keeps references to `connection` and `limits`.
    request_body(
        connection& connection,
        const request_parser& parser,
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

    /// Whether it is certain that `skip_rest` will give up: the client still waits for
    /// `100 Continue`, or the rest of the body is too large.
    [[nodiscard]] bool is_too_much() const;

    /// Reads and drops the rest of the body, so that the next request can be read. False if that
    /// costs too much. Throws as `next` does.
    boost::asio::awaitable<bool> skip_rest();

private:
    boost::asio::awaitable<void> invite();
    boost::asio::awaitable<void> fill();
    std::string take_arrived();
    [[nodiscard]] bool is_done() const;

    connection& connection_;
    const limits& limits_;
    bool must_invite_;
    bool has_begun_ = false;
    std::optional<std::uint64_t> announced_{};  ///< Bytes of the whole body.
    std::uint64_t missing_ = 0;                 ///< Bytes to come of a body without chunks.
    std::optional<chunk_decoder> chunks_{};     ///< For a body in chunks.
    std::size_t room_ = connection::read_size;  ///< Bytes of the next read of a body in chunks.
    std::uint64_t received_ = 0;                ///< Bytes so far, with the framing.
};

}  // namespace botapi::http
