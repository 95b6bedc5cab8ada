#include "tests/http/kit.hpp"

#include <boost/json/serialize.hpp>

#include <set>

using namespace botapi::http;
using namespace botapi::http::testing;
using boost::beast::http::verb;

namespace {

constexpr const char* client = "16edd3b3-3f75-40df-af07-2a3813a79ce9";
constexpr const char* talk = "7665ada8-3448-4acd-a1b7-d688e68fe9a1";
constexpr const char* nobody = "00000000-0000-4000-8000-000000000000";

const std::string new_bot = std::string{R"({"name":"Aureo","id":")"} + api::bot + "\"}";
const std::string bot_path = std::string{"/bots/"} + api::bot;
const std::string list_path = std::string{"/messages?conversationId="} + talk;

std::string message(std::string_view text, std::string_view more = {})
{
    std::string made = R"({"conversationId":")";
    made.append(talk).append(R"(","timestamp":"2018-11-16T23:30:52.6917722Z","from":")");
    made.append(api::bot).append(R"(","to":")").append(client).append(R"(","text":")");
    return made.append(text).append("\"").append(more).append("}");
}

std::string type_of(const reply& answer)
{
    const auto problem = answer.json();
    return std::string{problem.at("type").as_string()};
}

std::string link_of(const reply& answer, std::string_view relation)
{
    const std::string links = answer.header("Link");
    const auto end = links.find(">; rel=\"" + std::string{relation});
    if (end == std::string::npos)
        return {};
    const auto start = links.rfind('<', end) + 1;
    return links.substr(start, end - start);
}

}  // namespace

TEST_CASE("bots_api: a bot is registered, read, changed and removed", "[http]")
{
    api routes;

    const auto made = routes.post("/bots", new_bot);
    CHECK(made.status == 201);
    CHECK(made.header("Location") == bot_path);
    CHECK(made.json() == routes.get(bot_path).json());
    const auto tag = made.header("ETag");
    CHECK(routes.get(bot_path, {{"If-None-Match", tag}}).status == 304);
    CHECK(routes.post("/bots", new_bot).status == 409);

    const header_list stale{as_json, {"If-Match", "\"99\""}};
    const header_list fresh{as_json, {"If-Match", tag}};
    const std::string renamed = R"({"name":"Aurea"})";
    CHECK(routes.ask(verb::put, bot_path, {stale, renamed}).status == 412);
    CHECK(routes.ask(verb::put, bot_path, {fresh, renamed}).status == 200);
    CHECK(routes.ask(verb::patch, bot_path, {fresh, "{}"}).status == 412);
    CHECK(routes.ask(verb::patch, bot_path, {{as_json}, "{}"}).json().at("name") == "Aurea");
    CHECK(routes.get("/bots").json().as_array().size() == 1);

    CHECK(routes.ask(verb::delete_, bot_path, {{{"If-None-Match", "*"}}}).status == 412);
    CHECK(routes.ask(verb::delete_, bot_path).status == 204);
    CHECK(routes.ask(verb::delete_, bot_path).status == 404);
    CHECK(routes.get(bot_path).status == 404);
    const header_list absent{as_json, {"If-None-Match", "*"}};
    CHECK(routes.ask(verb::put, bot_path, {absent, renamed}).status == 201);
    CHECK(routes.ask(verb::put, bot_path, {absent, renamed}).status == 412);
}

TEST_CASE("bots_api: all faults are reported together", "[http]")
{
    api routes;

    const auto made = routes.post("/bots", R"({"id":"x","name":" ","color":"red","id2":null})");

    CHECK(made.status == 400);
    CHECK(type_of(made) == "/problems/invalid-field");
    CHECK(made.json().at("errors").as_array().size() == 4);
    CHECK(routes.get("/bots/x?y=1").status == 400);
    CHECK(routes.post("/bots", new_bot, {}).status == 415);
    CHECK(routes.post("/bots", new_bot, {as_json, {"Accept", "text/html"}}).status == 406);
    CHECK(routes.post("/bots", "{").status == 400);
    const std::string other = std::string{R"({"name":"x","id":")"} + nobody + "\"}";
    CHECK(routes.ask(verb::put, bot_path, {{as_json}, other}).status == 422);
}

TEST_CASE("bots_api: an idempotency key makes a registration happen once", "[http]")
{
    api routes;
    const header_list with_key{as_json, {"Idempotency-Key", "k"}};

    const auto first = routes.post("/bots", R"({"name":"Aureo"})", with_key);
    const auto second = routes.post("/bots", R"({"name":"Aureo"})", with_key);

    CHECK(second.status == 201);
    CHECK(second.body == first.body);
    CHECK(second.header("Idempotent-Replayed") == "true");
    CHECK(routes.post("/bots", R"({"name":"Other"})", with_key).status == 422);
    CHECK(routes.post("/bots", "{}", {as_json, {"Idempotency-Key", ""}}).status == 400);
}

