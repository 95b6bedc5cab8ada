#include "adapters/http/connection/response_writer.hpp"

#include "adapters/http/protocol/http_date.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/chunk_encode.hpp>
#include <boost/beast/http/status.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace botapi::http {

namespace beast_http = boost::beast::http;

using boost::asio::awaitable;
using boost::asio::use_awaitable;

namespace {

/// Whether answers with this status have content, and so a length (RFC 9110 section 8.6).
bool has_content(unsigned status)
{
    return status >= 200 && status != 204 && status != 304;
}

void append_header(std::string& head, std::string_view name, std::string_view value)
{
    head.append(name).append(": ").append(value).append("\r\n");
}

/// Fields that restrict what browsers do with an answer, as the OWASP REST security cheat sheet
/// recommends.
constexpr std::string_view security_headers =
    "X-Content-Type-Options: nosniff\r\n"
    "X-Frame-Options: DENY\r\n"
    "Referrer-Policy: no-referrer\r\n"
    "Cross-Origin-Resource-Policy: same-origin\r\n";

/// A browser that has used TLS uses only TLS for a year (RFC 6797).
constexpr std::string_view transport_security = "Strict-Transport-Security: max-age=31536000\r\n";

/// For answers that are not pages: a browser that shows one runs and loads nothing.
constexpr std::string_view content_policy =
    "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n";

/// The header as it is sent. Beast's own message class would copy every field into a tree first.
std::string make_head(const response& answer, reply_form form)
{
    const auto reason = beast_http::obsolete_reason(beast_http::int_to_status(answer.status));
    std::string head;
    head.reserve(1'024);
    head.append(form.version > 10 ? "HTTP/1.1 " : "HTTP/1.0 ");
    head.append(std::to_string(answer.status)).append(1, ' ');
    head.append(reason.data(), reason.size()).append("\r\n");
    append_header(head, "Date", http_date());
    head += security_headers;
    if (form.is_secure)
        head += transport_security;
    bool is_page = false;
    for (const auto& [name, value] : answer.headers) {
        append_header(head, name, value);
        is_page = is_page || name == "Content-Security-Policy";
    }
    if (!is_page)
        head += content_policy;
    if (form.version > 10 && !form.keep_alive && !answer.upgrade)
        append_header(head, "Connection", "close");
    if (form.version <= 10 && form.keep_alive)
        append_header(head, "Connection", "keep-alive");
    if (answer.chunks && form.version > 10) {
        append_header(head, "Transfer-Encoding", "chunked");
    } else if (!answer.chunks && has_content(answer.status))
        append_header(head, "Content-Length", std::to_string(answer.content().size()));
    head += "\r\n";
    return head;
}

/// Writes two buffers in order, with one system call if the system accepts both.
awaitable<void> write_both(connection& connection, std::string_view first, std::string_view second)
{
    while (!first.empty() || !second.empty()) {
        const std::array buffers{
            boost::asio::buffer(first.data(), first.size()),
            boost::asio::buffer(second.data(), second.size())};
        connection.expect_transfer();
        auto sent = connection.transport().write_at_once(buffers);
        if (sent == 0)
            sent = co_await connection.transport().async_write_some(buffers, use_awaitable);
        connection.transferred(sent);
        const auto of_first = std::min(sent, first.size());
        first.remove_prefix(of_first);
        second.remove_prefix(sent - of_first);
    }
}

template <class Buffers>
awaitable<void> write_all(connection& connection, Buffers buffers)
{
    connection.expect_transfer();
    const auto sent =
        co_await boost::asio::async_write(connection.transport(), buffers, use_awaitable);
    connection.transferred(sent);
}

/// Holds the chunks of a report while the client sends its body and does not read.
class report_spool {
public:
    /// Keeps references.
    report_spool(connection& connection, const limits& limits, memory_budget::share& held) noexcept
        : connection_{connection}, limits_{limits}, held_{held}
    {
    }

    /// Writes as much as the client takes. The rest waits if there is room for it, and if the
    /// client goes on sending.
    awaitable<void> write(std::string_view content)
    {
        unsent_ += content;
        for (;;) {
            take_sent(connection_.transport().write_some(boost::asio::buffer(unsent_)));
            if (unsent_.empty())
                co_return;
            if (unsent_.size() > limits_.spool_size_max || !held_.resize(unsent_.size()))
                co_return co_await flush();
            if (connection_.buffer().size() > 0)
                co_return;
            auto waiting = wait_for_client();
            if (co_await std::move(waiting))
                co_return;
        }
    }

    /// Writes all, however slowly the client takes it.
    awaitable<void> flush()
    {
        const auto content = std::exchange(unsent_, {});
        auto writing = write_all(connection_, boost::asio::buffer(content));
        co_await std::move(writing);
        held_.resize(0);
    }

private:
    void take_sent(std::size_t count)
    {
        unsent_.erase(0, count);
        if (unsent_.empty())
            held_.resize(0);
    }

    /// Waits until the client takes more or has sent more. Returns whether it has sent more.
    awaitable<bool> wait_for_client()
    {
        using boost::asio::ip::tcp;
        using namespace boost::asio::experimental::awaitable_operators;
        constexpr auto as_result = boost::asio::as_tuple(use_awaitable);

        auto& socket = connection_.transport().socket();
        connection_.expect_transfer();
        auto either = connection_.transport().async_wait_readable(as_result) ||
                      socket.async_wait(tcp::socket::wait_write, as_result);
        const auto first = co_await std::move(either);
        connection_.transferred(0);
        const auto [why] = std::visit([](const auto& result) { return result; }, first);
        if (why)
            throw boost::system::system_error{why};
        co_return first.index() == 0;
    }

    connection& connection_;
    const limits& limits_;
    memory_budget::share& held_;
    std::string unsent_{};
};

/// Writes the report on a body that still arrives.
awaitable<void> write_report(
    connection& connection,
    response& answer,
    const limits& limits,
    memory_budget::share& held,
    std::uint64_t& body_size
)
{
    report_spool spool{connection, limits, held};
    std::optional<body_part> part{std::move(answer.body)};
    while (part) {
        const auto bytes = part->bytes();
        if (!bytes.empty()) {
            std::array<char, 20> size{};
            const auto end =
                std::to_chars(size.data(), size.data() + size.size(), bytes.size(), 16).ptr;
            std::string chunk{size.data(), end};
            chunk.append("\r\n").append(bytes).append("\r\n");
            body_size += bytes.size();
            auto writing = spool.write(chunk);
            co_await std::move(writing);
        }
        part = co_await answer.chunks->next();
    }
    auto writing = spool.flush();
    co_await std::move(writing);
    co_await write_all(connection, beast_http::make_chunk_last());
}

awaitable<void> write_chunks(
    connection& connection,
    response& answer,
    bool chunked,
    std::uint64_t& body_size
)
{
    connection.limit_unsent(connection::part_size);
    std::optional<body_part> part{std::move(answer.body)};
    while (part) {
        const auto bytes = part->bytes();
        if (!bytes.empty()) {
            const boost::asio::const_buffer content{bytes.data(), bytes.size()};
            if (chunked) {
                co_await write_all(connection, beast_http::make_chunk(content));
            } else
                co_await write_all(connection, content);
            body_size += bytes.size();
        }
        // The next part may take long to arrive. Meanwhile this one needs no memory.
        part.reset();
        part = co_await answer.chunks->next();
    }
    if (chunked)
        co_await write_all(connection, beast_http::make_chunk_last());
}

}  // namespace

awaitable<void> write_response(
    connection& connection,
    response& answer,
    reply_form form,
    const limits& limits,
    memory_budget::share& held,
    std::uint64_t& body_size
)
{
    connection.begin_transfer(limits.write_max, limits.data_rate_min);
    const std::string head = make_head(answer, form);
    if (form.head_only || !has_content(answer.status)) {
        co_await write_both(connection, head, {});
        co_return;
    }
    const bool is_chunked = form.version > 10;
    if (answer.chunks && answer.chunks->reads_body() && is_chunked) {
        co_await write_both(connection, head, {});
        co_await write_report(connection, answer, limits, held, body_size);
        co_return;
    }
    if (answer.chunks) {
        co_await write_both(connection, head, {});
        co_await write_chunks(connection, answer, is_chunked, body_size);
        co_return;
    }
    const auto content = answer.content();
    co_await write_both(connection, head, content);
    body_size += content.size();
}

}  // namespace botapi::http
