#include "adapters/http/connection/request_body.hpp"

#include "adapters/http/connection/head_scanner.hpp"
#include "adapters/http/protocol/body_failure.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <utility>

namespace botapi::http {

namespace beast_http = boost::beast::http;

using boost::asio::awaitable;

namespace {

bool is_bad_http(const boost::system::error_code& why)
{
    static const auto& category =
        boost::beast::http::make_error_code(beast_http::error::bad_chunk).category();
    // A client that is still sending its body reads no answer.
    return why.category() == category && why != beast_http::error::partial_message &&
           why != beast_http::error::end_of_stream;
}

/// Whether a line after the last chunk is folded (RFC 9112 section 5.2). The server ignores these
/// lines, but the parser accepts folded ones.
bool is_folded(std::string_view trailer)
{
    trailer = trailer.substr(0, trailer.find("\r\n\r\n"));
    return trailer.find("\r\n ") != std::string_view::npos ||
           trailer.find("\r\n\t") != std::string_view::npos;
}

}  // namespace

request_body::request_body(
    connection& connection,
    request_parser& parser,
    const limits& limits,
    bool must_invite
)
    : connection_{connection},
      parser_{parser},
      limits_{limits},
      must_invite_{must_invite},
      check_{connection.buffer()}
{
    parser_.on_chunk_header(check_);
}

// The parser calls this for the last chunk once everything that follows it is in the buffer.
void request_body::chunk_check::operator()(
    std::uint64_t size,
    boost::beast::string_view extensions,
    boost::system::error_code& why
) const
{
    // RFC 9112 section 7.1.1. The server ignores extensions, but within quotation marks the parser
    // accepts characters that end a line for other parsers.
    if (has_control(extensions))
        why = beast_http::error::bad_chunk_extension;
    if (size != 0)
        return;
    const auto arrived = buffer.cdata();
    const std::string_view text{static_cast<const char*>(arrived.data()), arrived.size()};
    const auto end = extensions.data() + extensions.size() - text.data();
    if (is_folded(text.substr(static_cast<std::size_t>(end))))
        why = beast_http::error::bad_obs_fold;
}

awaitable<std::optional<std::string>> request_body::next()
{
    constexpr auto as_result = boost::asio::as_tuple(boost::asio::use_awaitable);

    if (!std::exchange(has_begun_, true))
        connection_.begin_transfer(limits_.body_max, limits_.data_rate_min);
    if (must_invite_ && !parser_.is_done()) {
        must_invite_ = false;
        static constexpr std::string_view invitation = "HTTP/1.1 100 Continue\r\n\r\n";
        connection_.expect_within(limits_.write_max);
        co_await boost::asio::async_write(
            connection_.transport(),
            boost::asio::buffer(invitation),
            boost::asio::use_awaitable
        );
    }

    while (!parser_.is_done()) {
        const auto remaining = parser_.content_length_remaining().value_or(connection::part_size);
        std::string part(std::clamp<std::uint64_t>(remaining, 1, connection::part_size), '\0');
        auto& into = parser_.get().body();
        into.data = part.data();
        into.size = part.size();
        into.more = true;

        // Beast reads as much as the buffer has room for: more room makes a large body faster.
        if (remaining >= connection::part_size)
            connection_.buffer().reserve(connection::part_size);
        if (connection_.buffer().size() == 0)
            connection_.acknowledge();
        connection_.expect_transfer();
        auto reading = beast_http::async_read_some(
            connection_.transport(),
            connection_.buffer(),
            parser_,
            as_result
        );
        const auto [why, count] = co_await std::move(reading);
        connection_.transferred(count);

        if (why && why != beast_http::error::need_buffer) {
            if (connection_.is_late()) {
                throw body_failure{
                    {problem_kind::request_timeout, "The body took too long to arrive."}};
            }
            if (is_bad_http(why)) {
                throw body_failure{
                    {problem_kind::malformed_request,
                     "The body is not well-formed HTTP: " + why.message() + '.'}};
            }
            throw boost::system::system_error{why};
        }
        part.resize(part.size() - into.size);
        if (!part.empty())
            co_return part;
    }
    co_return std::nullopt;
}

bool request_body::has_more_now() const
{
    if (parser_.is_done())
        return false;
    const auto arrived = connection_.buffer().size() + connection_.transport().available();
    // The lines between chunks are not content. They are no longer than a header may be.
    const std::size_t framing = parser_.chunked() ? limits_.header_size_max + 64U : 0U;
    return arrived > framing;
}

std::optional<std::uint64_t> request_body::size() const
{
    const auto announced = parser_.content_length();
    return announced ? std::optional<std::uint64_t>{*announced} : std::nullopt;
}

awaitable<bool> request_body::skip_rest()
{
    if (parser_.is_done())
        co_return true;
    const auto remaining = parser_.content_length_remaining().value_or(0);
    if (must_invite_ || remaining > limits_.body_size_max)
        co_return false;
    std::uint64_t skipped = 0;
    while (const auto part = co_await next()) {
        skipped += part->size();
        if (skipped > limits_.body_size_max)
            co_return false;
    }
    co_return true;
}

}  // namespace botapi::http
