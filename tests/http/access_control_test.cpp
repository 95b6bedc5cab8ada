#include "adapters/http/access/access_control.hpp"

#include "tests/http/kit.hpp"
#include "tests/http/run.hpp"
#include "tests/unit/fakes.hpp"

#include <botcore/app/key_service.hpp>
#include <botcore/app/token_service.hpp>
#include <botcore/memory/memory_storage.hpp>

#include <catch2/catch.hpp>

#include <memory>
#include <string>
#include <string_view>

using namespace botapi::http;
using namespace botapi::http::testing;
using boost::beast::http::verb;
using botcore::scope;
using botcore::testing::counted_secrets;
using botcore::testing::manual_clock;
using botcore::testing::sequence_ids;
using botcore::testing::soon;
using botcore::testing::stamp_of;
using botcore::testing::uuid_of;

namespace {

using botcore::key_input;

constexpr const char* protocols_field = "Sec-WebSocket-Protocol";

/// A server with keys, tokens and routes, without a socket.
struct guarded_server {
    explicit guarded_server(
        const access_limits& limits = {},
        const std::vector<std::string>& allowed_hosts = {}
    )
        : access{ring, origins, limits, host_rule{{"127.0.0.1:8000"}, allowed_hosts}}
    {
        REQUIRE(keys.ensure_signing(soon));
        REQUIRE(ring.refresh(soon));
    }

    botcore::new_key make_key(const key_input& input)
    {
        auto made = keys.prepare(input);
        REQUIRE(made);
        REQUIRE(keys.add(made->key, soon));
        REQUIRE(ring.refresh(soon));
        return *made;
    }

    std::string bearer_of_new_key(const key_input& input) { return make_key(input).token.text(); }

    /// A token of a client in a conversation, issued with a new key.
    std::string token(std::uint64_t client = 21)
    {
        const auto issuer = make_key({.name = "t", .scopes = {"messages:read", "messages:write"}});
        return token_of(issuer.key.id, client);
    }

    std::string token_of(botcore::key_id issuer, std::uint64_t client = 21)
    {
        const auto made = tokens.issue(
            {.conversation_id = talk, .client_id = uuid_of(client).text()},
            {},
            issuer
        );
        REQUIRE(made);
        return *ring.sign(*made);
    }

    static route route_for(token_use tokens, std::optional<scope> needs = scope::messages_read)
    {
        return {
            .pattern = "/x",
            .method = verb::get,
            .needs = needs,
            .handler = {},
            .tokens = tokens};
    }

    static request made_request(const std::string& bearer, const std::string& target = "/x")
    {
        auto made = make_request(
            target,
            bearer.empty() ? header_list{} : header_list{{"Authorization", "Bearer " + bearer}}
        );
        made.network = "192.0.2.1";
        return made;
    }

    /// The status of the refusal; 0 if there is none.
    unsigned ask(request& asked, const route& route)
    {
        refusal = access.refuse(asked, route);
        return refusal ? refusal->status : 0;
    }

    unsigned ask(const std::string& bearer, const route& route)
    {
        auto asked = made_request(bearer);
        return ask(asked, route);
    }

    [[nodiscard]] std::string header(std::string_view name) const
    {
        return reply{.status = 0, .headers = refusal->headers}.header(name);
    }

    const std::string talk = uuid_of(100).text();
    botcore::memory::memory_storage storage;
    manual_clock clock{stamp_of("2026-01-01T00:00:00Z").at()};
    sequence_ids ids;
    counted_secrets secrets;
    botcore::key_service keys{storage.keys(), clock, ids, secrets};
    botcore::token_service tokens{clock};
    key_ring ring{storage.keys(), clock};
    cors origins{{"https://shop.example"}};
    access_control access;
    std::optional<response> refusal;
};

const key_input a_reader{.name = "reader", .scopes = {"messages:read"}};
const key_input a_writer{.name = "writer", .scopes = {"messages:read", "messages:write"}};

const auto for_keys = guarded_server::route_for(token_use::refused);
const auto for_both = guarded_server::route_for(token_use::accepted);
const auto with_query = guarded_server::route_for(token_use::accepted_in_query);
const auto for_sockets = guarded_server::route_for(token_use::accepted_in_handshake);

constexpr std::string_view challenge = R"(Bearer realm="botapi")";

}  // namespace

