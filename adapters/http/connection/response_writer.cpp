#include "adapters/http/connection/response_writer.hpp"

#include "adapters/http/protocol/http_date.hpp"

#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/chunk_encode.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include <string>
#include <utility>

namespace botapi::http {

namespace beast_http = boost::beast::http;

using boost::asio::awaitable;
using boost::asio::use_awaitable;

namespace {

using message_type = beast_http::response<beast_http::string_body>;

/// RFC 9110 section 8.6: these have no content, and no length.
bool has_content(unsigned status)
{
    return status >= 200 && status != 204 && status != 304;
}

message_type make_head(const response& answer, reply_form form)
{
    message_type head{beast_http::int_to_status(answer.status), form.version};
    head.set(beast_http::field::date, http_date());
    for (const auto& [name, value] : answer.headers)
        head.insert(name, value);
    head.keep_alive(form.keep_alive);
    return head;
}

awaitable<void> write_whole(connection& connection, message_type& message, const limits& limits)
{
    beast_http::response_serializer<beast_http::string_body> serializer{message};
    while (!serializer.is_done()) {
        connection.expect_within(limits.write_max);
        co_await beast_http::async_write_some(connection.socket(), serializer, use_awaitable);
    }
    connection.expect_nothing();
}

template <class Buffers>
awaitable<void> write_all(connection& connection, Buffers buffers, const limits& limits)
{
    connection.expect_within(limits.write_max);
    co_await boost::asio::async_write(connection.socket(), buffers, use_awaitable);
    connection.expect_nothing();
}

awaitable<void> write_chunks(
    connection& connection,
    response& answer,
    bool chunked,
    const limits& limits,
    std::uint64_t& written
)
{
    auto part = std::optional{std::move(answer.body)};
    while (part) {
        if (!part->empty()) {
            const auto content = boost::asio::buffer(*part);
            if (chunked) {
                co_await write_all(connection, beast_http::make_chunk(content), limits);
            } else
                co_await write_all(connection, content, limits);
            written += part->size();
        }
        part = co_await answer.chunks->next();
    }
    if (chunked)
        co_await write_all(connection, beast_http::make_chunk_last(), limits);
}

}  // namespace

awaitable<void> write_response(
    connection& connection,
    response& answer,
    reply_form form,
    const limits& limits,
    std::uint64_t& written
)
{
    message_type message = make_head(answer, form);
    const bool chunked = answer.chunks && form.version > 10;
    if (chunked) {
        message.chunked(true);
    } else if (!answer.chunks && has_content(answer.status)) {
        message.content_length(answer.body.size());
    }

    if (answer.chunks && !form.head_only) {
        // The body comes later: this writes the header alone.
        beast_http::response_serializer<beast_http::string_body> serializer{message};
        connection.expect_within(limits.write_max);
        co_await beast_http::async_write_header(connection.socket(), serializer, use_awaitable);
        co_await write_chunks(connection, answer, chunked, limits, written);
        co_return;
    }

    if (form.head_only) {
        beast_http::response_serializer<beast_http::string_body> serializer{message};
        connection.expect_within(limits.write_max);
        co_await beast_http::async_write_header(connection.socket(), serializer, use_awaitable);
        connection.expect_nothing();
        co_return;
    }
    message.body() = std::move(answer.body);
    const auto size = message.body().size();
    co_await write_whole(connection, message, limits);
    written += size;
}

}  // namespace botapi::http
