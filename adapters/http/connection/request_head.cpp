#include "adapters/http/connection/request_head.hpp"

#include "adapters/http/connection/head_scanner.hpp"
#include "adapters/http/protocol/list_elements.hpp"
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
void read_start_line(const Head& head, request& request)
{
    request.method = head.method();
    request.target = std::string{head.target()};
    request.path = request.target.substr(0, request.target.find('?'));
}

/// RFC 9112 section 3.2.
std::optional<problem> check_host(const beast_http::fields& fields, unsigned version)
{
    const auto count = fields.count(beast_http::field::host);
    if (count > 1 || (count == 0 && version > 10))
        return bad_header("Host", "must occur exactly once.");
    const auto value = fields[beast_http::field::host];
    if (count == 1 && !is_host({value.data(), value.size()}))
        return bad_header(
            "Host",
            "must be a host, with or without a port, as in api.example:8000."
        );
    return std::nullopt;
}

/// Checks the value of `Transfer-Encoding` (RFC 9112 sections 6.1 and 6.3).
std::optional<problem> check_codings(std::string_view codings)
{
    const std::string_view all = codings;
    bool is_chunked = false;
    do {
        const auto coding = take_until(codings, ',');
        if (coding.empty() || all.ends_with(','))
            return bad_header("Transfer-Encoding", "must be a list of codings.");
        // Nobody could say where such a body ends, and proxies would disagree.
        if (is_chunked)
            return bad_header("Transfer-Encoding", "must have chunked only once, as the last one.");
        is_chunked = boost::beast::iequals(coding, "chunked");
    } while (!codings.empty());
    if (is_chunked && boost::beast::iequals(trim(all), "chunked"))
        return std::nullopt;
    return problem{
        problem_kind::not_implemented,
        "The only transfer coding that this server supports is chunked."};
}

/// Checks the fields that say where the body ends (RFC 9112 sections 6.1 and 6.2).
std::optional<problem> check_framing(const beast_http::fields& fields, unsigned version)
{
    const auto length = fields[beast_http::field::content_length];
    if (fields.count(beast_http::field::content_length) > 1 ||
        length.find(',') != boost::beast::string_view::npos)
        return bad_header("Content-Length", "must occur only once, with one number.");

    const auto coding_count = fields.count(beast_http::field::transfer_encoding);
    if (coding_count == 0)
        return std::nullopt;
    if (version < 11)
        return bad_header("Transfer-Encoding", "does not exist in HTTP/1.0.");
    if (coding_count > 1)
        return bad_header("Transfer-Encoding", "must occur only once, and name a coding.");
    const auto codings = fields[beast_http::field::transfer_encoding];
    return check_codings({codings.data(), codings.size()});
}

/// Moves the complete header out of `parser` into `request`, and checks it.
std::optional<problem> read_head(request_parser& parser, request& request, const limits& limits)
{
    const unsigned version = parser.get().version();
    read_start_line(parser.get(), request);
    request.headers = std::move(parser.get().base());

    if (version / 10 != 1)
        return unknown_version();
    if (version < 11)
        request.headers.erase(beast_http::field::upgrade);  // RFC 9110 section 7.8.
    if (request.target.size() > limits.target_size_max)
        return too_long(limits);
    if (auto fault = check_host(request.headers, version))
        return fault;
    if (auto fault = check_framing(request.headers, version))
        return fault;
    if (version > 10 && request.headers.count(beast_http::field::expect) != 0 &&
        !expects_continue(request, version)) {
        return problem{
            problem_kind::expectation_failed,
            "The only expectation that this server supports is 100-continue."};
    }
    if (request.method == beast_http::verb::connect)
        return problem{
            problem_kind::not_implemented,
            "This server is not a proxy: it opens no tunnels."};
    const auto host = request.headers[beast_http::field::host];
    request.host = std::string{host.data(), host.size()};
    const bool is_for_server = request.method == beast_http::verb::options &&
                               request.target == "*";  // RFC 9110 9.3.7
    return is_for_server ? std::nullopt : read_target(request);
}

/// The problem of a header that does not end within its limit.
problem too_large(const request& request, const limits& limits)
{
    // The parser reads line by line: if it found no target, the first line alone is too long.
    if (request.target.empty() || request.target.size() > limits.target_size_max)
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

/// Reads until `scanner` accepts or refuses the header, or until the header reaches its size limit.
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
    request& request,
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
    const auto consumed = parser.put(boost::asio::buffer(connection.buffer().cdata(), size), why);
    connection.buffer().consume(consumed);
    if (result == state::complete && !why && scanner.field_count() <= limits.header_count_max)
        co_return read_head(parser, request, limits);

    read_start_line(parser.get(), request);
    if (connection.is_late())
        co_return problem{problem_kind::request_timeout, "The header took too long to arrive."};
    if (result == state::unknown_method) {
        co_return problem{
            problem_kind::not_implemented,
            "The method is longer than any that this server supports."};
    }
    if (result == state::malformed)
        co_return malformed(std::string{scanner.fault()});
    if (why == beast_http::error::bad_version)
        co_return unknown_version();
    if (result == state::incomplete || !why)
        co_return too_large(request, limits);
    co_return malformed("The request is not well-formed HTTP: " + why.message() + '.');
}

bool expects_continue(const request& request, unsigned version)
{
    return version > 10 &&
           boost::beast::iequals(request.headers[beast_http::field::expect], "100-continue");
}

}  // namespace botapi::http