TEST_CASE("access_control: without any key everybody may do everything", "[http]")
{
    guarded_server server;

    CHECK(server.access.is_open());
    CHECK(server.ask("", for_keys) == 0);
    CHECK(server.ask("nonsense", for_keys) == 0);
}

TEST_CASE(
    "access_control: while the keys are unknown, only routes without a scope answer",
    "[http]"
)
{
    guarded_server server;
    const key_ring unread{server.storage.keys(), server.clock};
    access_control access{unread, server.origins, {}, host_rule{{}, {}}};
    auto asked = guarded_server::made_request("");

    const auto refused = access.refuse(asked, for_keys);

    REQUIRE(refused);
    CHECK(refused->status == 503);
    CHECK_FALSE(access.refuse(asked, guarded_server::route_for(token_use::refused, std::nullopt)));
}

TEST_CASE("access_control: a key is a bearer token, whatever the case of the scheme", "[http]")
{
    guarded_server server;
    const auto key = server.bearer_of_new_key(a_reader);
    const auto with = [&](const std::string& value) {
        auto asked = make_request("/x", {{"Authorization", value}});
        return server.ask(asked, for_keys);
    };

    CHECK(with("Bearer " + key) == 0);
    CHECK(with("bEARER " + key) == 0);
    CHECK(with("Basic " + key) == 401);
    CHECK(with("Bearer" + key) == 401);
    CHECK(with("Bearer  " + key) == 401);
    CHECK(with("Bearer ") == 401);
    CHECK(with("Bearer") == 401);
    CHECK(with("") == 401);
    CHECK(with(key) == 401);
}

TEST_CASE("access_control: 401 distinguishes no key from a wrong one", "[http]")
{
    guarded_server server;
    const auto key = server.bearer_of_new_key(a_reader);

    CHECK(server.ask("", for_keys) == 401);
    CHECK(server.header("WWW-Authenticate") == challenge);
    CHECK(server.refusal->body.find("This needs a key") != std::string::npos);

    CHECK(server.ask("nonsense", for_keys) == 401);
    CHECK(
        server.header("WWW-Authenticate") == std::string{challenge} + R"(, error="invalid_token")"
    );
    CHECK(server.refusal->body.find("is not valid") != std::string::npos);
}

TEST_CASE("access_control: a key needs the scope of the route", "[http]")
{
    guarded_server server;
    const auto key = server.bearer_of_new_key(a_reader);
    auto both = guarded_server::route_for(token_use::refused);
    both.also_needs = scope::admin;

    CHECK(server.ask(key, guarded_server::route_for(token_use::refused, scope::bots_write)) == 403);
    CHECK(
        server.header("WWW-Authenticate") ==
        std::string{challenge} + R"(, error="insufficient_scope", scope="bots:write")"
    );
    CHECK(server.refusal->body.find("with the scope bots:write.") != std::string::npos);
    CHECK(server.ask(key, both) == 403);
    CHECK(server.header("WWW-Authenticate").find("scope=\"admin\"") != std::string::npos);
    CHECK(server.ask(server.bearer_of_new_key({.name = "a", .scopes = {"admin"}}), both) == 0);
}

TEST_CASE("access_control: the caller of an accepted request is noted", "[http]")
{
    guarded_server server;
    const auto made = server.make_key(a_reader);
    auto asked = guarded_server::made_request(made.token.text());

    CHECK(server.ask(asked, for_keys) == 0);

    REQUIRE(asked.caller);
    CHECK(asked.caller->key->id == made.key.id);
    CHECK(server.access.still_allows(asked));
}

