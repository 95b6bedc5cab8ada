#include "adapters/http/protocol/http_date.hpp"
#include "adapters/http/protocol/preferences.hpp"
#include "adapters/http/protocol/request_id.hpp"
#include "tests/http/kit.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <ctime>
#include <string>
#include <string_view>

using namespace botapi::http;
using namespace botapi::http::testing;

namespace {

std::string id_for(const std::string& sent)
{
    return request_id(make_request("/", {{"X-Request-Id", sent}}));
}

bool is_minimal(const header_list& headers)
{
    return prefers_minimal(make_request("/", headers));
}

}  // namespace

TEST_CASE("request_id: a client's id is kept if every character of it is safe", "[http]")
{
    constexpr std::string_view safe =
        "-._~:/+=@0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    CHECK(id_for(std::string{safe}) == safe);
    for (int byte = 1; byte < 256; ++byte) {
        const std::string sent{'a', static_cast<char>(byte), 'b'};
        CAPTURE(byte);
        CHECK((id_for(sent) == sent) == (safe.find(sent[1]) != std::string_view::npos));
    }
    CHECK(id_for(std::string(128, 'x')) == std::string(128, 'x'));
}

TEST_CASE("request_id: a request without a usable id gets one of its own", "[http]")
{
    const auto made = request_id(make_request("/"));

    CHECK(made.size() == 36);
    CHECK(request_id(make_request("/")) != made);
    CHECK(id_for("").size() == 36);
    CHECK(id_for(std::string(129, 'x')).size() == 36);
}

TEST_CASE("preferences: the first `return` counts", "[http]")
{
    for (const auto* const value :
         {"return=minimal",
          "Return = Minimal",
          "return=\"minimal\"",
          "respond-async, return=minimal; foo=bar, return=representation",
          "wait=10,return=minimal"}) {
        CAPTURE(value);
        CHECK(is_minimal({{"Prefer", value}}));
    }
    for (const auto* const value :
         {"",
          "return",
          "return=",
          "return=\"",
          "return=\"\"",
          "return=\"minimal",
          "return=minimal\"",
          "return=representation",
          "return=representation, return=minimal",
          "returns=minimal",
          "wait=10; return=minimal",
          "minimal"}) {
        CAPTURE(value);
        CHECK_FALSE(is_minimal({{"Prefer", value}}));
    }
    CHECK_FALSE(is_minimal({}));
    CHECK(is_minimal({{"Prefer", "wait=1"}, {"Prefer", "return=minimal"}}));
    CHECK_FALSE(is_minimal({{"Prefer", "return=representation"}, {"Prefer", "return=minimal"}}));
}

TEST_CASE("http_date: the date is the present time as RFC 9110 writes it", "[http]")
{
    const auto written = [](std::time_t at) {
        std::tm utc{};
        gmtime_r(&at, &utc);
        std::array<char, 64> text{};
        // The program sets no locale, so that the names are English.
        const auto size =
            std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &utc);
        return std::string{text.data(), size};
    };

    const auto before = std::time(nullptr);
    const std::string first{http_date()};
    const std::string second{http_date()};
    const auto after = std::time(nullptr);

    for (const auto& date : {first, second}) {
        bool is_present = false;
        for (auto at = before; at <= after; ++at)
            is_present = is_present || date == written(at);
        CHECK(is_present);
    }
}
