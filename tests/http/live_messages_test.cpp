#include "tests/http/kit.hpp"

#include <botcore/domain/stream.hpp>

#include <string>
#include <utility>
#include <vector>

using namespace botapi::http;
using namespace botapi::http::testing;
using boost::beast::http::verb;

namespace {

constexpr const char* watched_client = "16edd3b3-3f75-40df-af07-2a3813a79ce9";
constexpr const char* watched_talk = "7665ada8-3448-4acd-a1b7-d688e68fe9a1";
constexpr const char* other_watched_talk = "7665ada8-3448-4acd-a1b7-d688e68fe9a2";

const std::string watched_list = std::string{"/messages?conversationId="} + watched_talk;
const header_list as_events{{"Accept", "text/event-stream"}};

std::string cursor_of(const reply& answer)
{
    return answer.header("Stream-Cursor");
}

std::string next_of(const reply& answer)
{
    const auto link = answer.header("Link");
    REQUIRE(link.ends_with(">; rel=\"next\""));
    return link.substr(1, link.find('>') - 1);
}

std::size_t count_of(const std::string& text, std::string_view what)
{
    std::size_t count = 0;
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1))
        ++count;
    return count;
}

}  // namespace

TEST_CASE("live: a list has a cursor from which a follower misses nothing", "[http]")
{
    api routes;
    routes.say(watched_talk, watched_client, "one");
    const auto listed = routes.get(watched_list + "&order=desc&limit=1");
    REQUIRE_FALSE(cursor_of(listed).empty());
    routes.say(watched_talk, watched_client, "two");

    const auto more = routes.get(watched_list + "&after=" + cursor_of(listed));

    REQUIRE(more.json().as_array().size() == 1);
    CHECK(more.json().at(0).at("text") == "two");
    CHECK(routes.get(next_of(more)).body == "[]");
}

TEST_CASE("live: only the first page of an unfiltered list has a stream cursor", "[http]")
{
    api routes;
    routes.say(watched_talk, watched_client, "one");
    const std::string of_bot = std::string{"/messages?botId="} + api::bot;

    CHECK_FALSE(cursor_of(routes.get(of_bot)).empty());
    for (const auto* const narrow : {"&since=2018-01-01T00:00:00Z", "&direction=outbound"}) {
        CHECK(cursor_of(routes.get(watched_list + narrow)).empty());
        CHECK(cursor_of(routes.get(of_bot + narrow)).empty());
    }
    CHECK(cursor_of(routes.get(watched_list + "&botId=" + api::bot)).empty());
}

TEST_CASE("live: a stream is read from its start, page by page, in its order", "[http]")
{
    api routes;
    for (const auto* const text : {"one", "two", "three"})
        routes.say(watched_talk, watched_client, text);

    const auto first = routes.get(watched_list + "&after=start&limit=2");
    const auto second = routes.get(next_of(first));

    CHECK(first.json().as_array().size() == 2);
    CHECK(first.json().at(0).at("text") == "one");
    REQUIRE(second.json().as_array().size() == 1);
    CHECK(second.json().at(0).at("text") == "three");
    CHECK(routes.get(watched_list + "&after=now").body == "[]");
    CHECK(cursor_of(routes.get(watched_list + "&after=now")) == cursor_of(second));
    const auto lines =
        routes.get(watched_list + "&after=start", {{"Accept", "application/x-ndjson"}});
    CHECK(count_of(lines.body, "\n") == 3);
}

TEST_CASE("live: the stream of a bot goes through its conversations", "[http]")
{
    api routes;
    routes.say(watched_talk, watched_client, "one");
    routes.say(other_watched_talk, watched_client, "two");

    const auto read = routes.get(std::string{"/messages?after=start&botId="} + api::bot);

    CHECK(read.json().as_array().size() == 2);
}

TEST_CASE("live: an answer that the client has already is not sent again", "[http]")
{
    api routes;
    routes.say(watched_talk, watched_client, "one");
    const auto read = routes.get(watched_list + "&after=start");

    const auto again =
        routes.get(watched_list + "&after=start", {{"If-None-Match", read.header("ETag")}});

    CHECK(again.status == 304);
    CHECK(cursor_of(again) == cursor_of(read));
    routes.say(watched_talk, watched_client, "two");
    CHECK(
        routes.get(watched_list + "&after=start", {{"If-None-Match", read.header("ETag")}})
            .status == 200
    );
}

