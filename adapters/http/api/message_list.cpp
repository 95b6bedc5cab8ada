#include "adapters/http/api/message_list.hpp"

#include "adapters/http/api/answers.hpp"
#include "adapters/http/api/live_messages.hpp"
#include "adapters/http/api/message_stream.hpp"
#include "adapters/http/dispatch/answer_coding.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace botapi::http {

namespace {

using boost::asio::awaitable;

/// The parameters of a list.
struct list_request {
    botcore::message_query query{};
    bool whole = false;  ///< Whether the client wants all messages: it sets no limit.
    /// Set if the filter selects exactly the messages of a stream, and there is no list cursor.
    std::optional<botcore::stream_id> stream{};
    std::optional<botcore::stream_position> end{};  ///< Of the stream, before the list was read.
    std::uint32_t scope = 0;
    wire::message_extras extras{};
    std::optional<problem> fault{};
};

/// The stream that has exactly the messages of the filter; nothing if there is none.
std::optional<botcore::stream_id> stream_of(const botcore::message_filter& filter)
{
    const botcore::message_filter of_conversation{
        .conversation = filter.conversation,
        .visible = filter.visible};
    const botcore::message_filter of_bot{.bot = filter.bot, .visible = filter.visible};
    if (filter.conversation && filter == of_conversation)
        return *filter.conversation;
    if (filter.bot && filter == of_bot)
        return *filter.bot;
    return std::nullopt;
}

list_request read_list(const request& request)
{
    parameter_reader read{
        request,
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
         "cursor",
         "include"}};
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
    filter.visible = request.visible();
    made.query.order = read.order("order");
    made.whole = !read.text("limit");
    made.query.limit = read.limit("limit").value_or(botcore::page_size_max);
    made.extras = read.extras("include");
    made.scope = botcore::scope_of(filter, made.query.order);
    if (!read.text("cursor"))
        made.stream = stream_of(filter);

    if (!read.text("conversationId") && !read.text("botId") && !read.text("clientId")) {
        read.add_fault("conversationId", "is required, or botId or clientId instead.");
    }
    if (const auto text = read.text("cursor")) {
        made.query.from = botcore::parse_message_cursor(*text, made.scope);
        if (!made.query.from)
            read.add_fault("cursor", "is not a cursor of this list. Begin without a cursor.");
    }
    made.fault = read.fault();
    return made;
}

/// A complete list, a streamed list, or a refusal.
using rendered = std::variant<rendered_page, response>;

/// The current end of the stream.
awaitable<botcore::result<botcore::stream_position>> read_end(
    const request& request,
    gateway& gateway,
    const botcore::stream_id& stream
)
{
    // Named, not written inside the co_await: GCC 12 would destroy it twice.
    const botcore::stream_query last{
        .stream = stream,
        .after = {},
        .limit = 1,
        .visible = request.visible()};
    const auto end = co_await gateway.read(last, request.until);
    if (!end)
        co_return end.error();
    co_return end->reached;
}

/// The position behind the message with the list's `seq_max`, which is the stream's end for this
/// list.
awaitable<botcore::result<botcore::stream_position>> read_newest(
    const request& request,
    gateway& gateway,
    const list_request& parameters
)
{
    if (parameters.query.seq_max == 0)
        co_return botcore::stream_start;
    const botcore::stream_query last{
        .stream = *parameters.stream,
        .after = botcore::stream_position::unchecked(*parameters.query.seq_max - 1),
        .limit = 1};
    const auto part = co_await gateway.read(last, request.until);
    if (!part)
        co_return part.error();
    co_return part->reached;
}

/// The cursor from which a client can follow the stream after this list. Empty if the list has no
/// `stream`. `newest` is the position behind the list's last message by `seq`, if known.
awaitable<botcore::result<std::string>> cursor_after(
    const request& request,
    gateway& gateway,
    const list_request& parameters,
    std::optional<botcore::stream_position> newest
)
{
    if (!parameters.stream)
        co_return std::string{};
    auto end = parameters.end ? parameters.end : std::move(newest);
    if (!end) {
        const auto read = co_await read_newest(request, gateway, parameters);
        if (!read)
            co_return read.error();
        end = *read;
    }
    co_return botcore::to_text(*parameters.stream, *end);
}

