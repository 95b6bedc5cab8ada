#include "adapters/http/api/message_list.hpp"

#include "adapters/http/api/answers.hpp"
#include "adapters/http/api/message_stream.hpp"

#include <chrono>
#include <memory>
#include <utility>

namespace botapi::http {

namespace {

using boost::asio::awaitable;

/// What the parameters of a list ask for.
struct list_request {
    botcore::message_query query{};
    bool whole = false;  ///< There is no limit: all messages.
    std::uint32_t scope = 0;
    std::optional<problem> fault{};
};

list_request read_list(const request& asked)
{
    parameter_reader read{
        asked,
        {"conversationId",
         "botId",
         "clientId",
         "since",
         "until",
         "from",
         "to",
         "direction",
         "order",
         "limit",
         "cursor"}};
    list_request made;
    auto& filter = made.query.filter;
    filter.conversation = read.id<botcore::conversation_id>("conversationId");
    filter.bot = read.id<botcore::bot_id>("botId");
    filter.client = read.id<botcore::client_id>("clientId");
    filter.since = read.instant("since");
    filter.until = read.instant("until");
    filter.from = read.id<botcore::participant_id>("from");
    filter.to = read.id<botcore::participant_id>("to");
    filter.way = read.direction("direction");
    made.query.order = read.order("order");
    made.whole = !read.text("limit");
    made.query.limit = read.limit("limit").value_or(botcore::page_size_max);
    made.scope = botcore::scope_of(filter, made.query.order);

    if (!read.text("conversationId") && !read.text("botId") && !read.text("clientId")) {
        read.add_fault(
            "conversationId",
            "is needed, or botId or clientId in its place: say which messages."
        );
    }
    if (const auto text = read.text("cursor")) {
        made.query.from = botcore::parse_message_cursor(*text, made.scope);
        if (!made.query.from)
            read.add_fault("cursor", "is no cursor of this list. Start without one.");
    }
    made.fault = read.fault();
    return made;
}

awaitable<response> answer_page(
    const request& asked,
    gateway& gateway,
    const list_request& wanted,
    list_format format
)
{
    auto ask = [&](services& core) { return core.messages.list(wanted.query, asked.until); };
    const auto page = co_await gateway.run(ask);
    if (!page)
        co_return refused(asked, page.error());

    const auto text_of = [&](const auto& cursor) {
        return cursor ? std::optional{botcore::to_text(*cursor, wanted.scope)} : std::nullopt;
    };
    const bool is_json = format == list_format::json;
    response made{.status = 200};
    bool first = true;
    made.body = is_json ? "[" : "";
    append_items(made.body, page->items, format, first);
    made.body += is_json ? "]" : "";
    auto links = page_links(asked, text_of(page->next), text_of(page->previous));
    if (!links.empty())
        made.headers.emplace_back("Link", std::move(links));
    co_return made;
}

awaitable<response> answer_whole(
    const request& asked,
    gateway& gateway,
    const list_request& wanted,
    list_format format
)
{
    const auto patience = asked.until - std::chrono::steady_clock::now();
    auto stream = std::make_unique<message_stream>(gateway, wanted.query, format, patience);
    auto first = co_await stream->begin();
    if (!first)
        co_return refused(asked, first.error());
    response made{.status = 200, .body = std::move(*first)};
    // What is complete already goes out with a length instead of in chunks.
    if (!stream->is_done())
        made.chunks = std::move(stream);
    co_return made;
}

}  // namespace

awaitable<response> list_messages(request& asked, gateway& gateway)
{
    list_request wanted = read_list(asked);
    if (wanted.fault)
        co_return refused(asked, *wanted.fault);
    const auto type = negotiate(asked, {json_type, ndjson_type});
    if (!type)
        co_return refused(asked, not_acceptable("application/json or application/x-ndjson"));
    const auto format = *type == json_type ? list_format::json : list_format::ndjson;

    const auto version = co_await gateway.version(wanted.query.filter, asked.until);
    if (!version)
        co_return refused(asked, version.error());
    std::string tag = tag_of_version(*version);
    if (format == list_format::ndjson)
        tag.insert(tag.size() - 1, "-lines");
    if (is_known_to_client(asked, tag)) {
        response unchanged = not_modified(std::move(tag));
        unchanged.headers.emplace_back("Vary", "Accept");
        co_return unchanged;
    }
    // The list as it is at this version: what is stored from here on belongs to another tag.
    if (wanted.query.filter.conversation)
        wanted.query.seq_max = *version;

    response made;
    if (wanted.whole) {
        made = co_await answer_whole(asked, gateway, wanted, format);
    } else
        made = co_await answer_page(asked, gateway, wanted, format);
    if (made.status == 200) {
        made.headers.emplace_back("Content-Type", std::string{*type});
        made.headers.emplace_back("ETag", std::move(tag));
        made.headers.emplace_back("Cache-Control", "no-cache");
        made.headers.emplace_back("Vary", "Accept");
    }
    co_return made;
}

}  // namespace botapi::http