TEST_CASE("access_control: a token is accepted where the route allows it", "[http]")
{
    guarded_server server;
    const auto token = server.token();

    CHECK(server.ask(token, for_both) == 0);
    CHECK(server.ask(token, for_keys) == 403);
    CHECK(server.refusal->body.find("one client in one conversation only") != std::string::npos);
    CHECK(server.ask(token + "x", for_both) == 401);
    CHECK(
        server.ask(token, guarded_server::route_for(token_use::accepted, scope::bots_read)) == 403
    );
}

TEST_CASE("access_control: an open server reads a token that is sent", "[http]")
{
    guarded_server server;
    const auto made = server.tokens.issue(
        {.conversation_id = server.talk, .client_id = uuid_of(21).text()},
        {},
        std::nullopt
    );
    const auto token = *server.ring.sign(*made);
    auto asked = guarded_server::made_request(token);

    CHECK(server.ask(asked, for_both) == 0);
    REQUIRE(asked.caller);
    CHECK(asked.caller->token);
    CHECK(server.ask(token, for_keys) == 403);
    CHECK(server.ask("bt_wrong", for_both) == 401);
}

TEST_CASE("access_control: a token may be in the target, and is removed from it", "[http]")
{
    guarded_server server;
    const auto token = server.token();
    for (const auto& route : {with_query, for_sockets}) {
        auto asked = guarded_server::made_request("", "/x?a=1&access_token=" + token + "&b=2");

        CHECK(server.ask(asked, route) == 0);

        CHECK(asked.target == "/x?a=1&b=2");
        CHECK(asked.parameters.size() == 2);
        CHECK(asked.has_token_in_target);
        CHECK(asked.caller);
    }
    auto elsewhere = guarded_server::made_request("", "/x?access_token=" + token);
    CHECK(server.ask(elsewhere, for_both) == 401);
    CHECK(elsewhere.parameters.size() == 1);
    CHECK_FALSE(elsewhere.has_token_in_target);
}

TEST_CASE("access_control: what is in the target is a token, and the only one", "[http]")
{
    guarded_server server;
    const auto key = server.bearer_of_new_key(a_reader);
    const auto token = server.token();

    for (const auto& [bearer, in_target] :
         {std::pair{std::string{}, key}, {key, token}, {token, token}, {key, key}}) {
        auto asked = guarded_server::made_request(bearer, "/x?access_token=" + in_target);
        CHECK(server.ask(asked, with_query) == 400);
        CHECK(server.refusal->body.find("access_token") != std::string::npos);
        CHECK(asked.target == "/x");
    }
    // Even where nobody needs one.
    auto asked = guarded_server::made_request("", "/x?access_token=" + token);
    auto free = with_query;
    free.needs.reset();
    CHECK(server.ask(asked, free) == 0);
    CHECK(asked.target == "/x");
}

TEST_CASE("access_control: a browser's socket may have its secret as a sub-protocol", "[http]")
{
    guarded_server server;
    const auto key = server.bearer_of_new_key(a_reader);
    const auto token = server.token();
    const auto with = [](std::initializer_list<std::string> values) {
        auto asked = guarded_server::made_request("");
        for (const auto& value : values)
            asked.headers.insert(protocols_field, value);
        return asked;
    };

    for (const auto& secret : {key, token}) {
        auto asked = with({"botapi.v1, bearer." + secret + " ,other"});
        CHECK(server.ask(asked, for_sockets) == 0);
        CHECK(asked.header(protocols_field) == "botapi.v1, other");
        CHECK(asked.caller);

        auto lines = with({"bearer." + secret, "botapi.v1"});
        CHECK(server.ask(lines, for_sockets) == 0);
        CHECK(lines.header(protocols_field) == "botapi.v1");
        CHECK(lines.headers.count(protocols_field) == 1);
    }

    auto none = with({"botapi.v1,  other"});
    CHECK(server.ask(none, for_sockets) == 401);
    CHECK(none.header(protocols_field) == "botapi.v1,  other");

    auto alone = with({"bearer." + key});
    CHECK(server.ask(alone, for_sockets) == 400);
    CHECK(server.refusal->body.find("must have botapi.v1 beside") != std::string::npos);

    auto two = with({"botapi.v1, bearer." + key + ", bearer." + token});
    CHECK(server.ask(two, for_sockets) == 400);
    CHECK(server.refusal->body.find("may have one key or token") != std::string::npos);

    auto also_bearer = with({"botapi.v1, bearer." + key});
    also_bearer.headers.insert("Authorization", "Bearer " + key);
    CHECK(server.ask(also_bearer, for_sockets) == 400);

    auto elsewhere = with({"botapi.v1, bearer." + key});
    CHECK(server.ask(elsewhere, for_both) == 401);
}

