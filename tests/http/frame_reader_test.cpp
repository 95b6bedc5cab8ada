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

TEST_CASE("frame_reader: a violation of the protocol is reported", "[http]")
{
    using enum close_code;
    const std::string long_ping(126, 'x');
    const std::vector<std::pair<std::string, close_code>> stories{
        {frame(0x91, "reserved bit"), protocol_error},
        {frame(deflated_text, "not agreed on"), protocol_error},
        {frame(0x83, "no such kind"), protocol_error},
        {frame(0x8B, "no such control frame"), protocol_error},
        {"\x81\x03Oi!", protocol_error},  // Not masked.
        {frame(0x09, "a fragmented ping"), protocol_error},
        {frame(0x89, long_ping), protocol_error},
        {frame(0x80, "a continuation of nothing"), protocol_error},
        {frame(0x01, "a message") + frame(final_text, "within another"), protocol_error},
        {frame(0x82, "binary"), unsupported_data},
        {"\x81" + length(16, 125), protocol_error},
        {"\x81" + length(64, 65'535), protocol_error},
        {"\x81" + length(64, 1ULL << 63U), protocol_error},
        {"\x81" + length(64, 200'001), too_large},
        {frame(0x01, std::string(150'000, 'x')) + "\x80" + length(64, 100'000), too_large},
        {frame(final_text, "\xFF"), invalid_text},
        {frame(final_text, "Ol\xC3"), invalid_text},
        {frame(0x88, "1"), protocol_error},
        {frame(0x88, "\x03\xED"), protocol_error},  // 1005.
        {frame(0x88, "\x03\xE8\xFF"), invalid_text},
        {frame(0x88, "\x03\xE8\xC3"), invalid_text}};

    for (auto [bytes, code] : stories) {
        // The masks of those that are headers alone.
        CAPTURE(bytes.substr(0, 20));
        CHECK(fault_of(texts, bytes + "\x01\x02\x03\x04") == code);
    }
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

/// Admits some messages, and lets so many bytes of one be held.
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

TEST_CASE("frame reader: of what is not admitted only short messages are read", "[http]")
{
    given_admission admission;
    admission.admitted = 1;
    const frame_rules rules{.size_max = 200'000, .takes_deflated = true, .admission = &admission};
    const std::string short_one = "short";
    const std::string long_one(2'000, 'x');

    const auto told = read(
        rules,
        frame(final_text, long_one) + frame(final_text, short_one) + frame(final_text, long_one) +
            frame(deflated_text, deflate(short_one, {})) +
            frame(deflated_text, deflate(long_one, {}))
    );

    REQUIRE(told.events.size() == 5);
    CHECK_FALSE(told.fault);
    CHECK(told.events[0].content == long_one);
    CHECK(told.events[1].content == short_one);
    CHECK(told.events[2].is_refused);
    CHECK(told.events[2].content.empty());
    CHECK(told.events[3].content == short_one);
    CHECK(told.events[4].is_refused);
}

TEST_CASE("frame reader: a deflated message may not grow without measure", "[http]")
{
    const frame_rules rules{.size_max = 1'000'000, .takes_deflated = true};

    CHECK(
        read(rules, frame(deflated_text, deflate(std::string(100'000, 'x'), {}))).events.size() == 1
    );
    const auto bomb = read(rules, frame(deflated_text, deflate(std::string(900'000, 'x'), {})));
    REQUIRE(bomb.fault);
    CHECK(bomb.fault->code == close_code::too_large);
}

TEST_CASE("frame reader: what is held of a message is counted until it is whole", "[http]")
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
    CHECK(read(rules, frame(0x01, std::string(90, 'x')) + frame(0x80, "x")).events.size() == 1);
    CHECK(admission.held == 0);
}