awaitable<rendered> render_page(
    const request& request,
    gateway& gateway,
    const list_request& parameters,
    list_format format
)
{
    const auto page = co_await gateway.list(parameters.query, request.until);
    if (!page)
        co_return refused(request, page.error());

    const auto text_of = [&](const auto& cursor) {
        return cursor ? std::optional{botcore::to_text(*cursor, parameters.scope)} : std::nullopt;
    };
    const bool is_json = format == list_format::json;
    rendered_page made;
    bool first = true;
    made.body = is_json ? "[" : "";
    append_items(made.body, page->items, {format, parameters.extras}, first);
    made.body += is_json ? "]" : "";
    made.links = page_links(request, text_of(page->next), text_of(page->previous));
    auto newest = position_of(page->items, parameters.query.seq_max);
    auto cursor = co_await cursor_after(request, gateway, parameters, std::move(newest));
    if (!cursor)
        co_return refused(request, cursor.error());
    made.cursor = *std::move(cursor);
    co_return made;
}

awaitable<rendered> render_whole(
    const request& request,
    gateway& gateway,
    const list_request& parameters,
    list_format format
)
{
    const auto patience = request.until.end - std::chrono::steady_clock::now();
    const list_style style{format, parameters.extras};
    auto stream = std::make_unique<message_stream>(gateway, parameters.query, style, patience);
    auto first = co_await stream->begin(request.until);
    if (!first)
        co_return refused(request, first.error());
    auto cursor = co_await cursor_after(request, gateway, parameters, stream->newest());
    if (!cursor)
        co_return refused(request, cursor.error());
    // A complete list is sent with a Content-Length instead of in chunks.
    if (stream->is_done()) {
        rendered_page made{.body = std::move(*first), .links = {}, .cursor = *std::move(cursor)};
        co_return made;
    }
    response made{.status = 200, .body = std::move(*first)};
    if (!cursor->empty())
        made.headers.emplace_back(stream_cursor_header, *std::move(cursor));
    made.chunks = std::move(stream);
    co_return made;
}

/// Callers that see different bots get different tags, also at the same version.
std::string tag_of_view(const botcore::list_version& version, const botcore::visible_bots& visible)
{
    if (visible.is_all() && version.history == 0)
        return tag_of_version(version.revision);
    if (visible.is_all())
        return tag_of_version(version.revision, version.history);
    std::string view = std::to_string(version.revision) + '-' + std::to_string(version.history);
    for (const auto& id : visible.ids())
        id.append_to(view);
    return tag_of_content(view);
}

/// A list in the cache.
struct cache_entry {
    std::string key;
    bool is_kept;

    /// The key of the list in a coding.
    [[nodiscard]] std::string key_in(content_coding coding) const
    {
        return std::string{name_of(coding)} + key;
    }
};

cache_entry entry_of(const request& request, const list_request& parameters, list_format format)
{
    // The key is the target and the format; a target in another spelling has another entry.
    // Partly visible lists are not cached, because they differ from key to key.
    const auto& filter = parameters.query.filter;
    return {
        .key = (format == list_format::json ? 'j' : 'n') + request.target,
        .is_kept = filter.conversation.has_value() && filter.visible.is_all()};
}

/// Adds `Link` and `Stream-Cursor`, which only the rendered list knows.
void append_navigation(response& made, const rendered_page& page)
{
    if (!page.links.empty())
        made.headers.emplace_back("Link", page.links);
    if (!page.cursor.empty())
        made.headers.emplace_back(stream_cursor_header, page.cursor);
}

response answer_page(const std::shared_ptr<const rendered_page>& page, content_coding coding)
{
    response made{.status = 200};
    made.shared_body = std::shared_ptr<const std::string>{page, &page->body};
    made.coding = coding;
    append_navigation(made, *page);
    return made;
}

/// The page in compressed form, to be kept beside it. Nothing if it is sent as it is.
awaitable<std::shared_ptr<const rendered_page>> code_page(
    const request& request,
    const rendered_page& page,
    content_coding coding
)
{
    auto coding_all = code_content(request, coding, page.body);
    const auto coded = co_await std::move(coding_all);
    if (!coded)
        co_return nullptr;
    rendered_page made{.body = *coded, .links = page.links, .cursor = page.cursor};
    co_return std::make_shared<const rendered_page>(std::move(made));
}