TEST_CASE("live: parameters that don't apply to a stream are refused by name", "[http]")
{
    api routes;
    const auto refuses = [&](const std::string& query, std::string_view name, header_list with) {
        const auto answer = routes.get("/messages?" + query, with);
        CHECK(answer.status == 400);
        CHECK(answer.body.find('"' + std::string{name} + '"') != std::string::npos);
    };
    const std::string stream = std::string{"after=now&conversationId="} + watched_talk;

    for (const auto* const name :
         {"clientId", "since", "until", "from", "to", "direction", "order", "cursor"})
        refuses(stream + '&' + name + "=x", name, {});
    for (const auto* const wait : {"0", "61", "x", "1.5", ""})
        refuses(stream + "&wait=" + wait, "wait", {});
    refuses(stream + "&botId=" + api::bot, "botId", {});
    refuses("after=now", "conversationId", {});
    refuses(std::string{"wait=1&conversationId="} + watched_talk, "after", {});
    refuses(stream + "&after=now", "after", {});
    refuses(std::string{"after=x&conversationId="} + watched_talk, "after", {});
    refuses(stream + "&limit=1", "limit", as_events);
    refuses(stream + "&wait=1", "wait", as_events);
    refuses(stream, "Last-Event-ID", {as_events[0], {"Last-Event-ID", "x"}});
}

TEST_CASE("live: a cursor of another stream is refused", "[http]")
{
    api routes;
    routes.say(watched_talk, watched_client, "one");
    const auto cursor = cursor_of(routes.get(watched_list));

    const auto other = std::string{"/messages?conversationId="} + other_watched_talk;

    CHECK(routes.get(other + "&after=" + cursor).status == 400);
}

TEST_CASE("live: a cursor of a message that is not stored any more is lost", "[http]")
{
    using namespace botcore;
    api routes;
    for (const auto* const text : {"one", "two", "three"})
        routes.say(watched_talk, watched_client, text);
    const std::vector<std::pair<std::string, stream_id>> streams{
        {watched_list, conversation_id{*uuid::parse(watched_talk)}},
        {std::string{"/messages?botId="} + api::bot, bot_id{*uuid::parse(api::bot)}}};

    for (const auto& [list, stream] : streams) {
        const auto first = *parse_stream_position(stream, cursor_of(routes.get(list)));
        const auto other = to_text(stream, {first.order() - 1, *first.fingerprint()});
        for (const std::string more : {"", "&wait=5", "&limit=1"}) {
            const auto refused = routes.get(list + more + "&after=" + other);
            CHECK(refused.status == 410);
            CHECK(refused.json().at("type") == "/problems/place-lost");
        }
        for (const auto& events :
             {routes.get(list + "&after=" + other, as_events),
              routes.get(list, {as_events[0], {"Last-Event-ID", other}})}) {
            CHECK(events.status == 200);
            CHECK(count_of(events.body, "event: message") == 0);
            CHECK(count_of(events.body, "event: lost\ndata: {") == 1);
        }
        const auto old = to_text(stream, stream_position::unchecked(first.order() - 1));
        CHECK(routes.get(list + "&after=" + old).json().as_array().size() == 1);
    }
}

TEST_CASE("live: each page of a list has the same stream cursor", "[http]")
{
    api routes;
    for (const auto* const text : {"one", "two", "three"})
        routes.say(watched_talk, watched_client, text);
    const auto end = cursor_of(routes.get(watched_list + "&after=start"));

    for (const auto* const more :
         {"", "&limit=1", "&order=desc&limit=1", "&order=desc", "&limit=9"})
        CHECK(cursor_of(routes.get(watched_list + more)) == end);
    CHECK(cursor_of(routes.get(watched_list + "&limit=1")) == end);  // From the cache.
}

TEST_CASE("live: a long poll answers with the messages that arrived meanwhile", "[http]")
{
    api routes;
    routes.say(watched_talk, watched_client, "one");
    const auto cursor = cursor_of(routes.get(watched_list));
    const auto wait = watched_list + "&wait=60&after=" + cursor;

    const auto answer = routes.ask(verb::get, wait, {.waiting = [&] {
                                       routes.slip_in(watched_talk, watched_client, "two");
                                   }});

    CHECK(answer.status == 200);
    REQUIRE(answer.json().as_array().size() == 1);
    CHECK(answer.json().at(0).at("text") == "two");
    CHECK(routes.get(next_of(answer)).body == "[]");
}

