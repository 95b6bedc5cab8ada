#include "adapters/http/websocket/frame_reader.hpp"

#include "adapters/http/websocket/deflate.hpp"

#include <catch2/catch.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

using namespace botapi::http;

namespace {

constexpr frame_rules texts{.size_max = 200'000};
constexpr frame_rules everything{.size_max = 100, .takes_binary = true, .takes_deflated = true};

constexpr unsigned final_text = 0x81;
constexpr unsigned deflated_text = 0xC1;

/// A length as it stands in a header, written with 7, 16 or 64 bits.
std::string length(unsigned bits, std::uint64_t size)
{
    if (bits == 7)
        return {static_cast<char>(0x80U | size)};
    std::string written(1, bits == 16 ? '\xFE' : '\xFF');
    for (int shift = static_cast<int>(bits) - 8; shift >= 0; shift -= 8)
        written += static_cast<char>(size >> static_cast<unsigned>(shift));
    return written;
}

unsigned bits_for(std::size_t size)
{
    return size < 126 ? 7 : size < 65'536 ? 16 : 64;
}

/// A client's frame. Its mask is not zero.
std::string frame(unsigned first, std::string_view content)
{
    constexpr std::string_view mask = "\x12\x34\x56\x78";
    std::string made{static_cast<char>(first)};
    made.append(length(bits_for(content.size()), content.size())).append(mask);
    for (std::size_t at = 0; at < content.size(); ++at)
        made += static_cast<char>(content[at] ^ mask[at % 4]);
    return made;
}

struct story {
    std::vector<socket_event> events{};
    std::optional<socket_fault> fault{};
};

story read(frame_rules rules, std::string_view bytes)
{
    frame_reader tested{rules};
    story outcome;
    for (;;) {
        auto got = tested.read(bytes);
        if (auto* const event = std::get_if<socket_event>(&got)) {
            outcome.events.push_back(std::move(*event));
            continue;
        }
        if (const auto* const fault = std::get_if<socket_fault>(&got))
            outcome.fault = *fault;
        return outcome;
    }
}

std::optional<close_code> fault_of(frame_rules rules, std::string_view bytes)
{
    const auto outcome = read(rules, bytes);
    return outcome.fault ? std::optional{outcome.fault->code} : std::nullopt;
}

}  // namespace

TEST_CASE("frame_reader: messages of every length are read unchanged", "[http]")
{
    for (const std::size_t size : {0U, 1U, 125U, 126U, 65'535U, 65'536U}) {
        const std::string content(size, 'x');
        const auto outcome = read(texts, frame(final_text, content));
        REQUIRE(outcome.events.size() == 1);
        CHECK(outcome.events[0].kind == opcode::text);
        CHECK(outcome.events[0].content == content);
    }
}

TEST_CASE("frame_reader: a ping may come between the parts of a message", "[http]")
{
    const auto outcome = read(
        texts,
        frame(0x01, "Ol\xC3") + frame(0x89, "still there?") + frame(0x00, "\xA1") + frame(0x80, "!")
    );

    REQUIRE(outcome.events.size() == 2);
    CHECK(outcome.events[0].kind == opcode::ping);
    CHECK(outcome.events[0].content == "still there?");
    CHECK(outcome.events[1].content == "Olá!");
}

TEST_CASE("frame_reader: it reports whether a message is incomplete", "[http]")
{
    frame_reader tested{texts};
    const std::string whole = frame(final_text, "Oi!");
    CHECK_FALSE(tested.is_within());

    for (std::size_t at = 0; at < whole.size(); ++at) {
        auto byte = std::string_view{whole}.substr(at, 1);
        const auto got = tested.read(byte);
        CHECK(byte.empty());
        CHECK(tested.is_within() == (at + 1 < whole.size()));
        CHECK((got.index() == 1) == (at + 1 == whole.size()));
    }
}

// Each story is wrong in one way only, which the reason names.
TEST_CASE("frame_reader: a violation of the protocol is reported", "[http]")
{
    using enum close_code;
    constexpr std::string_view reserved = "A reserved bit is set.";
    constexpr std::string_view not_deflated = "This frame can't be deflated.";
    constexpr std::string_view unknown = "The opcode is unknown.";
    constexpr std::string_view unmasked = "A client must mask its frames.";
    constexpr std::string_view fragmented = "A control frame must not be fragmented.";
    constexpr std::string_view long_control = "A control frame carries no more than 125 bytes.";
    constexpr std::string_view not_shortest = "A length is not written in the shortest form.";
    constexpr std::string_view large = "A message is too large.";
    constexpr std::string_view not_text = "A text is not UTF-8.";
    constexpr std::string_view not_a_code = "The close code is not valid.";
    struct wrong {
        std::string bytes;
        close_code code;
        std::string_view reason;
    };
    const std::string begun = frame(0x01, "a message");
    const std::string half(150'000, 'x');
    const std::vector<wrong> stories{
        {frame(0x91, "of extension 2"), protocol_error, reserved},
        {frame(0xA1, "of extension 3"), protocol_error, reserved},
        {frame(0x99, "of a ping"), protocol_error, reserved},
        {frame(deflated_text, "not agreed on"), protocol_error, not_deflated},
        {frame(0xC9, "a ping"), protocol_error, not_deflated},
        {frame(0x83, "a kind"), protocol_error, unknown},
        {begun + frame(0x83, "another kind, where a frame may stand"), protocol_error, unknown},
        {begun + frame(0x87, "the last kind"), protocol_error, unknown},
        {frame(0x8B, "a control frame"), protocol_error, unknown},
        {frame(0x8F, "the last control frame"), protocol_error, unknown},
        {"\x81\x03Oi!", protocol_error, unmasked},
        {std::string{"\x89\x00", 2}, protocol_error, unmasked},
        {frame(0x09, "a ping"), protocol_error, fragmented},
        {frame(0x0A, "a pong"), protocol_error, fragmented},
        {frame(0x08, ""), protocol_error, fragmented},
        {frame(0x89, std::string(126, 'x')), protocol_error, long_control},
        {frame(0x88, std::string(65'536, 'x')), protocol_error, long_control},
        {frame(0x80, "x"), protocol_error, "There is no message to continue."},
        {begun + frame(final_text, "x"), protocol_error, "A message begins within another."},
        {frame(0x82, "x"), unsupported_data, "The server accepts text, not binary messages."},
        {"\x81" + length(16, 0), protocol_error, not_shortest},
        {"\x81" + length(16, 125), protocol_error, not_shortest},
        {"\x81" + length(64, 65'535), protocol_error, not_shortest},
        {"\x81" + length(64, 1ULL << 63U), protocol_error, not_shortest},
        {"\x81" + length(64, 200'001), too_large, large},
        {"\x81" + length(64, (1ULL << 63U) - 1), too_large, large},
        {frame(0x01, half) + "\x80" + length(16, 50'001), too_large, large},
        {frame(final_text, "\xFF"), invalid_text, not_text},
        {frame(0x01, "\xFF"), invalid_text, not_text},
        {begun + frame(0x80, "\xFF"), invalid_text, not_text},
        {frame(final_text, "Ol\xC3"), invalid_text, not_text},
        {frame(0x88, "1"), protocol_error, "A close code has two bytes."},
        {frame(0x88, "\x03\xED"), protocol_error, not_a_code},  // 1005.
        {frame(0x88, "\x03\xE8\xFF"), invalid_text, not_text},
        {frame(0x88, "\x03\xE8\xC3"), invalid_text, not_text}};

    for (const auto& [bytes, code, reason] : stories) {
        // The masks of those that are headers alone.
        CAPTURE(bytes.substr(0, 20));
        const auto outcome = read(texts, bytes + "\x01\x02\x03\x04");
        REQUIRE(outcome.fault);
        CHECK(outcome.fault->code == code);
        CHECK(outcome.fault->reason == reason);
        CHECK(outcome.events.empty());
    }
}

TEST_CASE("frame_reader: a message may be as large as the limit, in one part or in many", "[http]")
{
    const std::string half(100'000, 'x');

    CHECK(read(texts, frame(final_text, half + half)).events.at(0).content == half + half);
    CHECK(read(texts, frame(0x01, half) + frame(0x80, half)).events.at(0).content == half + half);
    CHECK(read(texts, frame(0x89, std::string(125, 'x'))).events.at(0).content.size() == 125);
}

TEST_CASE("frame_reader: the reason of a close is optional", "[http]")
{
    CHECK(read(texts, frame(0x88, "")).events.at(0).kind == opcode::close);
    CHECK(read(texts, frame(0x88, "\x03\xE8so long")).events.at(0).content == "\x03\xE8so long");
}

TEST_CASE("frame_reader: deflated and binary messages need an agreement", "[http]")
{
    const auto deflated = [](std::string_view text) { return deflate(text, {}); };

    CHECK(read(everything, frame(deflated_text, deflated("Olá!"))).events.at(0).content == "Olá!");
    CHECK(read(everything, frame(0x82, "\xFF")).events.at(0).kind == opcode::binary);
    CHECK(read(everything, frame(0xC2, deflated("\xFF"))).events.at(0).content == "\xFF");
    CHECK(fault_of(everything, frame(0xC9, "ping")) == close_code::protocol_error);
    CHECK(fault_of(everything, frame(0x01, "a") + frame(0xC0, "b")) == close_code::protocol_error);
    CHECK(fault_of(everything, frame(deflated_text, "nonsense")) == close_code::invalid_text);
    CHECK(fault_of(everything, frame(deflated_text, deflated("\xFF"))) == close_code::invalid_text);
    CHECK(
        fault_of(everything, frame(deflated_text, deflated("Ol\xC3"))) == close_code::invalid_text
    );
    CHECK(
        fault_of(everything, frame(deflated_text, deflated(std::string(101, 'x')))) ==
        close_code::too_large
    );
}

namespace {

/// Admits the first `admitted` messages, and lets `held_max` bytes of a message be held.
class given_admission final : public message_admission {
public:
    bool admits() override { return admitted-- > 0; }
    bool may_hold(std::size_t size) override
    {
        held = size;
        return size <= held_max;
    }

    int admitted = 0;
    std::size_t held = 0;
    std::size_t held_max = 1'000'000;
};

}  // namespace

TEST_CASE("frame reader: a message that is not admitted is read only if it is short", "[http]")
{
    given_admission admission;
    admission.admitted = 1;
    const frame_rules rules{.size_max = 200'000, .takes_deflated = true, .admission = &admission};
    const std::string short_one = "short";
    const std::string long_one(2'000, 'x');

    const auto result = read(
        rules,
        frame(final_text, long_one) + frame(final_text, short_one) + frame(final_text, long_one) +
            frame(deflated_text, deflate(short_one, {})) +
            frame(deflated_text, deflate(long_one, {}))
    );

    REQUIRE(result.events.size() == 5);
    CHECK_FALSE(result.fault);
    CHECK(result.events[0].content == long_one);
    CHECK(result.events[1].content == short_one);
    CHECK(result.events[2].is_refused);
    CHECK(result.events[2].content.empty());
    CHECK(result.events[3].content == short_one);
    CHECK(result.events[4].is_refused);
}

TEST_CASE("frame reader: a deflated message may not grow without limit", "[http]")
{
    const frame_rules rules{.size_max = 1'000'000, .takes_deflated = true};

    CHECK(
        read(rules, frame(deflated_text, deflate(std::string(100'000, 'x'), {}))).events.size() == 1
    );
    const auto bomb = read(rules, frame(deflated_text, deflate(std::string(900'000, 'x'), {})));
    REQUIRE(bomb.fault);
    CHECK(bomb.fault->code == close_code::too_large);
    CHECK(bomb.fault->reason == "A message is too large.");
    const auto nonsense = read(rules, frame(deflated_text, "nonsense"));
    REQUIRE(nonsense.fault);
    CHECK(nonsense.fault->code == close_code::invalid_text);
    CHECK(nonsense.fault->reason == "A message can't be inflated.");
}

TEST_CASE("frame reader: the held bytes of a message are counted until it is complete", "[http]")
{
    given_admission admission;
    admission.admitted = 9;
    admission.held_max = 100;
    const frame_rules rules{.size_max = 200'000, .admission = &admission};
    const auto whole = frame(final_text, std::string(200, 'x'));

    CHECK(read(rules, whole).events.size() == 1);
    CHECK(read(rules, whole.substr(0, 60)).events.empty());
    CHECK(admission.held > 0);
    const auto too_much = read(rules, whole.substr(0, whole.size() - 1));
    REQUIRE(too_much.fault);
    CHECK(too_much.fault->code == close_code::try_again_later);
    CHECK(
        too_much.fault->reason == "The server holds too many unfinished messages. Try again later."
    );
    CHECK(read(rules, frame(0x01, std::string(90, 'x')) + frame(0x80, "x")).events.size() == 1);
    CHECK(admission.held == 0);
}
