#include "adapters/wire/message_json.hpp"

#include "tests/unit/fakes.hpp"

#include <catch2/catch.hpp>

#include <string>

using botapi::wire::append_json;
using botcore::testing::sample;

namespace {

std::string in_json(
    const botcore::message& message,
    const botapi::wire::message_extras& extras = {}
)
{
    std::string out;
    append_json(out, message, extras);
    return out;
}

}  // namespace

TEST_CASE("message_json: a message has the six fields of the statement, in their order")
{
    CHECK(
        in_json(sample{.text = "\"Oi\"\n"}.stored(3, 9)) ==
        R"({"id":"00000000-0000-0000-0000-000000000001",)"
        R"("conversationId":"00000000-0000-0000-0000-000000000064",)"
        R"("timestamp":"2018-11-16T23:30:52.6917722Z",)"
        R"("from":"00000000-0000-0000-0000-00000000000b",)"
        R"("to":"00000000-0000-0000-0000-000000000015",)"
        R"("text":"\"Oi\"\n"})"
    );
}

TEST_CASE("message_json: metadata come last, byte for byte")
{
    const auto text = in_json(sample{.metadata = "{ \"a\":\n1.50 }"}.stored(3, 9));

    CHECK(text.ends_with(",\"text\":\"Oi!\",\"metadata\":{ \"a\":\n1.50 }}"));
}

TEST_CASE("message_json: seq comes last, on request")
{
    for (const auto& metadata : {std::optional<std::string>{}, std::optional<std::string>{"{}"}}) {
        const auto message = sample{.metadata = metadata}.stored(3, 9);
        auto expected = in_json(message);
        expected.insert(expected.size() - 1, R"(,"seq":3)");

        CHECK(in_json(message, {.has_seq = true}) == expected);
    }
}
