#include "tests/support/printers.hpp"

#include <botcore/domain/web_address.hpp>

#include <catch2/catch.hpp>

#include <string>

using botcore::errc;
using botcore::web_address;

TEST_CASE("web_address: a URL is split into its parts", "[web_address]")
{
    const auto plain = web_address::parse("https://Example.com/Hook?a=%20b");
    REQUIRE(plain);
    CHECK(plain->text() == "https://Example.com/Hook?a=%20b");
    CHECK(plain->is_secure());
    CHECK(plain->host() == "example.com");
    CHECK(plain->port() == 443);
    CHECK(plain->target() == "/Hook?a=%20b");
    CHECK(plain->authority() == "example.com");

    const auto odd = web_address::parse("HTTP://[2001:DB8::1]:8080?x");
    REQUIRE(odd);
    CHECK_FALSE(odd->is_secure());
    CHECK(odd->host() == "2001:db8::1");
    CHECK(odd->port() == 8080);
    CHECK(odd->target() == "/?x");
    CHECK(odd->authority() == "[2001:db8::1]:8080");

    CHECK(web_address::parse("http://10.0.0.1")->port() == 80);
    CHECK(web_address::parse("https://10.0.0.1:65535/")->port() == 65'535);
}

TEST_CASE("web_address: a URL that can't be a receiver's is refused", "[web_address]")
{
    const auto* const text = GENERATE(
        "",
        "example.com",
        "ftp://example.com/",
        "httpr://example.com/",
        "httpt://example.com/",
        "wss://example.com/",
        "a://example.com/",
        "https:/example.com",
        "https://",
        "https:///hook",
        "https://user@example.com/",
        "https://user:password@example.com/",
        "https://example.com/#part",
        "https://example.com:0/",
        "https://example.com:65536/",
        "https://example.com:port/",
        "https://example.com:/",
        "https://exa mple.com/",
        "https://example.com/a b",
        "https://example.com/%2",
        "https://example.com/%zz",
        "https://example.com/\"",
        "https://example.com/[2001:db8::1]",
        "https://example.com/?a[]=1",
        "https://ex%61mple.com/",
        "https://example..com/",
        "https://.example.com/",
        "https://example.com./",
        "https://-example.com/",
        "https://[::1/",
        "https://[::1]x/",
        "https://[example.com]/",
        "https://[fe80::1%25eth0]/",
        "https://caf\xc3\xa9.example/"
    );
    CAPTURE(text);

    const auto refused = web_address::parse(text);

    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::invalid_argument);
}

TEST_CASE("web_address: an IPv4 address has one form", "[web_address]")
{
    const auto* const text = GENERATE(
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0x7f.0.0.1/",
        "http://0177.0.0.1/",
        "http://127.1/",
        "http://127.0.0.0x1/",
        "http://127.0.0.256/",
        "http://1.2.3.4.5/",
        "http://example.0x7f/",
        "http://example.1/"
    );
    CAPTURE(text);

    CHECK_FALSE(web_address::parse(text));
}

TEST_CASE("web_address: every part of an address and of a name has its limits", "[web_address]")
{
    for (const auto* const good :
         {"http://0.0.0.0/",
          "http://255.255.255.255/",
          "http://a-b_c.d0/",
          "http://a.0xyz/",
          "http://a.b1/",
          "http://a/%20%C3%a9?%2F",
          "http://[::ffff:1.2.3.4]",
          "http://a?"})
        CHECK(web_address::parse(good));
    for (const auto* const bad :
         {"http://256.0.0.0/",
          "http://0.256.0.0/",
          "http://0.0.256.0/",
          "http://00.0.0.0/",
          "http://1.2.3/",
          "http://a-.example/",
          "http://-a.example/",
          "http://a.-b/",
          "http://a.b-/",
          "http://a/%20%zz",
          "http://a/%20%2",
          "http://a/%20?%",
          "http://[g::1]",
          "http://[1]",
          "http://[]",
          "http://a:00080/",
          "http://a:+80/",
          "http://a:80x/"})
        CHECK_FALSE(web_address::parse(bad));
    const std::string label = '.' + std::string(62, 'a');
    const std::string name = 'a' + label + label + label + label;
    CHECK(web_address::parse("http://" + name));
    CHECK_FALSE(web_address::parse("http://a" + name));
    CHECK(web_address::parse("http://a:80")->authority() == "a");
    CHECK(web_address::parse("http://a:443")->authority() == "a:443");
    CHECK(web_address::parse("https://a:80")->authority() == "a:80");
    CHECK(web_address::parse("https://a:443")->authority() == "a");
    CHECK(web_address::parse("https://a")->target() == "/");
}

TEST_CASE("web_address: the limit of a URL's length is exact", "[web_address]")
{
    const std::string start = "https://example.com/";
    const std::string fits(web_address::size_max - start.size(), 'a');

    CHECK(web_address::parse(start + fits));
    CHECK_FALSE(web_address::parse(start + fits + 'a'));
    CHECK(web_address::parse("https://" + std::string(63, 'a') + ".com/"));
    CHECK_FALSE(web_address::parse("https://" + std::string(64, 'a') + ".com/"));
}
