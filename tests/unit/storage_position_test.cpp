#include <botcore/domain/base64.hpp>
#include <botcore/domain/storage_position.hpp>

#include <catch2/catch.hpp>

#include <array>
#include <cstdint>
#include <string>

using namespace botcore;

namespace {

constexpr storage_position somewhere{
    .store = 0x0123456789abcdef,
    .timeline = 7,
    .offset = 0xfedcba9876543210};

}  // namespace

// Clients keep these texts, so every version must write and read them alike.
TEST_CASE("storage_position: its text stays the same from version to version")
{
    CHECK(to_text(somewhere) == "Ae_Nq4lnRSMBBwAAABAyVHaYutz-qEEUpQ");
    CHECK(to_text({}) == "AQAAAAAAAAAAAAAAAAAAAAAAAAAAEMe3bA");
}

TEST_CASE("storage_position: its text is read back")
{
    for (const auto& position :
         {storage_position{},
          somewhere,
          storage_position{.store = UINT64_MAX, .timeline = UINT32_MAX, .offset = UINT64_MAX}})
        CHECK(parse_storage_position(to_text(position)) == position);
}

TEST_CASE("storage_position: a text that was changed or cut is none")
{
    std::array<std::uint8_t, 25> bytes{};
    REQUIRE(read_base64url(to_text(somewhere), bytes));
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        auto changed = bytes;
        changed.at(at) ^= 1U;
        CHECK_FALSE(parse_storage_position(to_base64url(changed)));
    }
    const auto text = to_text(somewhere);
    CHECK_FALSE(parse_storage_position(text.substr(1)));
    CHECK_FALSE(parse_storage_position(text.substr(0, text.size() - 1)));
    CHECK_FALSE(parse_storage_position(text + "A"));
    CHECK_FALSE(parse_storage_position(text + "="));
    CHECK_FALSE(parse_storage_position(" " + text));
    CHECK_FALSE(parse_storage_position(""));
    CHECK_FALSE(parse_storage_position("latest"));
}
