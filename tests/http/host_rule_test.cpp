#include "adapters/http/access/host_rule.hpp"

#include <catch2/catch.hpp>

using botapi::http::host_rule;

TEST_CASE("host_rule: loopback names and addresses are accepted, with and without a port", "[http]")
{
    const host_rule rule{{"127.0.0.1:8000"}, {}};

    for (const auto* const host :
         {"localhost",
          "localhost:8000",
          "LocalHost:1",
          "localhost.",
          "localhost.:80",
          "api.localhost",
          "a.b.localhost:8000",
          "127.0.0.1",
          "127.0.0.1:8000",
          "127.255.3.4",
          "[::1]",
          "[::1]:8000",
          "[::ffff:127.0.0.1]"})
        CHECK(rule.accepts(host));
    for (const auto* const host :
         {"",
          ":80",
          "evil.example",
          "localhost.evil.example",
          "localhostx",
          "xlocalhost",
          ".localhost.evil",
          "127.0.0.1.evil.example",
          "127.0.0.1.nip.io",
          "128.0.0.1",
          "0.0.0.0",
          "10.0.0.1",
          "[::2]",
          "[::]",
          "[::1",
          "::1.evil.example",
          "2130706433"})
        CHECK_FALSE(rule.accepts(host));
}

TEST_CASE("host_rule: the addresses that the server listens on are accepted", "[http]")
{
    const host_rule rule{{"10.1.2.3:8000", "[2001:db8::1]:80"}, {}};

    CHECK(rule.accepts("10.1.2.3"));
    CHECK(rule.accepts("10.1.2.3:9000"));
    CHECK(rule.accepts("[2001:db8::1]:8000"));
    CHECK_FALSE(rule.accepts("10.1.2.4"));
    CHECK_FALSE(rule.accepts("[2001:db8::2]"));
    CHECK_FALSE(rule.accepts("evil.example"));
}

TEST_CASE("host_rule: a server on all addresses accepts any address, and no name", "[http]")
{
    for (const auto* const listen : {"0.0.0.0:8000", "[::]:8000"}) {
        const host_rule rule{{listen}, {}};
        CHECK(rule.accepts("192.0.2.7:8000"));
        CHECK(rule.accepts("[2001:db8::7]"));
        CHECK(rule.accepts("localhost"));
        CHECK_FALSE(rule.accepts("botapi:8000"));
    }
}

TEST_CASE("host_rule: names can be allowed, or all of them", "[http]")
{
    const host_rule some{{}, {"botapi", "Chat.example.com"}};
    CHECK(some.accepts("botapi:8000"));
    CHECK(some.accepts("chat.example.com."));
    CHECK_FALSE(some.accepts("x.chat.example.com"));
    CHECK_FALSE(some.accepts("botapi2"));

    const host_rule all{{}, {"*"}};
    CHECK(all.accepts("evil.example"));
}
