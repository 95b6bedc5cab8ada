#pragma once

#include "adapters/http/connection/tls_context.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/system/error_code.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>

namespace botapi::http {

/// The result of one attempt to shake hands, read, write or close.
struct tls_outcome {
    /// What the socket must be ready for before the attempt is repeated.
    enum class need : std::uint8_t { nothing, input, output };

    need needs = need::nothing;
    std::size_t count = 0;  ///< Bytes of content that were read or written.
    boost::system::error_code why{};
};

/// One TLS connection over a socket that does not block.
///
/// It reads from the socket and writes to it, but never waits: the outcome says what to wait for.
/// So it has no buffers of its own while it is idle. A read and a write may overlap; two reads, or
/// two writes, may not.
///
/// Thread safety: none.
class tls_stream {
public:
    static constexpr std::size_t record_size_max = 16'384;  ///< Bytes of content (RFC 8446 5.1).

    /// Keeps the descriptor, which must stay open.
    tls_stream(const tls_context& context, int descriptor);

    tls_outcome shake_hands() noexcept;

    /// Precondition: `into` is not empty.
    tls_outcome read(boost::asio::mutable_buffer into) noexcept;

    /// Writes a record. Precondition: `content` is not empty, and begins as in the last attempt if
    /// that one needed something.
    tls_outcome write(boost::asio::const_buffer content) noexcept;

    /// Tells the peer that nothing follows. Does nothing if the connection is broken.
    tls_outcome close() noexcept;

    /// Whether bytes were read from the socket that `read` has not returned.
    [[nodiscard]] bool has_pending() const noexcept { return SSL_has_pending(ssl_.get()) == 1; }

    /// Bytes that `read` will return at once.
    [[nodiscard]] std::size_t available() const noexcept
    {
        return static_cast<std::size_t>(SSL_pending(ssl_.get()));
    }

private:
    tls_outcome outcome(int status, std::size_t count) noexcept;

    std::unique_ptr<SSL, tls_deleter> ssl_;
    bool is_broken_ = false;
};

}  // namespace botapi::http
