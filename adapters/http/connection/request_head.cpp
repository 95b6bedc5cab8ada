#include "adapters/http/connection/request_head.hpp"

#include "adapters/http/connection/head_scanner.hpp"
#include "adapters/http/protocol/target.hpp"

#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/field.hpp>
#include <boost/system/system_error.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace botapi::http {

namespace beast_http = boost::beast::http;

using boost::asio::awaitable;
using boost::asio::use_awaitable;

namespace {

problem too_long(const limits& limits)
{
    return {
        problem_kind::target_too_long,
        "The request target is longer than " + std::to_string(limits.target_size_max) + " bytes."};
}

problem unknown_version()
{
    return {problem_kind::http_version_not_supported, "Send the request as HTTP/1.1."};
}

problem malformed(std::string detail)
{
    return {problem_kind::malformed_request, std::move(detail)};
}

problem bad_header(std::string name, std::string detail)
{
    std::string whole = name + ' ' + detail;
    return {
        problem_kind::invalid_header,
        std::move(whole),
        {{"header", std::move(name), std::move(detail)}}};
}

template <class Head>
void read_start_line(const Head& head, request& asked)
{
    asked.method = head.method();
    asked.target = std::string{head.target()};
    asked.path = asked.target.substr(0, asked.target.find('?'));
}

/// RFC 9112 section 3.2.
std::optional<problem> check_host(const beast_http::fields& fields, unsigned version)
{
    const auto count = fields.count(beast_http::field::host);
    if (count > 1 || (count == 0 && version > 10))
        return bad_header("Host", "has to stand exactly once.");
    const auto value = fields[beast_http::field::host];
    if (count == 1 && !is_host({value.data(), value.size()}))
        return bad_header(
            "Host",
            "has to be a host, and if need be a port, as in api.example:8000."
        );
    return std::nullopt;
}

/// What RFC 9112 sections 6.1 and 6.2 demand of the fields that say where the body ends.
std::optional<problem> check_framing(const beast_http::fields& fields, unsigned version)
{
    const auto length = fields[beast_http::field::content_length];
    if (fields.count(beast_http::field::content_length) > 1 ||
        length.find(',') != boost::beast::string_view::npos)
        return bad_header("Content-Length", "has to stand only once, with one number.");

    const auto coding_count = fields.count(beast_http::field::transfer_encoding);
    if (coding_count == 0)
        return std::nullopt;
    const auto coding = fields[beast_http::field::transfer_encoding];
    if (version < 11)
        return bad_header("Transfer-Encoding", "does not exist in HTTP/1.0.");
    if (coding_count > 1 || coding.empty())
        return bad_header("Transfer-Encoding", "has to stand only once, and to name a coding.");
    if (!boost::beast::iequals(coding, "chunked")) {
        return problem{
            problem_kind::not_implemented,
            "The only transfer coding understood is chunked."};
    }
    return std::nullopt;
}

/// Takes the header out of `parser`, which has all of it, and looks at what it says.
std::optional<problem> read_head(request_parser& parser, request& asked, const limits& limits)
{
    const unsigned version = parser.get().version();
    read_start_line(parser.get(), asked);
    asked.headers = std::move(parser.get().base());

    if (version / 10 != 1)
        return unknown_version();
    if (version < 11)
        asked.headers.erase(beast_http::field::upgrade);  // RFC 9110 section 7.8.
    if (asked.target.size() > limits.target_size_max)
        return too_long(limits);
    if (auto wrong = check_host(asked.headers, version))
        return wrong;
    if (auto wrong = check_framing(asked.headers, version))
        return wrong;
    if (version > 10 && asked.headers.count(beast_http::field::expect) != 0 &&
        !expects_continue(asked, version)) {
        return problem{
            problem_kind::expectation_failed,
            "The only expectation understood is 100-continue."};
    }
    if (asked.method == beast_http::verb::connect)
        return problem{
            problem_kind::not_implemented,
            "This server is no proxy: it has no tunnels."};
    const bool of_the_server = asked.method == beast_http::verb::options &&
                               asked.target == "*";  // RFC 9110 9.3.7
    return of_the_server ? std::nullopt : read_target(asked);
}

/// The problem of a header that does not end within its limit.
problem too_large(const request& asked, const limits& limits)
{
    // The parser reads line by line: without a target, the first one was too long already.
    if (asked.target.empty() || asked.target.size() > limits.target_size_max)
        return too_long(limits);
    return {
        problem_kind::headers_too_large,
        "The header is larger than " + std::to_string(limits.header_size_max) +
            " bytes, or has "
            "more than " +
            std::to_string(limits.header_count_max) + " fields."};
}

std::string_view text_of(const boost::beast::flat_buffer& buffer)
{
    return {static_cast<const char*>(buffer.cdata().data()), buffer.size()};
}

/// Waits until `scanner` has an opinion on a header no larger than its limit, or until there is
/// more than that.
awaitable<head_scanner::state> await_head(
    connection& connection,
    head_scanner& scanner,
    const limits& limits
)
{
    auto& buffer = connection.buffer();
    for (;;) {
        const auto arrived = text_of(buffer).substr(0, limits.header_size_max);
        const auto state = scanner.scan(arrived);
        if (state != head_scanner::state::incomplete || arrived.size() == limits.header_size_max)
            co_return state;
        const auto room = buffer.prepare(connection::read_size);
        buffer.commit(co_await connection.transport().async_read_some(room, use_awaitable));
    }
}

}  // namespace

awaitable<std::optional<problem>> receive_head(
    connection& connection,
    request_parser& parser,
    request& asked,
    const limits& limits
)
{
    using state = head_scanner::state;

    head_scanner scanner;
    auto result = state::incomplete;
    connection.expect_within(limits.header_max);
    try {
        result = co_await await_head(connection, scanner, limits);
    } catch (const boost::system::system_error&) {
        if (!connection.is_late())
            throw;
    }
    connection.expect_nothing();

    const auto size = result == state::complete ? scanner.size() : connection.buffer().size();
    boost::system::error_code why;
    parser.header_limit(limits.header_size_max);
    const auto taken = parser.put(boost::asio::buffer(connection.buffer().cdata(), size), why);
    connection.buffer().consume(taken);
    if (result == state::complete && !why && scanner.field_count() <= limits.header_count_max)
        co_return read_head(parser, asked, limits);

    read_start_line(parser.get(), asked);
    if (connection.is_late())
        co_return problem{problem_kind::request_timeout, "The header took too long to arrive."};
    if (result == state::malformed)
        co_return malformed(std::string{scanner.fault()});
    if (why == beast_http::error::bad_version)
        co_return unknown_version();
    if (result == state::incomplete || !why)
        co_return too_large(asked, limits);
    co_return malformed("The request is no well-formed HTTP: " + why.message() + '.');
}

bool expects_continue(const request& asked, unsigned version)
{
    return version > 10 &&
           boost::beast::iequals(asked.headers[beast_http::field::expect], "100-continue");
}

}  // namespace botapi::http