TEST_CASE("messages_api: a message is read back unchanged", "[http]")
{
    api routes;
    CHECK(type_of(routes.post("/messages", message("Oi!"))) == "/problems/unknown-bot");
    routes.post("/bots", new_bot);
    const std::string sent = message("Oi!", R"(,"metadata":{ "a" : 1.00 })");

    const auto made = routes.post("/messages", sent);

    CHECK(made.status == 201);
    CHECK(made.body.find(R"("timestamp":"2018-11-16T23:30:52.6917722Z")") != std::string::npos);
    CHECK(made.body.find(R"("metadata":{ "a" : 1.00 })") != std::string::npos);
    const auto read = routes.get(made.header("Location"));
    CHECK(read.body == made.body);
    CHECK(
        routes.get(made.header("Location"), {{"If-None-Match", read.header("ETag")}}).status == 304
    );
    CHECK(routes.get(list_path).body == "[" + made.body + "]");
    CHECK(routes.get(std::string{"/messages/"} + nobody).status == 404);
}

TEST_CASE("messages_api: an array is replayed if every message of it is", "[http]")
{
    api routes;
    routes.post("/bots", new_bot);
    const auto numbered = [](int number) {
        return message(
            "Oi!",
            R"(,"id":"00000000-0000-4000-8000-00000000000)" + std::to_string(number) + '"'
        );
    };
    const std::string old = numbered(1);
    routes.post("/messages", old);

    const auto mixed = routes.post("/messages", "[" + old + "," + numbered(2) + "]");
    const auto repeated = routes.post("/messages", "[" + old + "," + numbered(2) + "]");

    CHECK(mixed.status == 201);
    CHECK(mixed.header("Idempotent-Replayed").empty());
    CHECK(repeated.status == 201);
    CHECK(repeated.header("Idempotent-Replayed") == "true");
    CHECK(repeated.body == mixed.body);
}

TEST_CASE("messages_api: a message by id has its seq on request", "[http]")
{
    api routes;
    routes.post("/bots", new_bot);
    routes.post("/messages", message("first"));
    const auto made = routes.post("/messages", message("Oi!", R"(,"metadata":{})"));
    const auto plain = made.header("Location");

    const auto numbered = routes.get(plain + "?include=seq");

    CHECK(numbered.body == made.body.substr(0, made.body.size() - 1) + R"(,"seq":2})");
    CHECK(routes.get(plain).body == made.body);
    const auto tag = numbered.header("ETag");
    CHECK(tag != routes.get(plain).header("ETag"));
    CHECK(routes.get(plain + "?include=seq", {{"If-None-Match", tag}}).status == 304);
    CHECK(routes.get(plain, {{"If-None-Match", tag}}).status == 200);
    CHECK(type_of(routes.get(plain + "?include=x")) == "/problems/invalid-parameter");
    CHECK(routes.get(plain + "?limit=1").status == 400);
}

TEST_CASE("messages_api: a list has the seq of its messages on request", "[http]")
{
    api routes;
    routes.post("/bots", new_bot);
    for (const auto* const text : {"a", "b", "c"})
        routes.post("/messages", message(text));
    const auto plain = routes.get(list_path);
    const header_list as_lines{{"Accept", "application/x-ndjson"}};

    const auto all = routes.get(list_path + "&include=seq");
    const auto lines = routes.get(list_path + "&include=seq", as_lines);
    const auto page = routes.get(list_path + "&include=seq&order=desc&limit=2");

    REQUIRE(all.json().as_array().size() == 3);
    for (std::size_t at = 0; at < 3; ++at)
        CHECK(all.json().at(at).at("seq") == at + 1);
    CHECK(lines.body.starts_with(all.body.substr(1, all.body.find('}')) + '\n'));
    CHECK(std::ranges::count(lines.body, '\n') == 3);
    CHECK(page.json().at(0).at("seq") == 3);
    CHECK(routes.get(link_of(page, "next")).json().at(0).at("seq") == 1);
    CHECK(routes.get(list_path).body == plain.body);
    CHECK(plain.body.find("seq") == std::string::npos);
}

TEST_CASE("messages_api: lists with and without seq have different ETags", "[http]")
{
    api routes;
    routes.post("/bots", new_bot);
    routes.post("/messages", message("a"));
    std::set<std::string> tags;

    for (const std::string& path : {list_path, list_path + "&include=seq"}) {
        for (const auto* const type : {"application/json", "application/x-ndjson"}) {
            const auto tag = routes.get(path, {{"Accept", type}}).header("ETag");
            CHECK(tags.insert(tag).second);
            const header_list known{{"Accept", type}, {"If-None-Match", tag}};
            CHECK(routes.get(path, known).status == 304);
            CHECK(routes.ask(verb::head, path, {.headers = known}).status == 304);
        }
    }
    CHECK(tags.contains("\"1\""));
    CHECK(routes.get(list_path + "&include=seq", {{"If-None-Match", "\"1\""}}).status == 200);
}