TEST_CASE("access_control: wrong secrets of one address are answered at a limited rate", "[http]")
{
    guarded_server server{{.failures = {.rate = 0.01, .burst = 2}}};
    const auto right = server.bearer_of_new_key(a_reader);
    const auto with = [&](const std::string& bearer, std::string_view network) {
        auto asked = guarded_server::made_request(bearer);
        asked.network = network;
        return server.ask(asked, for_keys);
    };

    CHECK(with("", "192.0.2.1") == 401);  // No secret is no guess.
    CHECK(with("", "192.0.2.1") == 401);
    CHECK(with("a", "192.0.2.1") == 401);
    CHECK(with("b", "192.0.2.1") == 401);
    CHECK(with("c", "192.0.2.1") == 429);
    CHECK(std::stoi(server.header("Retry-After")) > 50);
    CHECK(with("", "192.0.2.1") == 401);
    CHECK(with(right, "192.0.2.1") == 0);
    CHECK(with("c", "192.0.2.2") == 401);
}

TEST_CASE("access_control: who guesses one key is slowed down even when right", "[http]")
{
    guarded_server server{{.failures = {.rate = 0.01, .burst = 2}}};
    const auto made = server.make_key(a_reader);
    const auto other = server.bearer_of_new_key(a_reader);
    auto wrong = made.token;
    wrong.secret[0] ^= 1U;
    const auto with = [&](const std::string& bearer, std::string_view network) {
        auto asked = guarded_server::made_request(bearer);
        asked.network = network;
        return server.ask(asked, for_keys);
    };

    CHECK(with(wrong.text(), "192.0.2.1") == 401);
    CHECK(with(made.token.text(), "192.0.2.1") == 0);
    CHECK(with(wrong.text(), "192.0.2.1") == 401);

    CHECK(with(made.token.text(), "192.0.2.1") == 429);
    CHECK(server.refusal->body.find("too many wrong keys") != std::string::npos);
    CHECK(with(other, "192.0.2.1") == 0);
    CHECK(with(made.token.text(), "192.0.2.2") == 0);
}

TEST_CASE("access_control: an address may send so many requests, then no more", "[http]")
{
    guarded_server server{{.requests_of_client = 2}};
    const auto key = server.bearer_of_new_key(a_reader);
    const auto status = [&](std::string_view network) {
        auto asked = guarded_server::made_request(key);
        asked.network = network;
        server.refusal = server.access.refuse_client(asked, nullptr);
        return server.refusal ? server.refusal->status : 0;
    };

    for (int count = 0; count < 4; ++count)  // The burst is twice the rate.
        CHECK(status("192.0.2.1") == 0);
    CHECK(status("192.0.2.1") == 429);
    CHECK(server.header("Retry-After") == "1");
    CHECK(server.refusal->body.find("You send too many requests.") != std::string::npos);
    CHECK(status("192.0.2.2") == 0);
}