TEST_CASE("live: a long poll without news ends empty, with the cursor", "[http]")
{
    api routes;
    routes.say(watched_talk, watched_client, "one");
    const auto cursor = cursor_of(routes.get(watched_list));

    const auto answer = routes.get(watched_list + "&wait=60&after=" + cursor);

    CHECK(answer.status == 200);
    CHECK(answer.body == "[]");
    CHECK(cursor_of(answer) == cursor);
}

TEST_CASE("live: a stream has the seq of its messages on request", "[http]")
{
    api routes;
    routes.say(watched_talk, watched_client, "one");
    routes.say(watched_talk, watched_client, "two");
    const auto with_seq = watched_list + "&include=seq";
    const auto plain = routes.get(watched_list + "&after=start");

    const auto read = routes.get(with_seq + "&after=start&limit=1");
    const auto waited =
        routes.ask(verb::get, with_seq + "&wait=60&after=" + cursor_of(plain), {.waiting = [&] {
                       routes.slip_in(watched_talk, watched_client, "three");
                   }});
    const auto events = routes.get(with_seq, as_events);

    CHECK(read.json().at(0).at("seq") == 1);
    CHECK(routes.get(next_of(read)).json().at(0).at("seq") == 2);
    CHECK(waited.json().at(0).at("seq") == 3);
    for (const auto* const end : {R"(,"seq":1})", R"(,"seq":2})", R"(,"seq":3})"})
        CHECK(count_of(events.body, std::string{end} + "\n\n") == 1);
    CHECK(plain.body.find("seq") == std::string::npos);
    CHECK(routes.get(watched_list, as_events).body.find("seq") == std::string::npos);
    CHECK(routes.get(watched_list + "&include=x&after=start").status == 400);
    CHECK(routes.get(watched_list + "&include=x", as_events).status == 400);
}

TEST_CASE("live: events come from the start, and end with their cursors", "[http]")
{
    api routes;
    routes.say(watched_talk, watched_client, "one");
    routes.say(watched_talk, watched_client, "two");

    const auto answer = routes.get(watched_list, as_events);

    CHECK(answer.status == 200);
    CHECK(answer.header("Content-Type") == "text/event-stream");
    CHECK(answer.header("Cache-Control") == "no-store, no-transform");
    CHECK(answer.body.starts_with("retry: "));
    CHECK(count_of(answer.body, "\nevent: message\n") == 2);
    CHECK(
        answer.body.find("id: " + cursor_of(routes.get(watched_list)) + '\n') != std::string::npos
    );
}

TEST_CASE("live: Last-Event-ID takes precedence over `after`", "[http]")
{
    api routes;
    routes.say(watched_talk, watched_client, "one");
    const auto cursor = cursor_of(routes.get(watched_list));
    routes.say(watched_talk, watched_client, "two");
    const auto events_with = [&](const std::string& query, const std::string& id) {
        header_list headers = as_events;
        headers.emplace_back("Last-Event-ID", id);
        return count_of(routes.get(watched_list + query, headers).body, "event: message");
    };

    CHECK(events_with("", cursor) == 1);
    CHECK(events_with("&after=start", cursor) == 1);
    CHECK(events_with("&after=now", cursor) == 1);
    CHECK(events_with("&after=now", "") == 0);
    CHECK(events_with("", "") == 2);
}

TEST_CASE("live: a message that arrives during the wait is an event", "[http]")
{
    api routes;
    routes.say(watched_talk, watched_client, "one");

    const auto answer = routes.ask(
        verb::get,
        watched_list + "&after=now",
        {.headers = as_events,
         .waiting = [&] { routes.slip_in(watched_talk, watched_client, "two"); }}
    );

    CHECK(count_of(answer.body, "event: message") == 1);
    CHECK(answer.body.find(R"("text":"two")") != std::string::npos);
}

TEST_CASE("live: HEAD answers with the headers of the event stream, without waiting", "[http]")
{
    api routes;

    const auto answer = routes.ask(verb::head, watched_list, {.headers = as_events});

    CHECK(answer.status == 200);
    CHECK(answer.header("Content-Type") == "text/event-stream");
    CHECK(answer.body.empty());
}

TEST_CASE("live: only a client that accepts text/event-stream by name gets events", "[http]")
{
    api routes;
    routes.say(watched_talk, watched_client, "one");

    CHECK(
        routes.get(watched_list, {{"Accept", "*/*"}}).header("Content-Type") == "application/json"
    );
    CHECK(routes.get(watched_list, {{"Accept", "text/*"}}).status == 406);
    CHECK(
        routes.get(watched_list + "&after=start", {{"Accept", "text/html"}})
            .body.find("text/event-stream") != std::string::npos
    );
}
