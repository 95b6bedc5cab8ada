#include "adapters/http/websocket/deflate.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <string_view>
#include <variant>

using namespace botapi::http;

TEST_CASE("deflate: an offer is accepted if its parameters are known and unique", "[http]")
{
    for (const std::string good :
         {"permessage-deflate",
          "permessage-deflate; client_max_window_bits",
          "permessage-deflate; client_max_window_bits=8",
          "permessage-deflate; client_max_window_bits=\"15\"",
          "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
          "permessage-deflate; server_max_window_bits=9",
          "x-webkit-deflate-frame, permessage-deflate"}) {
        CAPTURE(good);
        CHECK(accept_deflate(good));
    }
    for (const std::string bad :
         {"",
          "permessage-bzip2",
          "permessage-deflate; level=9",
          "permessage-deflate; server_no_context_takeover=1",
          "permessage-deflate; client_no_context_takeover=1",
          "permessage-deflate; server_no_context_takeover; server_no_context_takeover",
          "permessage-deflate; client_no_context_takeover; client_no_context_takeover",
          "permessage-deflate; client_max_window_bits; client_max_window_bits",
          "permessage-deflate; client_max_window_bits=16",
          "permessage-deflate; client_max_window_bits=\"\"",
          "permessage-deflate; client_max_window_bits=",
          "permessage-deflate; server_max_window_bits",
          "permessage-deflate; server_max_window_bits=8",
          "permessage-deflate; server_max_window_bits=x",
          "permessage-deflate; server_max_window_bits=9; server_max_window_bits=9"}) {
        CAPTURE(bad);
        CHECK_FALSE(accept_deflate(bad));
    }
}

TEST_CASE("deflate: the first acceptable offer is accepted and answered", "[http]")
{
    const auto terms = accept_deflate(
        "permessage-deflate; level=9, permessage-deflate; server_max_window_bits=\"10\", "
        "permessage-deflate"
    );

    REQUIRE(terms);
    CHECK(terms->window_bits == 10);
    CHECK(to_text(*terms).ends_with("; server_max_window_bits=10"));
    CHECK(
        to_text({}) == "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
    );
}

TEST_CASE("deflate: inflating restores what was deflated, up to a size", "[http]")
{
    for (const std::size_t size : {0U, 1U, 1'000U, 4'096U, 100'000U}) {
        std::string content;
        while (content.size() < size)
            content += std::to_string(content.size() * 7'919 % 10'007);
        content.resize(size);
        const auto made = deflate(content, {});

        CHECK(std::get<std::string>(inflate(made, size)) == content);
        if (size > 0)
            CHECK(std::get<inflate_fault>(inflate(made, size - 1)) == inflate_fault::too_large);
    }
    CHECK(std::get<inflate_fault>(inflate("\xFF\xFF\xFF", 100)) == inflate_fault::malformed);
}

TEST_CASE("deflate: a last block may be followed by others", "[http]")
{
    // RFC 7692 section 7.2.3.4: "Hello" in a block that says that it is the last one.
    const std::string last{"\xF3\x48\xCD\xC9\xC9\x07\x00\x00", 8};

    CHECK(std::get<std::string>(inflate(last, 100)) == "Hello");
}

TEST_CASE("deflate: how far a message may grow depends on its size", "[http]")
{
    CHECK(inflated_size_max(0, 1'000'000) == 131'072);
    CHECK(inflated_size_max(1'310, 1'000'000) == 131'072);
    CHECK(inflated_size_max(2'000, 1'000'000) == 200'000);
    CHECK(inflated_size_max(20'000, 1'000'000) == 1'000'000);
    CHECK(inflated_size_max(20'000, 1'000) == 1'000);
}