TEST_CASE("access_control: a key may send so many requests, and its tokens count as it", "[http]")
{
    guarded_server server{{.requests_of_key = 2}};
    const auto made = server.make_key(a_writer);
    const auto other = server.bearer_of_new_key(a_writer);
    const auto one = server.token_of(made.key.id, 21);
    const auto two = server.token_of(made.key.id, 22);

    SECTION("the key itself")
    {
        for (int count = 0; count < 4; ++count)
            CHECK(server.ask(made.token.text(), for_both) == 0);
        CHECK(server.ask(made.token.text(), for_both) == 429);
        CHECK(server.ask(one, for_both) == 429);
    }
    SECTION("a token, which has a rate of its own")
    {
        for (int count = 0; count < 4; ++count)
            CHECK(server.ask(one, for_both) == 0);
        CHECK(server.ask(one, for_both) == 429);
        CHECK(server.ask(two, for_both) == 429);
    }
    SECTION("two tokens together")
    {
        for (int count = 0; count < 2; ++count) {
            CHECK(server.ask(one, for_both) == 0);
            CHECK(server.ask(two, for_both) == 0);
        }
        CHECK(server.ask(one, for_both) == 429);
    }
    CHECK(server.ask(other, for_both) == 0);
}

TEST_CASE("access_control: a message over a socket counts as a request of its caller", "[http]")
{
    guarded_server server{{.requests_of_key = 1}};
    auto asked = guarded_server::made_request(server.bearer_of_new_key(a_writer));
    CHECK(server.ask(asked, for_both) == 0);

    CHECK_FALSE(server.access.refuse_message(asked));
    const auto refused = server.access.refuse_message(asked);

    REQUIRE(refused);
    CHECK(refused->status == 429);

    guarded_server by_address{{.requests_of_client = 1}};
    const auto stranger = guarded_server::made_request("");
    CHECK_FALSE(by_address.access.refuse_message(stranger));
    CHECK_FALSE(by_address.access.refuse_message(stranger));
    CHECK(by_address.access.refuse_message(stranger));
}

TEST_CASE("access_control: a command needs its scope, and a key that is still valid", "[http]")
{
    guarded_server server;
    const auto made = server.make_key(a_reader);
    auto asked = guarded_server::made_request(made.token.text());
    CHECK(server.ask(asked, for_keys) == 0);

    CHECK_FALSE(server.access.refuse_command(asked, scope::messages_read));
    CHECK(server.access.refuse_command(asked, scope::messages_write)->status == 403);
    REQUIRE(server.keys.revoke(made.key.id, soon));
    REQUIRE(server.ring.refresh(soon));
    CHECK(server.access.refuse_command(asked, scope::messages_read)->status == 401);
    CHECK_FALSE(server.access.still_allows(asked));
}

TEST_CASE("access_control: who was let in without a key is not once there are keys", "[http]")
{
    guarded_server server;
    auto asked = guarded_server::made_request("");
    CHECK(server.ask(asked, for_keys) == 0);
    CHECK_FALSE(server.access.refuse_command(asked, scope::admin));

    server.make_key(a_reader);

    CHECK(server.access.refuse_command(asked, scope::admin)->status == 401);
    const auto answer = access_control::revoked(asked);
    CHECK(answer.body.find("This needs a key") != std::string::npos);
}

namespace {

class one_part final : public chunk_source {
public:
    boost::asio::awaitable<std::optional<body_part>> next() override
    {
        if (before_part)
            before_part();
        co_return body_part{std::string{"part"}};
    }

    std::function<void()> before_part{};
};

}  // namespace

TEST_CASE("access_control: a revoked reader gets 401, and what is written stays written", "[http]")
{
    guarded_server server;
    const auto made = server.make_key(a_reader);
    auto asked = guarded_server::made_request(made.token.text());
    CHECK(server.ask(asked, for_keys) == 0);
    const auto guarded = [&](verb method, unsigned status) {
        asked.method = method;
        response answer{.status = status, .headers = {}, .body = "x"};
        server.access.guard(asked, answer);
        return answer.status;
    };
    CHECK(guarded(verb::get, 200) == 200);

    REQUIRE(server.keys.revoke(made.key.id, soon));
    REQUIRE(server.ring.refresh(soon));

    CHECK(guarded(verb::get, 200) == 401);
    CHECK(guarded(verb::get, 304) == 401);
    CHECK(guarded(verb::head, 200) == 401);
    CHECK(guarded(verb::get, 404) == 404);
    CHECK(guarded(verb::get, 400) == 400);
    CHECK(guarded(verb::post, 201) == 201);
    CHECK(guarded(verb::delete_, 204) == 204);
}

