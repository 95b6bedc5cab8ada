#include "tests/unit/fakes.hpp"

#include <botcore/domain/page.hpp>
#include <botcore/domain/stream_position.hpp>

#include <algorithm>
#include <random>
#include <string>

using namespace botcore;
using namespace botcore::testing;

namespace {

constexpr std::uint32_t list_scope = 0xdeadbeef;

cursor<message_key> message_cursor(instant at, std::uint64_t order, bool backwards)
{
    return {.key = {at, order}, .backwards = backwards};
}

bool is_url_safe(std::string_view text)
{
    return text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
           ) == std::string_view::npos;
}

}  // namespace

// Another program computed these values from ADR 20.
TEST_CASE("cursor: a list's cursor has the documented bytes")
{
    const auto id = *uuid::parse("67ade836-ea2e-4992-a7c2-f04b696dc9ff");
    const cursor<uuid> by_id{id, true};
    CHECK(to_text(by_id, list_scope) == "Au--rd4BZ63oNuouSZKnwvBLaW3J_w");
    CHECK(parse_id_cursor("Au--rd4BZ63oNuouSZKnwvBLaW3J_w", list_scope) == by_id);

    const auto at = timestamp::parse("2018-11-16T23:30:52.6917722Z")->at();
    const auto by_time = message_cursor(at, 77, false);
    CHECK(to_text(by_time, list_scope) == "Au--rd4AAAAoU1Qtrr5nFU0AAAAAAAAA");
    CHECK(parse_message_cursor("Au--rd4AAAAoU1Qtrr5nFU0AAAAAAAAA", list_scope) == by_time);
}

TEST_CASE("cursor: a cursor without a version is read")
{
    const auto id = *uuid::parse("67ade836-ea2e-4992-a7c2-f04b696dc9ff");
    const cursor<uuid> by_id{id, true};
    CHECK(parse_id_cursor("AWet6DbqLkmSp8LwS2ltyf_vvq3e", list_scope) == by_id);

    const auto at = timestamp::parse("2018-11-16T23:30:52.6917722Z")->at();
    const auto by_time = message_cursor(at, 77, false);
    CHECK(parse_message_cursor("AChTVC2uvmcVTQAAAAAAAADvvq3e", list_scope) == by_time);
    CHECK_FALSE(parse_message_cursor("AChTVC2uvmcVTQAAAAAAAADvvq3e", list_scope + 1));
}

TEST_CASE("cursor: a cursor of a later version is refused")
{
    CHECK_FALSE(parse_message_cursor("Au--rd4AAQAoU1Qtrr5nFU0AAAAAAAAA", list_scope));  // A source.
    CHECK_FALSE(parse_message_cursor("Au--rd4CAAAoU1Qtrr5nFU0AAAAAAAAA", list_scope));  // A way.
    CHECK_FALSE(parse_message_cursor("A---rd4AAAAoU1Qtrr5nFU0AAAAAAAAA", list_scope)
    );  // A version.
}

TEST_CASE("cursor: the cursor of an id is read back from its text")
{
    for (const bool backwards : {false, true}) {
        for (const std::uint64_t number : {std::uint64_t{0}, std::uint64_t{1}, ~std::uint64_t{0}}) {
            const cursor<uuid> between{uuid_of(number), backwards};
            const auto text = to_text(between, list_scope);
            CHECK(is_url_safe(text));
            CHECK(parse_id_cursor(text, list_scope) == between);
        }
    }
}

TEST_CASE("cursor: the cursor of a message is read back from its text")
{
    for (const bool backwards : {false, true}) {
        for (const auto at : {instant::min(), instant_min, instant{}, instant_max}) {
            for (const auto order : {std::uint64_t{0}, std::uint64_t{1}, order_max}) {
                const auto between = message_cursor(at, order, backwards);
                const auto text = to_text(between, list_scope);
                CHECK(is_url_safe(text));
                CHECK(parse_message_cursor(text, list_scope) == between);
            }
        }
    }
}

TEST_CASE("cursor: different cursors have different texts")
{
    const auto text = to_text(cursor<uuid>{uuid_of(1), false}, list_scope);

    CHECK(to_text(cursor<uuid>{uuid_of(2), false}, list_scope) != text);
    CHECK(to_text(cursor<uuid>{uuid_of(1), true}, list_scope) != text);
    CHECK(to_text(cursor<uuid>{uuid_of(1), false}, list_scope + 1) != text);
}

TEST_CASE("cursor: a cursor of another list is refused")
{
    const auto id_text = to_text(cursor<uuid>{uuid_of(1), false}, list_scope);
    const auto message_text = to_text(message_cursor({}, 1, false), list_scope);

    for (unsigned bit = 0; bit < 32; ++bit) {
        CHECK_FALSE(parse_id_cursor(id_text, list_scope ^ (1U << bit)));
        CHECK_FALSE(parse_message_cursor(message_text, list_scope ^ (1U << bit)));
    }
}

TEST_CASE("cursor: a text that is too short or too long is refused")
{
    const auto text = to_text(message_cursor(instant_max, order_max, true), list_scope);

    for (std::size_t size = 0; size < text.size(); ++size) {
        CHECK_FALSE(parse_message_cursor(text.substr(0, size), list_scope));
        CHECK_FALSE(parse_id_cursor(text.substr(size), size == 0 ? list_scope + 1 : list_scope));
    }
    CHECK_FALSE(parse_message_cursor(text + "A", list_scope));
    CHECK_FALSE(parse_message_cursor(text + text, list_scope));
    CHECK_FALSE(parse_message_cursor(text + "=", list_scope));
}

TEST_CASE("cursor: an order that no storage can have is refused")
{
    const auto text = to_text(message_cursor({}, order_max + 1, false), list_scope);

    CHECK_FALSE(parse_message_cursor(text, list_scope));
}

TEST_CASE("cursor: a text with one changed character is refused, or is another canonical cursor")
{
    const auto text = to_text(message_cursor(instant_max, 77, false), list_scope);
    for (std::size_t at = 0; at < text.size(); ++at) {
        for (int byte = 0; byte < 256; ++byte) {
            std::string changed = text;
            changed[at] = static_cast<char>(byte);
            const auto read = parse_message_cursor(changed, list_scope);
            if (read && to_text(*read, list_scope) != changed)
                FAIL("two texts for one cursor: " << changed);
        }
    }
}

TEST_CASE("cursor: random bytes are never a cursor")
{
    std::mt19937 random{4648};  // NOLINT: the same numbers in every run.
    std::uniform_int_distribution byte{0, 255};
    std::uniform_int_distribution<std::size_t> digit{0, 63};
    constexpr std::string_view digits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const auto size = to_text(cursor<uuid>{}, list_scope).size();

    for (int round = 0; round < 20'000; ++round) {
        std::string bytes(size, ' ');
        std::ranges::generate(bytes, [&] { return static_cast<char>(byte(random)); });
        std::string word(size, ' ');
        std::ranges::generate(word, [&] { return digits[digit(random)]; });
        for (const auto& text : {bytes, word}) {
            if (parse_id_cursor(text, list_scope) || parse_message_cursor(text, list_scope))
                FAIL("accepted " << text);
        }
    }
}
