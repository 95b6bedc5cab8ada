#pragma once

#include "adapters/http/connection/tls_context.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/system/error_code.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>

namespace botapi::http {

/// What came of an attempt to go on.
struct tls_outcome {
    /// What the socket has to be ready for before the same attempt is made again.
    enum class need : std::uint8_t { nothing, input, output };

    need needs = need::nothing;
    std::size_t count = 0;  ///< Bytes of content that were read or written.
    boost::system::error_code why{};
};

/// One TLS connection over a socket that does not block.
///
/// It reads from the socket and writes to it, but never waits: it says what it waits for. So it has
/// no buffers of its own while it is idle. Reading and writing may overlap; two of a kind may not.
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

    /// Tells the other end that nothing follows. Does nothing if the connection is broken.
    tls_outcome close() noexcept;

    /// Whether something was read from the socket that `read` may give.
    [[nodiscard]] bool has_pending() const noexcept { return SSL_has_pending(ssl_.get()) == 1; }

    /// Bytes that `read` will give at once.
    [[nodiscard]] std::size_t available() const noexcept
    {
        return static_cast<std::size_t>(SSL_pending(ssl_.get()));
    }

private:
    tls_outcome outcome(int told, std::size_t count) noexcept;

    std::unique_ptr<SSL, tls_deleter> ssl_;
    bool is_broken_ = false;
};

}  // namespace botapi::http