TEST_CASE("access_control: the parts of an answer end with the reader's key", "[http]")
{
    guarded_server server;
    const auto made = server.make_key(a_reader);
    auto asked = guarded_server::made_request(made.token.text());
    CHECK(server.ask(asked, for_keys) == 0);
    const bool is_live = GENERATE(true, false);
    const bool is_within_part = GENERATE(true, false);
    const auto revoke = [&] {
        REQUIRE(server.keys.revoke(made.key.id, soon));
        REQUIRE(server.ring.refresh(soon));
    };
    auto source = std::make_unique<one_part>();
    auto& parts = *source;
    response answer;
    answer.chunks = std::move(source);
    answer.is_live = is_live;
    boost::asio::io_context loop;

    server.access.guard(asked, answer);
    REQUIRE(answer.status == 200);
    CHECK(run(loop, answer.chunks->next())->bytes() == "part");

    if (is_within_part)
        parts.before_part = revoke;
    else
        revoke();
    if (is_live)
        CHECK_FALSE(run(loop, answer.chunks->next()));
    else
        CHECK_THROWS(run(loop, answer.chunks->next()));
}

TEST_CASE("access_control: an answer states the limits of its caller", "[http]")
{
    const auto headers = [](guarded_server& server, request& asked) {
        response answer;
        server.access.add_limits(asked, answer);
        return reply{.status = 200, .headers = answer.headers};
    };

    guarded_server by_key{{.requests_of_key = 5, .requests_of_client = 50}};
    auto asked = guarded_server::made_request(by_key.bearer_of_new_key(a_reader));
    CHECK(by_key.ask(asked, for_keys) == 0);
    CHECK(headers(by_key, asked).header("RateLimit-Policy") == R"("requests";q=10;w=2)");
    CHECK(headers(by_key, asked).header("RateLimit") == R"("requests";r=9;t=1)");

    guarded_server by_address{{.requests_of_client = 50}};
    auto stranger = guarded_server::made_request("");
    CHECK(headers(by_address, stranger).header("RateLimit-Policy") == R"("requests";q=100;w=2)");
    CHECK(headers(by_address, stranger).header("RateLimit") == R"("requests";r=100;t=1)");

    guarded_server unlimited;
    CHECK(headers(unlimited, stranger).headers.empty());
}

