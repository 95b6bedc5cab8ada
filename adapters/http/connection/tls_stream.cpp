#include "adapters/http/connection/tls_stream.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>

#include <algorithm>
#include <cerrno>
#include <new>
#include <openssl/err.h>

namespace botapi::http {

namespace {

using need = tls_outcome::need;

boost::system::error_code failure_of(int kind, int system_error)
{
    if (kind == SSL_ERROR_ZERO_RETURN)
        return boost::asio::error::eof;
    if (kind == SSL_ERROR_SYSCALL) {
        return system_error == 0
                   ? boost::system::error_code{boost::asio::error::connection_reset}
                   : boost::system::error_code{system_error, boost::system::system_category()};
    }
    const auto reason = ERR_peek_error();
    if (ERR_GET_REASON(reason) == SSL_R_UNEXPECTED_EOF_WHILE_READING)
        return boost::asio::error::connection_reset;
    return {static_cast<int>(reason), boost::asio::error::get_ssl_category()};
}

}  // namespace

tls_stream::tls_stream(const tls_context& context, int descriptor) : ssl_{context.make()}
{
    if (SSL_set_fd(ssl_.get(), descriptor) != 1)
        throw std::bad_alloc{};
}

tls_outcome tls_stream::shake_hands() noexcept
{
    ERR_clear_error();
    return outcome(SSL_accept(ssl_.get()), 0);
}

tls_outcome tls_stream::read(boost::asio::mutable_buffer into) noexcept
{
    ERR_clear_error();
    std::size_t count = 0;
    const int status = SSL_read_ex(ssl_.get(), into.data(), into.size(), &count);
    return outcome(status, count);
}

tls_outcome tls_stream::write(boost::asio::const_buffer content) noexcept
{
    ERR_clear_error();
    std::size_t count = 0;
    const auto size = std::min(content.size(), record_size_max);
    const int status = SSL_write_ex(ssl_.get(), content.data(), size, &count);
    return outcome(status, count);
}

tls_outcome tls_stream::close() noexcept
{
    if (is_broken_ || SSL_is_init_finished(ssl_.get()) == 0)
        return {};
    ERR_clear_error();
    const int status = SSL_shutdown(ssl_.get());
    return outcome(status == 0 ? 1 : status, 0);  // 0: we have closed, the peer has not yet.
}

tls_outcome tls_stream::outcome(int status, std::size_t count) noexcept
{
    if (status == 1)
        return {.count = count};
    const int system_error = errno;
    const int kind = SSL_get_error(ssl_.get(), status);
    if (kind == SSL_ERROR_WANT_READ)
        return {.needs = need::input};
    if (kind == SSL_ERROR_WANT_WRITE)
        return {.needs = need::output};
    is_broken_ = kind != SSL_ERROR_ZERO_RETURN;
    const auto why = failure_of(kind, system_error);
    ERR_clear_error();
    return {.why = why};
}

}  // namespace botapi::http
