#include "adapters/http/connection/admission.hpp"

#include <catch2/catch.hpp>

#include <utility>

using boost::asio::ip::make_address;
using botapi::http::admission;

TEST_CASE(
    "admission: a client has no more than its share, until one of its connections ends",
    "[http]"
)
{
    admission doors{10, 2};

    auto first = doors.admit(make_address("192.0.2.1"));
    const auto second = doors.admit(make_address("192.0.2.1"));
    CHECK(second);
    CHECK_FALSE(doors.admit(make_address("192.0.2.1")));
    CHECK(doors.admit(make_address("192.0.2.2")));

    first.reset();
    CHECK(doors.admit(make_address("192.0.2.1")));
}

TEST_CASE("admission: all clients together have no more than the limit", "[http]")
{
    admission doors{2, 2};

    const auto first = doors.admit(make_address("192.0.2.1"));
    auto second = doors.admit(make_address("192.0.2.2"));
    CHECK_FALSE(doors.admit(make_address("192.0.2.3")));

    {
        const auto moved = std::move(second);
        CHECK_FALSE(doors.admit(make_address("192.0.2.3")));
    }
    CHECK(doors.admit(make_address("192.0.2.3")));
}

TEST_CASE("admission: an IPv6 network is one client, and so is a mapped IPv4 address", "[http]")
{
    admission doors{10, 1};

    const auto first = doors.admit(make_address("2001:db8::1"));
    CHECK_FALSE(doors.admit(make_address("2001:db8::ffff:1")));
    const auto other = doors.admit(make_address("2001:db8:0:1::1"));
    CHECK(other);

    const auto mapped = doors.admit(make_address("::ffff:192.0.2.1"));
    CHECK_FALSE(doors.admit(make_address("192.0.2.1")));
}

TEST_CASE("admission: a trusted proxy has no share, but counts", "[http]")
{
    admission doors{3, 1};
    const auto proxy = make_address("192.0.2.1");

    const auto first = doors.admit(proxy, true);
    const auto second = doors.admit(proxy, true);
    CHECK(second);
    CHECK_FALSE(doors.is_full());
    auto third = doors.admit(proxy, true);
    CHECK(third);
    CHECK(doors.is_full());
    CHECK_FALSE(doors.admit(proxy, true));

    third.reset();
    CHECK_FALSE(doors.is_full());
    CHECK_FALSE(doors.admit(proxy));
    CHECK(doors.admit(make_address("192.0.2.2")));
}