TEST_CASE("access_control: each refusal says why, and what helps", "[http]")
{
    guarded_server server{{.failures = {.rate = 0.01, .burst = 1}, .requests_of_client = 1}};
    const auto detail = [](const std::optional<response>& refused) {
        return std::string{
            reply{.status = 0, .headers = {}, .body = refused->body}.json().at("detail").as_string(
            )};
    };
    auto stranger = guarded_server::made_request("");
    stranger.host = "evil.example";
    CHECK(
        detail(server.access.refuse_client(stranger, &for_keys)) ==
        "This server has no keys, so it answers only requests for localhost. Otherwise a web page "
        "could use it through a host name that leads to this machine. Make a key with `botapi keys "
        "create`, or name the host with --allowed-host."
    );
    stranger.host = "localhost";
    stranger.method = verb::post;
    stranger.headers.insert("Origin", "https://evil.example");
    CHECK(
        detail(server.access.refuse_client(stranger, &for_keys)) ==
        "This server has no keys, and pages of this origin may not use it: the operator has to "
        "allow it with --cors-origin."
    );
    CHECK(
        detail(server.access.refuse_client(stranger, &for_keys)) ==
        "You send too many requests. RateLimit-Policy states the limit."
    );
    const key_ring unread{server.storage.keys(), server.clock};
    access_control access{unread, server.origins, {}, host_rule{{}, {}}};
    CHECK(
        detail(access.refuse(stranger, for_keys)) ==
        "The server could not read its keys from the database yet: /readyz says why."
    );

    const auto token = server.token();
    CHECK(server.ask("", for_keys) == 401);
    CHECK(detail(server.refusal) == "This needs a key, as in Authorization: Bearer bk_0123…");
    CHECK(server.ask("x", for_keys) == 401);
    CHECK(detail(server.refusal) == "This key or token is not valid: wrong, expired or revoked.");
    CHECK(server.ask("x", for_keys) == 429);
    CHECK(detail(server.refusal) == "This address has sent too many wrong keys or tokens.");
    CHECK(server.ask(token, for_keys) == 403);
    CHECK(detail(server.refusal) == "This token is valid for one client in one conversation only.");
    auto in_target = guarded_server::made_request(token, "/x?access_token=" + token);
    CHECK(server.ask(in_target, with_query) == 400);
    const std::string only_tokens =
        "may hold a token for a conversation, if there is no Authorization header. Keys do not "
        "belong in URLs, which others can see.";
    CHECK(detail(server.refusal) == "The parameter access_token " + only_tokens);
    CHECK(
        server.refusal->body.find(
            R"([{"parameter":"access_token","detail":")" + only_tokens + "\"}]"
        ) != std::string::npos
    );
    auto twice = guarded_server::made_request(token);
    twice.headers.insert(protocols_field, "botapi.v1, bearer." + token);
    CHECK(server.ask(twice, for_sockets) == 400);
    const std::string one_only = "may have one key or token, if there is none elsewhere.";
    CHECK(detail(server.refusal) == "Sec-WebSocket-Protocol " + one_only);
    CHECK(
        server.refusal->body.find(
            R"([{"header":"Sec-WebSocket-Protocol","detail":")" + one_only + "\"}]"
        ) != std::string::npos
    );
    auto alone = guarded_server::made_request("");
    alone.headers.insert(protocols_field, "bearer." + token);
    CHECK(server.ask(alone, for_sockets) == 400);
    CHECK(
        detail(server.refusal) ==
        "Sec-WebSocket-Protocol must have botapi.v1 beside the key or token: browsers close a "
        "socket if the answer has none of the names."
    );
}

TEST_CASE("access_control: an open server answers only who asks for this machine", "[http]")
{
    guarded_server server{{}, {"bots.example"}};
    auto probe = for_keys;
    probe.is_probe = true;
    const auto status = [&](const std::string& host, const route* route = &for_keys) {
        auto asked = guarded_server::made_request("");
        asked.host = host;
        const auto refused = server.access.refuse_client(asked, route);
        return refused ? refused->status : 0;
    };

    CHECK(status("localhost") == 0);
    CHECK(status("bots.example:8000") == 0);
    CHECK(status("") == 0);
    CHECK(status("evil.example") == 403);
    CHECK(status("evil.example", nullptr) == 403);
    CHECK(status("evil.example", &probe) == 0);

    server.make_key(a_reader);
    CHECK(status("evil.example") == 0);
}

TEST_CASE("access_control: an open server takes no writes from pages of elsewhere", "[http]")
{
    guarded_server server;
    const auto status = [&](verb method, const std::string& origin) {
        auto asked = guarded_server::made_request("");
        asked.host = "localhost";
        asked.method = method;
        if (!origin.empty())
            asked.headers.insert("Origin", origin);
        const auto refused = server.access.refuse_client(asked, &for_keys);
        return refused ? refused->status : 0;
    };

    CHECK(status(verb::post, "https://evil.example") == 403);
    CHECK(status(verb::put, "https://evil.example") == 403);
    CHECK(status(verb::delete_, "null") == 403);
    CHECK(status(verb::post, "localhost") == 403);
    for (const auto read : {verb::get, verb::head, verb::options})
        CHECK(status(read, "https://evil.example") == 0);
    CHECK(status(verb::post, "") == 0);
    CHECK(status(verb::post, "http://localhost:3000") == 0);
    CHECK(status(verb::post, "https://shop.example") == 0);
}
