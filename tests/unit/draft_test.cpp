#include "tests/unit/fakes.hpp"

#include <botcore/domain/draft.hpp>

#include <string>
#include <vector>

using namespace botcore;
using namespace botcore::testing;

namespace {

const message_input statement{
    .conversation_id = "7665ada8-3448-4acd-a1b7-d688e68fe9a1",
    .timestamp = "2018-11-16T23:30:52.6917722Z",
    .from = "36b9f842-ee97-11e8-9443-0242ac120002",
    .to = "16edd3b3-3f75-40df-af07-2a3813a79ce9",
    .text = "Oi! Como posso te ajudar?",
};

/// The statement's message with one field changed.
message_input with(
    std::optional<std::string_view> message_input::*field,
    std::optional<std::string_view> value
)
{
    message_input input = statement;
    input.*field = value;
    return input;
}

std::vector<std::string> pointers(const result<draft>& parsed)
{
    std::vector<std::string> found;
    for (const auto& fault : parsed.error().faults)
        found.push_back(fault.pointer);
    return found;
}

void check_one_fault(const message_input& input, const std::string& pointer)
{
    const auto parsed = draft::parse(input, {});
    INFO(pointer);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().code == errc::invalid_argument);
    CHECK(pointers(parsed) == std::vector{pointer});
    CHECK_FALSE(parsed.error().faults.front().detail.empty());
}

}  // namespace

TEST_CASE("draft: the statement's example is valid")
{
    const auto parsed = draft::parse(statement, {});

    REQUIRE(parsed);
    CHECK_FALSE(parsed->id);
    CHECK(parsed->conversation.text() == *statement.conversation_id);
    REQUIRE(parsed->stamp);
    CHECK(parsed->stamp->text() == *statement.timestamp);
    CHECK(parsed->ends.from.text() == *statement.from);
    CHECK(parsed->ends.to.text() == *statement.to);
    CHECK(parsed->content.text == *statement.text);
    CHECK_FALSE(parsed->content.metadata);
}

TEST_CASE("draft: id, timestamp and metadata are kept if present")
{
    message_input input = statement;
    input.id = "F0000000-0000-4000-8000-00000000000F";
    input.timestamp.reset();
    input.metadata = R"({ "a" : 1 })";

    const auto parsed = draft::parse(input, {});

    REQUIRE(parsed);
    REQUIRE(parsed->id);
    CHECK(parsed->id->text() == "f0000000-0000-4000-8000-00000000000f");
    CHECK_FALSE(parsed->stamp);
    CHECK(parsed->content.metadata == R"({ "a" : 1 })");
}

TEST_CASE("draft: each missing required field is reported")
{
    check_one_fault(with(&message_input::conversation_id, std::nullopt), "/conversationId");
    check_one_fault(with(&message_input::from, std::nullopt), "/from");
    check_one_fault(with(&message_input::to, std::nullopt), "/to");
    check_one_fault(with(&message_input::text, std::nullopt), "/text");
}

TEST_CASE("draft: each malformed field is reported")
{
    check_one_fault(with(&message_input::id, ""), "/id");
    check_one_fault(with(&message_input::id, "1"), "/id");
    check_one_fault(with(&message_input::conversation_id, "1"), "/conversationId");
    check_one_fault(with(&message_input::timestamp, ""), "/timestamp");
    check_one_fault(with(&message_input::timestamp, "2018-11-16T23:30:52"), "/timestamp");
    check_one_fault(with(&message_input::from, "Aureo"), "/from");
    check_one_fault(with(&message_input::to, "36b9f842"), "/to");
    check_one_fault(with(&message_input::text, ""), "/text");
    check_one_fault(with(&message_input::text, " \n\t"), "/text");
    check_one_fault(with(&message_input::text, "\xff"), "/text");
    check_one_fault(with(&message_input::text, std::string_view{"a\0b", 3}), "/text");
    check_one_fault(with(&message_input::metadata, "{\"\xff\":1}"), "/metadata");
    check_one_fault(with(&message_input::metadata, std::string_view{"{\0}", 3}), "/metadata");
}

TEST_CASE("draft: all faults are reported at once, in the order of the fields")
{
    const message_input input{
        .id = "x",
        .conversation_id = "x",
        .timestamp = "x",
        .from = "x",
        .to = "x",
        .text = "\xff",
        .metadata = "\xff",
    };

    const auto all = draft::parse(input, {});
    const auto none = draft::parse({}, {});

    REQUIRE_FALSE(all);
    CHECK(
        pointers(all) ==
        std::vector<std::string>{
            "/id",
            "/conversationId",
            "/timestamp",
            "/from",
            "/to",
            "/text",
            "/metadata"}
    );
    REQUIRE_FALSE(none);
    CHECK(pointers(none) == std::vector<std::string>{"/conversationId", "/from", "/to", "/text"});
}

