#include "adapters/webhooks/address_policy.hpp"

#include <boost/asio/ip/address.hpp>
#include <catch2/catch.hpp>

#include <string>
#include <vector>

using boost::asio::ip::make_address;
using botapi::webhooks::address_policy;
using botapi::webhooks::address_range;

namespace {

std::vector<address_range> ranges(const std::vector<std::string>& texts)
{
    std::vector<address_range> parsed;
    for (const auto& text : texts)
        parsed.push_back(address_range::parse(text).value());
    return parsed;
}

}  // namespace

TEST_CASE("address_policy: public addresses are allowed", "[webhooks]")
{
    const address_policy policy{{}};
    const auto* const text = GENERATE(
        "1.1.1.1",
        "8.8.8.8",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "192.167.255.255",
        "198.17.255.255",
        "198.20.0.0",
        "223.255.255.255",
        "2606:4700::1111",
        "2a00:1450:4001:830::200e",
        "::ffff:8.8.8.8",
        "64:ff9b::8.8.8.8",
        "2002:808:808::1"
    );
    CAPTURE(text);
    CHECK(policy.allows(make_address(text)));
}

TEST_CASE("address_policy: other addresses are not allowed", "[webhooks]")
{
    const address_policy policy{{}};
    const auto* const text = GENERATE(
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.0",
        "10.255.255.255",
        "100.64.0.0",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.255.255",
        "169.254.169.254",
        "172.16.0.0",
        "172.31.255.255",
        "192.0.0.8",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.255.255",
        "198.19.255.255",
        "198.51.100.7",
        "203.0.113.7",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::7f00:1",
        "::ffff:10.1.2.3",
        "::ffff:0:127.0.0.1",
        "64:ff9b::127.0.0.1",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:1ff::1",
        "2001:db8::1",
        "2002:7f00:1::1",
        "2002:c0a8:1::",
        "3fff::1",
        "4000::1",
        "fc00::1",
        "fdff::1",
        "fe80::1",
        "fec0::1",
        "ff02::1"
    );
    CAPTURE(text);
    CHECK_FALSE(policy.allows(make_address(text)));
}

TEST_CASE("address_policy: an allowed range adds its own addresses only", "[webhooks]")
{
    const address_policy policy{ranges({"10.1.0.0/16", "127.0.0.1", "fd00:ec2::/32"})};

    CHECK(policy.allows(make_address("10.1.255.255")));
    CHECK_FALSE(policy.allows(make_address("10.2.0.0")));
    CHECK(policy.allows(make_address("127.0.0.1")));
    CHECK_FALSE(policy.allows(make_address("127.0.0.2")));
    CHECK(policy.allows(make_address("::ffff:10.1.0.1")));
    CHECK_FALSE(policy.allows(make_address("::ffff:10.2.0.1")));
    CHECK(policy.allows(make_address("fd00:ec2:0:1::1")));
    CHECK_FALSE(policy.allows(make_address("fd00:ec3::1")));
}

TEST_CASE("address_range: parses addresses with and without a number of bits", "[webhooks]")
{
    CHECK(address_range::parse("0.0.0.0/0")->contains(make_address("9.9.9.9")));
    CHECK_FALSE(address_range::parse("0.0.0.0/0")->contains(make_address("::1")));
    CHECK(address_range::parse("::/0")->contains(make_address("::1")));
    CHECK(address_range::parse("1.2.3.4")->bits == 32);
    for (const auto* const text :
         {"", "1.2.3", "1.2.3.4/33", "::/129", "1.2.3.4/", "1.2.3.4/-1", "1.2.3.4/8x", "x/8"})
        CHECK_FALSE(address_range::parse(text));
}
