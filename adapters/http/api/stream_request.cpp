#include "adapters/http/api/stream_request.hpp"

#include "adapters/http/api/parameters.hpp"
#include "adapters/http/live/follower.hpp"
#include "adapters/http/protocol/negotiation.hpp"

#include <algorithm>
#include <charconv>
#include <initializer_list>
#include <string>
#include <utility>

namespace botapi::http {

using namespace std::chrono_literals;

namespace {

bool has_parameter(const request& request, std::string_view name)
{
    return std::ranges::find(request.parameters, name, &parameter::first) !=
           request.parameters.end();
}

void refuse_all(
    parameter_reader& read,
    std::initializer_list<std::string_view> names,
    const std::string& detail
)
{
    for (const auto name : names) {
        if (read.text(name))
            read.add_fault(name, detail);
    }
}

botcore::stream_id read_stream_id(parameter_reader& read)
{
    const auto conversation = read.id<botcore::conversation_id>("conversationId");
    const auto bot = read.id<botcore::bot_id>("botId");
    const bool has_conversation = read.text("conversationId").has_value();
    if (has_conversation && read.text("botId")) {
        read.add_fault("botId", "can't be combined with conversationId: choose one stream.");
    } else if (!has_conversation && !read.text("botId")) {
        read.add_fault("conversationId", "is required, or botId instead.");
    }
    if (bot && !has_conversation)
        return *bot;
    return conversation.value_or(botcore::conversation_id{});
}

std::chrono::seconds read_wait(parameter_reader& read)
{
    constexpr int seconds_max = 60;
    const auto text = read.text("wait");
    if (!text)
        return 0s;
    int number = 0;
    const char* const end = text->data() + text->size();
    const auto [stop, problem] = std::from_chars(text->data(), end, number);
    if (problem != std::errc{} || stop != end || number < 1 || number > seconds_max) {
        read.add_fault(
            "wait",
            "must be a whole number of seconds from 1 to " + std::to_string(seconds_max) + '.'
        );
    }
    return std::chrono::seconds{number};
}

/// The last event that a client received before it lost its connection.
struct last_event {
    problem_part part;  ///< The header or parameter that names the event; without a detail.
    std::string_view id;
};

/// Finds the last event that the client received; nothing for a new client.
///
/// A client that can't set the header uses the parameter. An `EventSource` that reconnects repeats
/// its URL and adds the header, so the header is newer.
std::optional<last_event> find_last_event(const request& request, const parameter_reader& read)
{
    if (const auto id = request.header("Last-Event-ID"); id && !id->empty())
        return last_event{{"header", "Last-Event-ID", {}}, *id};
    if (const auto id = read.text("lastEventId"); id && !id->empty())
        return last_event{{"parameter", "lastEventId", {}}, *id};
    return std::nullopt;
}

void read_start(const request& request, parameter_reader& read, stream_request& into)
{
    const bool has_events = into.type == event_stream_type;
    if (const auto text = read.text("after")) {
        if (const auto start = parse_start(into.stream, *text)) {
            into.start = *start;
        } else
            read.add_fault("after", "must be start, now, or a cursor of this stream.");
    } else if (!has_events)
        read.add_fault("after", "is required with wait, as in after=now.");

    into.fault = read.fault();
    auto last = has_events ? find_last_event(request, read) : std::nullopt;
    if (!last || into.fault)
        return;
    if (const auto position = botcore::parse_stream_position(into.stream, last->id)) {
        into.start.after = *position;
        return;
    }
    const bool is_header = last->part.where == "header";
    last->part.detail = "must be the id of an event of this stream.";
    into.fault = problem{
        is_header ? problem_kind::invalid_header : problem_kind::invalid_parameter,
        last->part.name + ' ' + last->part.detail,
        {std::move(last->part)}};
}

}  // namespace

bool is_about_stream(const request& request)
{
    return has_parameter(request, "after") || has_parameter(request, "wait") ||
           negotiate(request, {json_type, ndjson_type, event_stream_type}) == event_stream_type;
}

stream_request read_stream_request(const request& request, std::string_view type)
{
    parameter_reader read{
        request,
        {"conversationId",
         "botId",
         "after",
         "lastEventId",
         "limit",
         "wait",
         "include",
         "clientId",
         "since",
         "until",
         "from",
         "to",
         "direction",
         "order",
         "cursor"}};
    stream_request made{.type = type};
    refuse_all(
        read,
        {"clientId", "since", "until", "from", "to", "direction", "order", "cursor"},
        "applies to lists only: a stream has all messages, in the order of arrival."
    );
    made.stream = read_stream_id(read);
    if (type == event_stream_type)
        refuse_all(
            read,
            {"limit", "wait"},
            "does not apply to text/event-stream, which has no end."
        );
    else
        refuse_all(read, {"lastEventId"}, "applies to text/event-stream only: use after.");
    made.limit = read.limit("limit").value_or(botcore::page_size_max);
    made.wait = read_wait(read);
    made.extras = read.extras("include");
    read_start(request, read, made);
    return made;
}

}  // namespace botapi::http