TEST_CASE("draft: the fault of a timestamp says what is wrong with it")
{
    const auto parsed = draft::parse(with(&message_input::timestamp, "2018-02-30T00:00:00Z"), {});

    REQUIRE_FALSE(parsed);
    CHECK(
        parsed.error().faults.front().detail ==
        timestamp::parse("2018-02-30T00:00:00Z").error().detail
    );
}

TEST_CASE("draft: a message to oneself is refused, also in another case")
{
    const auto same = draft::parse(with(&message_input::to, statement.from), {});
    const auto upper =
        draft::parse(with(&message_input::to, "36B9F842-EE97-11E8-9443-0242AC120002"), {});

    REQUIRE_FALSE(same);
    CHECK(same.error().code == errc::same_participant);
    CHECK(pointers(same) == std::vector<std::string>{"/to"});
    REQUIRE_FALSE(upper);
    CHECK(upper.error().code == errc::same_participant);
}

TEST_CASE("draft: malformed ends are not also reported as equal")
{
    message_input input = statement;
    input.from = input.to = "x";

    const auto parsed = draft::parse(input, {});

    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().code == errc::invalid_argument);
    CHECK(pointers(parsed) == std::vector<std::string>{"/from", "/to"});
}

TEST_CASE("draft: nil ids are valid")
{
    constexpr std::string_view nil = "00000000-0000-0000-0000-000000000000";

    CHECK(draft::parse(with(&message_input::conversation_id, nil), {}));
    CHECK(draft::parse(with(&message_input::id, nil), {})->id == message_id{});
    CHECK(draft::parse(with(&message_input::from, nil), {}));
}

TEST_CASE("draft: text and metadata may be as large as the limits, in bytes")
{
    const message_limits limits{.text_size_max = 6, .metadata_size_max = 4};
    const auto parse = [&](std::string_view text, std::string_view metadata) {
        message_input input = with(&message_input::text, text);
        input.metadata = metadata;
        return draft::parse(input, limits);
    };

    CHECK(parse("123456", "{  }"));
    CHECK(parse("\xe2\x82\xac\xe2\x82\xac", "{  }"));
    CHECK(pointers(parse("1234567", "{  }")) == std::vector<std::string>{"/text"});
    CHECK(pointers(parse("123456", "{   }")) == std::vector<std::string>{"/metadata"});
    CHECK(
        pointers(parse("\xe2\x82\xac\xe2\x82\xac.", "{   }")) ==
        std::vector<std::string>{"/text", "/metadata"}
    );
}

TEST_CASE("draft: the default limits are 64 KiB of text and 16 KiB of metadata")
{
    const std::string text(65'536, 'a');
    const std::string metadata(16'384, ' ');

    CHECK(draft::parse(with(&message_input::text, text), {}));
    CHECK(draft::parse(with(&message_input::metadata, metadata), {}));
    check_one_fault(with(&message_input::text, text + "a"), "/text");
    check_one_fault(with(&message_input::metadata, metadata + " "), "/metadata");
}

TEST_CASE("draft: text is kept byte for byte")
{
    const std::string_view text = GENERATE(" Oi ", "\r\nOi\t", "e\xcc\x81\xc3\xa9", "\x01\x7f");

    const auto parsed = draft::parse(with(&message_input::text, text), {});

    REQUIRE(parsed);
    CHECK(parsed->content.text == text);
}

TEST_CASE("is_retry_of: equal content is a retry, whatever its route")
{
    auto stored = sample{}.stored(1, 1);

    CHECK(is_retry_of(sample{}.as_entry(), stored));
    stored.way = *route_between(sample{}.draft().ends, false, true);
    CHECK(is_retry_of(sample{}.as_entry(), stored));
}

TEST_CASE("is_retry_of: different content is not a retry")
{
    const auto stored = sample{.metadata = "{}"}.stored(1, 1);
    const auto is_retry = [&](const sample& variant) {
        return is_retry_of(variant.as_entry(), stored);
    };

    CHECK(is_retry({.metadata = "{}"}));
    CHECK_FALSE(is_retry({.conversation = 101, .metadata = "{}"}));
    CHECK_FALSE(is_retry({.from = 12, .metadata = "{}"}));
    CHECK_FALSE(is_retry({.to = 22, .metadata = "{}"}));
    CHECK_FALSE(is_retry({.from = 21, .to = 11, .metadata = "{}"}));
    CHECK_FALSE(is_retry({.text = "Oi", .metadata = "{}"}));
    CHECK_FALSE(is_retry({.metadata = "{ }"}));
    CHECK_FALSE(is_retry({}));
    CHECK_FALSE(is_retry({.stamp = "2018-11-16T23:30:52.6917723Z", .metadata = "{}"}));
    CHECK_FALSE(is_retry({.stamp = "2018-11-16T23:30:52.69177220Z", .metadata = "{}"}));
}

TEST_CASE("is_retry_of: a missing timestamp matches every timestamp")
{
    auto retry = sample{}.as_entry();
    retry.draft.stamp.reset();
    retry.stamp = stamp_of("2026-01-01T00:00:00Z");

    CHECK(is_retry_of(retry, sample{}.stored(1, 1)));
}
