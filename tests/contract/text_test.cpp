#include "tests/contract/fixture.hpp"

#include <algorithm>
#include <random>

using namespace botcore;

namespace {

void append_utf8(std::string& text, std::uint32_t point)
{
    const auto byte = [&](std::uint32_t value) { text += static_cast<char>(value); };
    if (point < 0x80) {
        byte(point);
    } else if (point < 0x800) {
        byte(0xc0 | (point >> 6));
        byte(0x80 | (point & 0x3f));
    } else if (point < 0x10000) {
        byte(0xe0 | (point >> 12));
        byte(0x80 | ((point >> 6) & 0x3f));
        byte(0x80 | (point & 0x3f));
    } else {
        byte(0xf0 | (point >> 18));
        byte(0x80 | ((point >> 12) & 0x3f));
        byte(0x80 | ((point >> 6) & 0x3f));
        byte(0x80 | (point & 0x3f));
    }
}

/// Random code points of all planes, noncharacters included, and many characters that are special
/// to parsers.
std::string random_text(std::mt19937_64& random, std::size_t size)
{
    constexpr std::string_view special = "\"\\{},'NULLnull:$%_;-\n\r\t \x01\x7f";
    std::string text;
    while (text.size() < size) {
        if (random() % 2 == 0) {
            text += special[random() % special.size()];
            continue;
        }
        const auto point = static_cast<std::uint32_t>(1 + random() % 0x10ffff);
        if (point < 0xd800 || point > 0xdfff)
            append_utf8(text, point);
    }
    return text;
}

}  // namespace

TEST_CASE_METHOD(
    storage_contract,
    "text: text that looks like syntax is stored unchanged",
    "[text]"
)
{
    const std::vector<std::string> texts{
        "NULL",
        "null",
        "\"",
        "\\",
        "\"\"",
        "\\\\\"",
        "{}",
        "{a,b}",
        ",",
        "'",
        "''",
        "'); --",
        "a,\"b\",{c}\\d",
        ":id",
        "$1",
        "?",
        "%s",
        "\n",
        "\r\n",
        " ",
        "\t x \t",
        "\xEF\xBB\xBF",
        "\xE2\x80\xAE reversed",
        "e\xCC\x81",
        "\xC3\xA9",
        "\x01",
        "\x7f",
        "\xEF\xBF\xBF",
        "\xF4\x8F\xBF\xBF",
        "\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA9",
        "",
        "\\N",
        "\\x41",
        "E'\\n'",
        "::uuid",
        "1::int",
        "/* */",
        "-- x",
        "\"NULL\""};
    std::vector<message_spec> all;
    for (const auto& text : texts)
        all.push_back(
            {.in = talk, .from = as_aureo, .to = ana, .text = text, .metadata = "{\"t\":" + text}
        );

    const auto done = append(submission_of(all));

    REQUIRE(done);
    const auto stored = list(talk);
    REQUIRE(stored.size() == texts.size());
    for (std::size_t at = 0; at < texts.size(); ++at) {
        CHECK(stored[at].content.text == texts[at]);
        CHECK(stored[at].content.metadata == "{\"t\":" + texts[at]);
    }
}

TEST_CASE_METHOD(
    storage_contract,
    "text: random texts from all planes are stored unchanged",
    "[text]"
)
{
    std::mt19937_64 random{20181116};
    std::vector<message_spec> all;
    for (int number = 0; number < 200; ++number) {
        message_spec spec{
            .in = talk,
            .from = as_aureo,
            .to = ana,
            .text = random_text(random, random() % 200)};
        if (number % 3 == 0)
            spec.metadata = random_text(random, random() % 50);
        all.push_back(std::move(spec));
    }

    REQUIRE(append(submission_of(all)));

    const auto stored = list(talk);
    REQUIRE(stored.size() == all.size());
    for (std::size_t at = 0; at < all.size(); ++at) {
        CHECK(stored[at].content.text == all[at].text);
        CHECK(stored[at].content.metadata == all[at].metadata);
    }
}

TEST_CASE_METHOD(storage_contract, "text: every code point is stored unchanged", "[text]")
{
    std::vector<message_spec> all;
    std::string text;
    for (std::uint32_t point = 1; point <= 0x10ffff; ++point) {
        if (point < 0xd800 || point > 0xdfff)
            append_utf8(text, point);
        if (text.size() > 65'000 || point == 0x10ffff) {
            all.push_back({.in = talk, .from = as_aureo, .to = ana, .text = text});
            text.clear();
        }
    }

    REQUIRE(append(submission_of(all)));

    const auto stored = list(talk);
    REQUIRE(stored.size() == all.size());
    for (std::size_t at = 0; at < all.size(); ++at)
        CHECK((stored[at].content.text == all[at].text));
}

TEST_CASE_METHOD(storage_contract, "text: the largest message is stored", "[text]")
{
    std::mt19937_64 random{7};
    const std::string backslashes(65'536, '\\');
    auto text = random_text(random, 65'536);
    const std::string metadata(16'384, '"');

    const auto one = store({.in = talk, .from = as_aureo, .to = ana, .text = backslashes});
    const auto two =
        store({.in = talk, .from = as_aureo, .to = ana, .text = text, .metadata = metadata});

    CHECK((find(one.id)->content.text == backslashes));
    CHECK((find(two.id)->content.text == text));
    CHECK((find(two.id)->content.metadata == metadata));
}

TEST_CASE_METHOD(storage_contract, "text: every form of a timestamp is stored unchanged", "[text]")
{
    const std::vector<std::string> stamps{
        "1678-01-01T00:00:00Z",
        "2262-04-11T23:47:16.854775807Z",
        "1969-12-31T23:59:59.999999999Z",
        "1970-01-01T00:00:00-00:00",
        "2018-11-16t23:30:52z",
        "2018-11-16T23:30:52.6917722Z",
        "2018-11-16T23:30:52.691772200+00:00",
        "2018-11-16T23:30:52.0+14:00",
        "2018-11-16T23:30:52-23:59",
        "2018-11-16T23:30:52+23:59",
        "2016-12-31T23:59:60Z",
        "2017-01-01T05:29:60.5+05:30",
    };
    std::vector<message> stored;
    for (const auto& at : stamps) {
        const auto parsed = timestamp::parse(at);
        if (!parsed)
            continue;  // The core decides what a timestamp is.
        stored.push_back(store({.in = talk, .from = as_aureo, .to = ana, .at = at}));
        CHECK(find(stored.back().id)->stamp.text() == at);
    }

    REQUIRE(stored.size() >= 9);
    std::ranges::stable_sort(stored, {}, [](const message& one) { return one.stamp.at(); });
    CHECK(list(talk) == stored);
    CHECK(find(talk)->first.text() == stored.front().stamp.text());
    CHECK(find(talk)->last == stored.back());
}
