#include "adapters/http/protocol/trusted_proxies.hpp"

#include "adapters/http/protocol/client_identity.hpp"

#include <catch2/catch.hpp>

#include <initializer_list>
#include <string>
#include <vector>

using namespace botapi::http;

namespace {

using boost::asio::ip::make_address;

boost::beast::http::fields fields(
    const std::string& name,
    std::initializer_list<std::string> values
)
{
    boost::beast::http::fields made;
    for (const auto& value : values)
        made.insert(name, value);
    return made;
}

trusted_proxies trust(
    const std::vector<std::string>& networks,
    proxy_header header = proxy_header::x_forwarded_for
)
{
    return {networks, header};
}

const std::vector<std::string> ours{"10.0.0.0/8", "192.0.2.7", "2001:db8:1::/48"};

std::string origin(
    const std::string& peer,
    std::initializer_list<std::string> values,
    proxy_header header = proxy_header::x_forwarded_for
)
{
    const auto* const name = header == proxy_header::forwarded ? "Forwarded" : "X-Forwarded-For";
    return trust(ours, header).origin(make_address(peer), fields(name, values)).to_string();
}

}  // namespace

TEST_CASE("trusted_proxies: a network contains the addresses with its prefix", "[http]")
{
    const auto [address, is_in] = GENERATE(table<std::string, bool>({
        {"10.0.0.0", true},
        {"10.255.255.255", true},
        {"11.0.0.0", false},
        {"9.255.255.255", false},
        {"192.0.2.7", true},
        {"192.0.2.6", false},
        {"::ffff:10.1.2.3", true},
        {"2001:db8:1:ffff::1", true},
        {"2001:db8:2::1", false},
        {"::1", false},
    }));
    CAPTURE(address);

    CHECK(trust(ours).contain(make_address(address)) == is_in);
}

TEST_CASE("trusted_proxies: a prefix can have any number of bits", "[http]")
{
    const auto odd = trust({"192.0.2.128/25", "2001:db8::/33"});

    CHECK(odd.contain(make_address("192.0.2.255")));
    CHECK_FALSE(odd.contain(make_address("192.0.2.127")));
    CHECK(odd.contain(make_address("2001:db8:7fff::")));
    CHECK_FALSE(odd.contain(make_address("2001:db8:8000::")));
    CHECK(trust({"::/0"}).contain(make_address("203.0.113.1")));
    CHECK_FALSE(trust({"0.0.0.0/0"}).contain(make_address("2001:db8::1")));
    CHECK_FALSE(trust({}).contain(make_address("127.0.0.1")));
}

TEST_CASE("trusted_proxies: a prefix can have all bits, and no more", "[http]")
{
    const auto [network, inside, outside] = GENERATE(table<std::string, std::string, std::string>({
        {"192.0.2.7/32", "192.0.2.7", "192.0.2.6"},
        {"192.0.2.6/31", "192.0.2.7", "192.0.2.5"},
        {"192.0.2.0/24", "192.0.2.255", "192.0.3.0"},
        {"128.0.0.0/1", "255.0.0.1", "127.0.0.1"},
        {"2001:db8::7/128", "2001:db8::7", "2001:db8::6"},
        {"2001:db8::6/127", "2001:db8::7", "2001:db8::5"},
    }));
    CAPTURE(network);

    CHECK(trust({network}).contain(make_address(inside)));
    CHECK_FALSE(trust({network}).contain(make_address(outside)));
    CHECK_FALSE(trust({"192.0.2.7/33"}).contain(make_address("192.0.2.7")));
    CHECK_FALSE(trust({"2001:db8::7/129"}).contain(make_address("2001:db8::7")));
    for (const auto* const wrong : {"192.0.2.7/", "192.0.2.7/x", "192.0.2.7/32x", "192.0.2/24"})
        CHECK_FALSE(trust({wrong}).contain(make_address("192.0.2.7")));
}

TEST_CASE("trusted_proxies: an untrusted peer is the client", "[http]")
{
    CHECK(origin("203.0.113.5", {"198.51.100.1"}) == "203.0.113.5");
    CHECK(origin("10.0.0.1", {}) == "10.0.0.1");
}

