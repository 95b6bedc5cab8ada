#include "adapters/http/api/message_stream.hpp"

#include "adapters/http/codec/json_text.hpp"

#include <botcore/domain/page.hpp>
#include <botcore/domain/stream.hpp>

#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <cstddef>
#include <stdexcept>

namespace botapi::http {

using boost::asio::awaitable;

std::optional<botcore::stream_position> position_of(
    const std::vector<botcore::message>& items,
    std::optional<std::uint64_t> seq
)
{
    const auto found = std::ranges::find(items, seq, &botcore::message::seq);
    if (found == items.end())
        return std::nullopt;
    return position_in(found->conversation, *found);
}

void append_items(
    std::string& out,
    const std::vector<botcore::message>& items,
    const list_style& style,
    bool& first
)
{
    const auto is_line_break = [](char c) { return c == '\n' || c == '\r'; };
    for (const auto& item : items) {
        if (style.format == list_format::json && !first)
            out += ',';
        first = false;
        const auto start = static_cast<std::ptrdiff_t>(out.size());
        append_json(out, item, style.extras);
        if (style.format == list_format::ndjson) {
            // Line breaks occur only between the tokens of metadata, where a space is equivalent.
            std::ranges::replace_if(out.begin() + start, out.end(), is_line_break, ' ');
            out += '\n';
        }
    }
}

awaitable<botcore::result<std::string>> message_stream::begin(wait_limit until)
{
    query_.limit = first_count;
    query_.size_max = first_size;
    std::string text = style_.format == list_format::json ? "[" : "";
    const auto page = co_await gateway_.list(query_, until);
    if (!page)
        co_return page.error();
    if (until.reads != nullptr)
        freshness_ = until.reads->demand();
    go_on_after(*page);
    render(text, *page);
    newest_ = position_of(page->items, query_.seq_max);
    query_.size_max.reset();
    text.shrink_to_fit();  // Slow clients may hold it for long.
    co_return text;
}

awaitable<std::optional<body_part>> message_stream::next()
{
    if (done_)
        co_return std::nullopt;
    // The second part is read after the client has taken the first one: a client that takes
    // nothing costs no more than one part.
    if (!next_)
        co_await start_next();
    const auto page = co_await next_->wait();
    if (!page)
        throw std::runtime_error{"A streamed list broke off: " + page.error().detail};
    go_on_after(*page);
    co_await start_next();
    std::string text;
    render(text, *page);
    co_return text;
}

awaitable<message_stream::answer> message_stream::read(
    gateway& gateway,
    botcore::message_query query,
    std::chrono::nanoseconds patience,
    botcore::freshness freshness
)
{
    read_progress reads{freshness};
    wait_limit until{std::chrono::steady_clock::now() + patience};
    until.reads = &reads;
    co_return co_await gateway.list(std::move(query), until);
}

awaitable<void> message_stream::start_next()
{
    if (done_)
        co_return;
    const auto here = co_await boost::asio::this_coro::executor;
    next_.emplace(here, read(gateway_, query_, patience_, freshness_));
}

void message_stream::go_on_after(const botcore::message_page& page)
{
    done_ = !page.next;
    query_.from = page.next;
    // Estimates from these messages how many make a chunk. A limit in bytes would make PostgreSQL
    // take three times as long for each row.
    std::size_t size = 0;
    for (const auto& item : page.items)
        size += frame_size + item.content.size();
    const std::size_t count = chunk_size * page.items.size() / std::max<std::size_t>(size, 1);
    query_.limit = std::clamp<std::size_t>(count, 4, botcore::page_size_max);
}

void message_stream::render(std::string& text, const botcore::message_page& page)
{
    append_items(text, page.items, style_, first_);
    if (done_ && style_.format == list_format::json)
        text += ']';
}

}  // namespace botapi::http
