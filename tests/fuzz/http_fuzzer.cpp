// Input: all that a client sends on a connection, up to its end.
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

/// What the server understood.
struct understood {
    bool has_head = false;
    bool is_refused = false;
    bool is_chunked = false;
    std::optional<std::uint64_t> length{};
    std::optional<std::string> body{};  ///< Nothing if it does not end, or is malformed.
    std::size_t left = 0;               ///< Bytes after the request.
};

void try_fields(const request& asked, unsigned version)
{
    const auto count = [&](field name) { return asked.headers.count(name); };
    require(count(field::host) == 1 || (version == 10 && count(field::host) == 0), "one host");
    require(count(field::content_length) <= 1, "one length");
    require(count(field::transfer_encoding) <= 1, "one coding");
    require(
        count(field::content_length) + count(field::transfer_encoding) < 2,
        "a body has one end"
    );
    require(asked.target.size() <= limits.target_size_max, "a target keeps its limit");
    require(
        std::ranges::all_of(asked.target, [](char c) { return c > ' ' && c < 0x7f; }),
        "a target is visible ASCII"
    );
    std::size_t fields = 0;
    for (const auto& one : asked.headers) {
        ++fields;
        require(!one.name_string().empty(), "a field has a name");
        require(
            one.value().find_first_of({"\r\n\0", 3}) == boost::beast::string_view::npos,
            "a value is one line"
        );
    }
    require(fields <= limits.header_count_max, "fields keep their limit");
}

void try_meaning(const request& asked)
{
    const auto type = http::content_type(asked, {http::json_type, http::ndjson_type});
    require(!type || asked.header("Content-Type"), "what is not sent has no type");
    const auto offered = http::negotiate(asked, {http::json_type, http::ndjson_type});
    require(offered || asked.header("Accept"), "who accepts nothing says so");
    const auto condition = http::precondition_of(asked);
    require(
        condition.none_of.empty() || asked.header("If-None-Match"),
        "conditions are those that were sent"
    );
    const auto key = http::read_idempotency_key(asked);
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

awaitable<understood> serve(connection& connection)
{
    understood made;
    request_parser parser;
    parser.body_limit(boost::none);
    request asked;
    const auto wrong = co_await receive_head(connection, parser, asked, limits);
    if (wrong) {
        require(!wrong->detail.empty(), "a refusal says why");
        made.is_refused = true;
        co_return made;
    }
    made.has_head = true;
    try_fields(asked, parser.get().version());
    try_meaning(asked);

    http::request_body body{connection, parser, limits, false};
    made.is_chunked = parser.chunked();
    made.length = body.size();
    try {
        made.body = co_await read_body(body);
    } catch (const http::body_failure&) {
        co_return made;
    } catch (const boost::system::system_error&) {
        // There is no socket to read more from: the body is not whole.
        co_return made;
    }
    made.left = connection.buffer().size();
    co_return made;
}

/// Nothing, if the header is not whole.
std::optional<understood> understand(boost::asio::io_context& loop, std::string_view input)
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

/// What the scanner thinks of `input` if it arrives in parts of `step` bytes.
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

    const auto made = understand(loop, input);
    if (!made) {
        require(at_once == head_scanner::state::incomplete, "what is whole is answered");
        return;
    }
    require(made->has_head != made->is_refused, "a header is taken or refused");
    if (!made->has_head)
        return;
    require(at_once == head_scanner::state::complete, "nothing lax gets through");
    if (!made->body)
        return;

    const auto rest = input.substr(size);
    if (made->is_chunked) {
        const auto expected = read_chunked(rest);
        require(expected.has_value(), "chunks are as RFC 9112 section 7.1 has them");
        require(expected->content == *made->body, "chunks say one thing");
        require(expected->size + made->left == rest.size(), "chunks end in one place");
    } else {
        const auto length = made->length.value_or(0);
        require(*made->body == rest.substr(0, length), "a body is what was sent");
        require(length + made->left == rest.size(), "a body ends where it was announced");
    }
}

}  // namespace botapi::fuzz
