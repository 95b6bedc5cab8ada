// Input: all bytes that a client sends on a connection.
#include "adapters/http/connection/connection.hpp"
#include "adapters/http/connection/head_scanner.hpp"
#include "adapters/http/connection/request_body.hpp"
#include "adapters/http/connection/request_head.hpp"
#include "adapters/http/protocol/body_failure.hpp"
#include "adapters/http/protocol/entity_tag.hpp"
#include "adapters/http/protocol/idempotency_header.hpp"
#include "adapters/http/protocol/negotiation.hpp"
#include "tests/fuzz/chunked_reader.hpp"
#include "tests/fuzz/fuzz.hpp"
#include "tests/http/run.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/field.hpp>
#include <boost/none.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <optional>
#include <string>

namespace botapi::fuzz {

namespace {

using boost::asio::awaitable;
using boost::beast::http::field;
using http::connection;
using http::head_scanner;
using http::request;
using http::request_parser;

const http::limits limits{.target_size_max = 256, .header_size_max = 1'024, .header_count_max = 8};

/// The result of parsing the input.
struct outcome {
    bool has_head = false;
    bool is_refused = false;
    bool is_chunked = false;
    std::optional<std::uint64_t> length{};
    std::optional<std::string> body{};  ///< Nothing if it does not end, or is malformed.
    std::size_t left = 0;               ///< Bytes after the request.
};

void try_fields(const request& request, unsigned version)
{
    const auto count = [&](field name) { return request.headers.count(name); };
    require(count(field::host) == 1 || (version == 10 && count(field::host) == 0), "one host");
    require(count(field::content_length) <= 1, "one length");
    require(count(field::transfer_encoding) <= 1, "one coding");
    require(
        count(field::content_length) + count(field::transfer_encoding) < 2,
        "a body has one end"
    );
    require(request.target.size() <= limits.target_size_max, "a target keeps its limit");
    require(
        std::ranges::all_of(request.target, [](char c) { return c > ' ' && c < 0x7f; }),
        "a target is visible ASCII"
    );
    std::size_t fields = 0;
    for (const auto& one : request.headers) {
        ++fields;
        require(!one.name_string().empty(), "a field has a name");
        require(
            one.value().find_first_of({"\r\n\0", 3}) == boost::beast::string_view::npos,
            "a value is one line"
        );
    }
    require(fields <= limits.header_count_max, "fields keep their limit");
}

void try_meaning(const request& request)
{
    const auto type = http::content_type(request, {http::json_type, http::ndjson_type});
    require(!type || request.header("Content-Type"), "a body has a type only if a header names it");
    const auto offered = http::negotiate(request, {http::json_type, http::ndjson_type});
    require(
        offered || request.header("Accept"),
        "every type is acceptable without an Accept header"
    );
    const auto condition = http::precondition_of(request);
    require(
        condition.none_of.empty() || request.header("If-None-Match"),
        "conditions are those that were sent"
    );
    const auto key = http::read_idempotency_key(request);
    require(
        !key || !*key || (*key)->text().size() <= botcore::idempotency_key::size_max,
        "a key keeps its limit"
    );
}

/// Reads a body to its end.
awaitable<std::string> read_body(http::request_body& body)
{
    std::string read;
    while (const auto part = co_await body.next())
        read += *part;
    co_return read;
}

awaitable<outcome> serve(connection& connection)
{
    outcome result;
    request_parser parser;
    parser.body_limit(boost::none);
    request request;
    const auto wrong = co_await receive_head(connection, parser, request, limits);
    if (wrong) {
        require(!wrong->detail.empty(), "a refusal says why");
        result.is_refused = true;
        co_return result;
    }
    result.has_head = true;
    try_fields(request, parser.get().version());
    try_meaning(request);

    http::request_body body{connection, parser, limits, false};
    result.is_chunked = parser.chunked();
    result.length = body.size();
    try {
        result.body = co_await read_body(body);
    } catch (const http::body_failure&) {
        co_return result;
    } catch (const boost::system::system_error&) {
        // No socket to read more from: the body is incomplete.
        co_return result;
    }
    result.left = connection.buffer().size();
    co_return result;
}

/// Nothing if the header is incomplete.
std::optional<outcome> understand(boost::asio::io_context& loop, std::string_view input)
{
    connection from{boost::asio::ip::tcp::socket{loop}, nullptr, limits.header_size_max};
    const auto room = from.buffer().prepare(input.size());
    from.buffer().commit(boost::asio::buffer_copy(room, boost::asio::buffer(input)));
    try {
        return http::testing::run(loop, serve(from));
    } catch (const boost::system::system_error&) {
        return std::nullopt;
    }
}

/// Scans `input` in parts of `step` bytes.
head_scanner::state scan(std::string_view input, std::size_t step, std::size_t& size)
{
    head_scanner scanner;
    auto state = head_scanner::state::incomplete;
    for (std::size_t end = step; state == head_scanner::state::incomplete; end += step) {
        state = scanner.scan(input.substr(0, end));
        if (end >= input.size())
            break;
    }
    size = state == head_scanner::state::complete ? scanner.size() : 0;
    return state;
}

}  // namespace

void try_input(std::string_view input)
{
    static boost::asio::io_context loop{1};
    if (input.size() > connection::part_size)
        return;

    const auto begin = input.substr(0, limits.header_size_max);
    std::size_t size = 0;
    std::size_t size_in_parts = 0;
    const auto at_once = scan(begin, std::max<std::size_t>(begin.size(), 1), size);
    const auto in_parts = scan(begin, 1 + hash_of(input) % 13, size_in_parts);
    require(at_once == in_parts && size == size_in_parts, "parts may be cut anywhere");

    const auto result = understand(loop, input);
    if (!result) {
        require(at_once == head_scanner::state::incomplete, "a complete header is answered");
        return;
    }
    require(result->has_head != result->is_refused, "a header is accepted or refused");
    if (!result->has_head)
        return;
    require(
        at_once == head_scanner::state::complete,
        "the scanner accepts every header that the parser accepts"
    );
    if (!result->body)
        return;

    const auto rest = input.substr(size);
    if (result->is_chunked) {
        const auto expected = read_chunked(rest);
        require(expected.has_value(), "chunks are as RFC 9112 section 7.1 has them");
        require(expected->content == *result->body, "both readers see the same content");
        require(expected->size + result->left == rest.size(), "both readers see the same end");
    } else {
        const auto length = result->length.value_or(0);
        require(*result->body == rest.substr(0, length), "a body is what was sent");
        require(length + result->left == rest.size(), "a body ends where it was announced");
    }
}

}  // namespace botapi::fuzz