/// The list, from the cache if possible. `version` is that of the list.
awaitable<response> answer_list(
    const request& request,
    gateway& gateway,
    page_cache& cache,
    const list_request& parameters,
    list_format format,
    const botcore::list_version& version
)
{
    const auto entry = entry_of(request, parameters, format);
    const auto& [key, is_kept] = entry;
    const auto coding = request.codings.preferred;
    const bool is_coded = is_kept && coding != content_coding::identity;
    if (is_coded) {
        // One that is not there is no miss yet: the list itself may be there.
        const auto coded_key = entry.key_in(coding);
        const auto coded = cache.peek(coded_key, version) ? cache.find(coded_key, version)
                                                          : nullptr;
        if (coded)
            co_return answer_page(coded, coding);
    }
    auto page = is_kept ? cache.find(key, version) : nullptr;
    if (!page) {
        rendered made;
        if (parameters.whole) {
            made = co_await render_whole(request, gateway, parameters, format);
        } else
            made = co_await render_page(request, gateway, parameters, format);
        if (auto* const other = std::get_if<response>(&made))
            co_return std::move(*other);
        auto& complete = std::get<rendered_page>(made);
        complete.body.shrink_to_fit();
        page = std::make_shared<const rendered_page>(std::move(complete));
        if (is_kept)
            cache.keep(key, version, page);
    }
    if (is_coded && page->body.size() >= coded_size_min) {
        auto coding_page = code_page(request, *page, coding);
        const auto coded = co_await std::move(coding_page);
        if (coded) {
            cache.keep(entry.key_in(coding), version, coded);
            co_return answer_page(coded, coding);
        }
    }
    co_return answer_page(page, content_coding::identity);
}

/// The same for each size of a list, since a 304 does not know the size.
std::string_view vary_of_list(const request& request, bool mixes_people)
{
    return permits_coding(request.compression, mixes_people) ? "Accept, Accept-Encoding" : "Accept";
}

}  // namespace

awaitable<response> list_messages(request& request, gateway& gateway, page_cache& cache)
{
    list_request parameters = read_list(request);
    if (parameters.fault)
        co_return refused(request, *parameters.fault);
    if (const auto allowed = request.grant().may_list(parameters.query.filter); !allowed)
        co_return refused(request, about_parameters(allowed.error()));
    const auto type = negotiate(request, {json_type, ndjson_type});
    if (!type)
        co_return refused(request, not_acceptable("application/json or application/x-ndjson"));
    const auto format = *type == json_type ? list_format::json : list_format::ndjson;

    const auto version = co_await gateway.version(parameters.query.filter, request.until);
    if (!version)
        co_return refused(request, version.error());
    std::string tag = tag_of_view(*version, request.visible());
    if (format == list_format::ndjson)
        tag.insert(tag.size() - 1, "-lines");
    if (parameters.extras.has_seq)
        tag.insert(tag.size() - 1, "-seq");
    const bool mixes_people = !parameters.query.filter.conversation;
    const auto append_headers = [&](response& made) {
        made.headers.emplace_back("Content-Type", std::string{*type});
        made.headers.emplace_back("ETag", tag);
        made.headers.emplace_back("Cache-Control", "no-cache");
        made.headers.emplace_back("Vary", vary_of_list(request, mixes_people));
        made.mixes_people = mixes_people;
    };
    // The size of the list, and so its coding, is not known yet.
    const auto known = coding_known_to_client(request, tag, content_coding::identity);
    if (known) {
        // `Link` and `Stream-Cursor` as well, where no message has to be read for them.
        response unchanged;
        const auto [key, is_kept] = entry_of(request, parameters, format);
        if (const auto page = is_kept ? cache.peek(key, *version) : nullptr)
            append_navigation(unchanged, *page);
        append_headers(unchanged);
        unchanged.coding = *known;
        co_return not_modified(std::move(unchanged));
    }
    // Limits the list to this version, because later messages belong to another tag.
    if (parameters.query.filter.conversation && request.visible().is_all())
        parameters.query.seq_max = version->last_seq;

    // Read before the list, so that every message is in the list or after the cursor.
    if (parameters.stream && !parameters.query.seq_max) {
        const auto end = co_await read_end(request, gateway, *parameters.stream);
        if (!end)
            co_return refused(request, end.error());
        parameters.end = *end;
    }

    auto answering = answer_list(request, gateway, cache, parameters, format, *version);
    response made = co_await std::move(answering);
    if (made.status == 200)
        append_headers(made);
    co_return made;
}

}  // namespace botapi::http
