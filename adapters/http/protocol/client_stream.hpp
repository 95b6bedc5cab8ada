#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/system/error_code.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <tuple>
#include <vector>

namespace botapi::http {

/// The bytes from and to one client, for a protocol that takes over from HTTP.
///
/// Thread safety: none. One coroutine may read and one may write at a time.
class client_stream {
public:
    template <class... Results>
    using outcome = boost::asio::awaitable<std::tuple<boost::system::error_code, Results...>>;

    /// How fast a client has to take what is written.
    struct pace {
        std::chrono::nanoseconds patience;  ///< The longest pause.
        std::uint64_t rate_min;             ///< Bytes a second over time; 0: any.
    };

    static constexpr std::size_t read_size_max = 65'536;  ///< Bytes of one `read`.

    virtual ~client_stream() = default;

    [[nodiscard]] virtual boost::asio::any_io_executor executor() = 0;

    /// The bytes that have been read and not consumed.
    [[nodiscard]] virtual boost::beast::flat_buffer& buffer() noexcept = 0;

    /// Completes when `read` may find something. Needs no room in the buffer.
    virtual outcome<> wait_readable() = 0;

    /// Reads up to `size_max` bytes into the prepared part of `buffer`. The caller commits them.
    virtual outcome<std::size_t> read(std::size_t size_max) = 0;

    /// Writes all of `content`, unless the client is slower than `required_pace`.
    virtual boost::asio::awaitable<boost::system::error_code> write(
        const std::vector<boost::asio::const_buffer>& content,
        pace required_pace
    ) = 0;

    /// Ends each read and write that is under way.
    virtual void cancel() = 0;
};

}  // namespace botapi::http