TEST_CASE("messages_api: an array is stored whole or not at all", "[http]")
{
    api routes;
    routes.post("/bots", new_bot);

    const auto faulty = routes.post("/messages", "[" + message("a") + "," + message(" ") + "]");
    const auto whole = routes.post("/messages", "[" + message("a") + "," + message("b") + "]");

    CHECK(faulty.status == 400);
    CHECK(faulty.json().at("errors").at(0).at("pointer") == "/1/text");
    CHECK(whole.status == 201);
    CHECK(routes.get(list_path).body == whole.body);
    CHECK(routes.post("/messages", "[]").status == 400);
    const auto unknown = R"({"conversationId":")" + std::string{talk} + R"(","from":")" + client +
                         R"(","to":")" + nobody + R"(","text":"x"})";
    CHECK(routes.post("/messages", "[" + message("c") + "," + unknown + "]").status == 422);
    CHECK(routes.get(list_path).body == whole.body);
}

TEST_CASE("messages_api: a list without a limit has all messages, read page by page", "[http]")
{
    api routes;
    routes.post("/bots", new_bot);
    std::string batch = "[";
    for (int at = 0; at < 900; ++at)
        batch += message(std::to_string(at)) + ",";
    batch.back() = ']';
    for (int round = 0; round < 3; ++round)
        REQUIRE(routes.post("/messages", batch).status == 201);

    const auto all = routes.get(list_path);
    const auto lines = routes.get(list_path, {{"Accept", "application/x-ndjson"}});

    CHECK(all.json().as_array().size() == 2'700);
    CHECK(std::ranges::count(lines.body, '\n') == 2'700);
    CHECK(all.header("ETag") != lines.header("ETag"));
    CHECK(lines.header("Content-Type") == "application/x-ndjson");
    const auto unchanged = routes.get(list_path, {{"If-None-Match", all.header("ETag")}});
    CHECK(unchanged.status == 304);
    CHECK(unchanged.header("Vary") == "Accept");
}

TEST_CASE("messages_api: pages are linked", "[http]")
{
    api routes;
    routes.post("/bots", new_bot);
    for (const auto* const text : {"1", "2", "3", "4", "5"})
        routes.post("/messages", message(text));

    const auto first = routes.get(list_path + "&limit=2");
    const auto second = routes.get(link_of(first, "next"));

    CHECK(first.json().as_array().size() == 2);
    CHECK(second.json().at(0).at("text") == "3");
    CHECK(routes.get(link_of(second, "prev")).body == first.body);
    CHECK(routes.get(link_of(second, "first")).body == first.body);
    CHECK(link_of(routes.get(link_of(second, "next")), "next").empty());
    CHECK(routes.get(list_path + "&limit=2&cursor=x").status == 400);
    CHECK(routes.get(link_of(first, "next") + "&order=desc").status == 400);
    CHECK(routes.get("/messages").status == 400);
}

TEST_CASE("messages_api: an import reports the result of each line", "[http]")
{
    api routes;
    routes.post("/bots", new_bot);
    const header_list as_lines{{"Content-Type", "application/x-ndjson"}};

    const auto report = routes.post("/messages", message("a") + "\n\n{\n" + message("b"), as_lines);

    CHECK(report.status == 200);
    CHECK(std::ranges::count(report.body, '\n') == 3);
    CHECK(report.body.find(R"({"line":1,"status":201,"id":")") == 0);
    CHECK(report.body.find(R"({"line":3,"status":400,"problem":{)") != std::string::npos);
    CHECK(routes.get(list_path).json().as_array().size() == 2);
    const header_list with_key{as_lines.front(), {"Idempotency-Key", "k"}};
    CHECK(routes.post("/messages", message("a"), with_key).status == 400);
}

TEST_CASE("conversations_api: a conversation is summarised", "[http]")
{
    api routes;
    routes.say(talk, client, "one");
    routes.say(talk, client, "two");
    const std::string path = std::string{"/conversations/"} + talk;

    const auto read = routes.get(path);

    CHECK(read.status == 200);
    CHECK(read.json().at("messageCount") == 2);
    CHECK(read.json().at("lastMessage").at("text") == "two");
    CHECK_THAT(read.header("ETag"), Catch::StartsWith("\"2-"));
    CHECK(routes.get(path, {{"If-None-Match", read.header("ETag")}}).status == 304);
    routes.say(talk, client, "three");
    CHECK(routes.get(path, {{"If-None-Match", read.header("ETag")}}).status == 200);
    CHECK(routes.get(std::string{"/conversations/"} + nobody).status == 404);
    CHECK(routes.get("/conversations/x").status == 400);
    CHECK(routes.get(path + "?x=1").status == 400);
}

TEST_CASE("conversations_api: lists are paged, and need a filter", "[http]")
{
    api routes;
    for (int at = 1; at <= 5; ++at)
        routes.say("7665ada8-3448-4acd-a1b7-d688e68fe9a" + std::to_string(at), client, "x");
    const std::string of_bot = std::string{"/conversations?botId="} + api::bot;

    const auto all = routes.get(of_bot);
    const auto first = routes.get(of_bot + "&limit=2");

    CHECK(all.json().as_array().size() == 5);
    CHECK(all.header("Link").empty());
    CHECK(routes.get(of_bot, {{"If-None-Match", all.header("ETag")}}).status == 304);
    CHECK(routes.get(of_bot + "&clientId=" + client).body == all.body);
    CHECK(routes.get(of_bot + "&clientId=" + nobody).body == "[]");
    const auto second = routes.get(link_of(first, "next"));
    CHECK(second.json().at(0) == all.json().at(2));
    CHECK(routes.get(link_of(second, "prev")).body == first.body);

    const auto unfiltered = routes.get("/conversations");
    CHECK(type_of(unfiltered) == "/problems/invalid-parameter");
    CHECK(unfiltered.body.find("botId") != std::string::npos);
    CHECK(unfiltered.body.find("clientId") != std::string::npos);
    CHECK(routes.get(link_of(first, "next") + "&clientId=" + client).status == 400);
    CHECK(routes.get(of_bot + "&order=desc").status == 400);
    CHECK(routes.get(of_bot, {{"Accept", "text/html"}}).status == 406);
}

TEST_CASE("operations_api: health is about the process, readiness about the storage", "[http]")
{
    api routes;
    CHECK(routes.get("/healthz").body == R"({"status":"ok"})");
    CHECK(routes.get("/readyz").body == R"({"status":"ok"})");

    routes.break_storage(botcore::refuse(botcore::errc::unavailable, "It is gone."));

    const auto answer = routes.get("/readyz");
    CHECK(routes.get("/healthz").status == 200);
    CHECK(answer.status == 503);
    CHECK(type_of(answer) == "/problems/unavailable");
    CHECK_FALSE(answer.header("Retry-After").empty());
    CHECK(answer.body.find("It is gone.") != std::string::npos);
    routes.break_storage(std::nullopt);
    CHECK(routes.get("/readyz").status == 200);
    CHECK(routes.get("/healthz?x=1").status == 400);
}

TEST_CASE("operations_api: metrics are in the text format of Prometheus", "[http]")
{
    api routes;
    routes.get("/bots");

    const auto answer =
        routes.get("/metrics", {{"Accept", "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"}});

    CHECK(answer.status == 200);
    CHECK(answer.header("Content-Type") == "text/plain; version=0.0.4; charset=utf-8");
    CHECK(answer.body.find("# TYPE botapi_http_connections gauge") != std::string::npos);
    CHECK(routes.get("/metrics", {{"Accept", "application/json"}}).status == 406);
}

TEST_CASE("pages_api: each page has its type, its ETag and its security headers", "[http]")
{
    api routes;
    const auto& [path, type] = GENERATE(table<std::string, std::string>({
        {"/openapi.json", "application/json"},
        {"/asyncapi.json", "application/json"},
        {"/docs", "text/html; charset=utf-8"},
        {"/docs/docs.css", "text/css; charset=utf-8"},
        {"/docs/docs.js", "text/javascript; charset=utf-8"},
        {"/docs/docs-schema.js", "text/javascript; charset=utf-8"},
        {"/problems", "text/html; charset=utf-8"},
        {"/problems/unknown-bot", "text/html; charset=utf-8"},
    }));
    CAPTURE(path);

    const auto read = routes.get(path);

    CHECK(read.status == 200);
    CHECK(read.header("Content-Type") == type);
    CHECK_FALSE(read.body.empty());
    CHECK(read.header("Cache-Control") == "no-cache");
    CHECK(read.header("Content-Security-Policy").empty() == !type.starts_with("text/html"));
    CHECK(routes.get(path, {{"If-None-Match", read.header("ETag")}}).status == 304);
    CHECK(routes.get(path, {{"Accept", "image/png"}}).status == 406);
    CHECK(routes.get(path + "?x=1").status == 400);
}

TEST_CASE("pages_api: other paths are not found", "[http]")
{
    api routes;
    const std::string path = GENERATE(
        "/docs/docs.html",
        "/docs/openapi.json",
        "/docs/..%2Fopenapi.json",
        "/docs/x",
        "/problems/index",
        "/problems/x",
        "/problems/unknown-bot.html",
        "/docs/%00"
    );

    CHECK(routes.get(path).status == 404);
}