TEST_CASE("trusted_proxies: the client is the last untrusted address", "[http]")
{
    CHECK(origin("10.0.0.1", {"198.51.100.1"}) == "198.51.100.1");
    CHECK(origin("10.0.0.1", {"1.1.1.1, 198.51.100.1"}) == "198.51.100.1");
    CHECK(origin("10.0.0.1", {"1.1.1.1, 198.51.100.1, 10.0.0.2"}) == "198.51.100.1");
    CHECK(origin("10.0.0.1", {"1.1.1.1", "198.51.100.1", "10.0.0.2,10.0.0.3"}) == "198.51.100.1");
    CHECK(origin("10.0.0.1", {"10.0.0.9, 10.0.0.2"}) == "10.0.0.9");
}

TEST_CASE("trusted_proxies: addresses come in many forms", "[http]")
{
    const auto [written, meant] = GENERATE(table<std::string, std::string>({
        {"198.51.100.1:4711", "198.51.100.1"},
        {"2001:db8::1", "2001:db8::1"},
        {"[2001:db8::1]", "2001:db8::1"},
        {"[2001:db8::1]:4711", "2001:db8::1"},
        {"  198.51.100.1\t", "198.51.100.1"},
        {"::ffff:198.51.100.1", "198.51.100.1"},
    }));
    CAPTURE(written);

    CHECK(origin("10.0.0.1", {written}) == meant);
}

TEST_CASE("trusted_proxies: an unreadable address ends the search", "[http]")
{
    const auto* const wrong = GENERATE(
        "unknown",
        "_hidden",
        "",
        ",",
        "198.51.100",
        "198.51.100.1.1",
        "[::1",
        "[]",
        "[]:80",
        ":80",
        "localhost",
        "198.51.100.1;",
        "fe80::1%eth0",
        "\xff\xfe"
    );
    CAPTURE(wrong);

    CHECK(origin("10.0.0.1", {wrong}) == "10.0.0.1");
    CHECK(origin("10.0.0.1", {"198.51.100.1, " + std::string{wrong} + ", 10.0.0.2"}) == "10.0.0.2");
}

TEST_CASE("trusted_proxies: Forwarded is read if it is configured", "[http]")
{
    const auto [written, meant] = GENERATE(table<std::string, std::string>({
        {"for=198.51.100.1", "198.51.100.1"},
        {"For=\"198.51.100.1:80\"; proto=https", "198.51.100.1"},
        {"proto=https;for=\"[2001:db8::1]:4711\";by=10.0.0.1", "2001:db8::1"},
        {"for=1.1.1.1, for=198.51.100.1;host=x, for=10.0.0.2", "198.51.100.1"},
        {"for=_secret", "10.0.0.1"},
        {"for=unknown", "10.0.0.1"},
        {"by=198.51.100.1", "10.0.0.1"},
        {"for", "10.0.0.1"},
        {"for=", "10.0.0.1"},
        {"for=\"", "10.0.0.1"},
        {";;;", "10.0.0.1"},
    }));
    CAPTURE(written);

    CHECK(origin("10.0.0.1", {written}, proxy_header::forwarded) == meant);
}

TEST_CASE("trusted_proxies: the header that is not configured is ignored", "[http]")
{
    const auto headers = fields("Forwarded", {"for=198.51.100.1"});
    const auto peer = make_address("10.0.0.1");

    CHECK(trust(ours).origin(peer, headers) == peer);
}

TEST_CASE("client: an IPv6 client has a network of 64 bits", "[http]")
{
    const auto one = client_at(make_address("2001:db8:1:2:3:4:5:6"));
    const auto mapped = client_at(make_address("::ffff:192.0.2.1"));

    CHECK(one.address == "2001:db8:1:2:3:4:5:6");
    CHECK(one.network == "2001:db8:1:2::");
    CHECK(mapped.address == "192.0.2.1");
    CHECK(mapped.network == "192.0.2.1");
}
