// Input: a byte that chooses the rules, one that chooses the size of the parts, and the bytes that
// a client sends over a WebSocket.
#include "adapters/http/websocket/deflate.hpp"
#include "adapters/http/websocket/frame.hpp"
#include "adapters/http/websocket/frame_reader.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <botcore/domain/text.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace botapi::fuzz {

namespace {

using http::frame_reader;
using http::frame_rules;
using http::opcode;
using http::socket_event;
using http::socket_fault;

/// The result of reading a client's bytes.
struct outcome {
    std::vector<socket_event> events{};
    std::optional<http::close_code> fault{};
    bool is_within = false;  ///< Whether a frame or a message is incomplete.
};

outcome read(const frame_rules& rules, std::string_view bytes, std::size_t step)
{
    frame_reader reader{rules};
    outcome result;
    for (std::size_t at = 0; at < bytes.size(); at += step) {
        auto part = bytes.substr(at, step);
        for (;;) {
            auto reading = reader.read(part);
            if (auto* const event = std::get_if<socket_event>(&reading)) {
                result.events.push_back(std::move(*event));
                continue;
            }
            if (const auto* const fault = std::get_if<socket_fault>(&reading)) {
                require(!fault->reason.empty(), "a fault has a reason");
                result.fault = fault->code;
                return result;
            }
            break;
        }
        require(part.empty(), "the reader keeps the bytes of an incomplete event");
    }
    result.is_within = reader.is_within();
    return result;
}

void try_event(const frame_rules& rules, const socket_event& event)
{
    require(event.kind != opcode::continuation, "messages are whole");
    require(
        rules.takes_binary || event.kind != opcode::binary,
        "binary messages are accepted only if allowed"
    );
    if (http::is_control(event.kind)) {
        require(event.content.size() <= http::control_size_max, "control frames are small");
    } else {
        require(event.content.size() <= rules.size_max, "a message keeps its limit");
    }
    if (event.kind == opcode::text)
        require(botcore::count_code_points(event.content).has_value(), "a text is UTF-8");
    if (event.kind == opcode::close && !event.content.empty()) {
        require(event.content.size() >= 2, "a close code is whole");
        const auto reason = std::string_view{event.content}.substr(2);
        require(botcore::count_code_points(reason).has_value(), "a reason is UTF-8");
    }
}

bool is_same(const outcome& left, const outcome& right)
{
    return left.fault == right.fault && left.is_within == right.is_within &&
           std::ranges::equal(
               left.events,
               right.events,
               [](const socket_event& one, const socket_event& other) {
                   return one.kind == other.kind && one.content == other.content;
               }
           );
}

/// A client's frame: a server's frame, masked with zeros.
std::string frame_of(std::string_view content, bool is_deflated)
{
    auto head = http::frame_head(opcode::binary, content.size(), is_deflated);
    head.at(1) = static_cast<char>(static_cast<unsigned char>(head.at(1)) | 0x80U);
    return head.append(4, '\0').append(content);
}

/// The reader reads what a writer has written.
void try_round_trip(std::string_view content)
{
    const frame_rules rules{.size_max = 4'096, .takes_binary = true, .takes_deflated = true};
    const http::deflate_terms terms{.window_bits = 9 + static_cast<int>(hash_of(content) % 7)};
    for (const bool is_deflated : {false, true}) {
        const auto sent = is_deflated ? http::deflate(content, terms) : std::string{content};
        const auto result = read(rules, frame_of(sent, is_deflated), 4'096);
        require(result.events.size() == 1 && !result.is_within, "a message arrives");
        require(result.events.front().content == content, "a message arrives unchanged");
    }
}

}  // namespace

void try_input(std::string_view input)
{
    if (input.size() < 2)
        return;
    const auto choice = static_cast<unsigned char>(input[0]);
    const auto bytes = input.substr(2);
    const frame_rules rules{
        .size_max = choice / 4U * 4U,
        .takes_binary = (choice & 1U) != 0,
        .takes_deflated = (choice & 2U) != 0};

    const auto at_once = read(rules, bytes, std::max<std::size_t>(bytes.size(), 1));
    const auto in_parts = read(rules, bytes, 1 + static_cast<unsigned char>(input[1]) % 32);
    require(is_same(at_once, in_parts), "parts may be cut anywhere");
    for (const auto& event : at_once.events)
        try_event(rules, event);

    if (const auto terms = http::accept_deflate(bytes)) {
        require(terms->window_bits >= 9 && terms->window_bits <= 15, "a window keeps its limits");
        const auto answer = http::to_text(*terms);
        require(answer.find_first_of("\r\n") == std::string::npos, "an answer is one line");
    }
    if (hash_of(input) % 16 == 0)  // It takes longer than the rest.
        try_round_trip(bytes);
}

}  // namespace botapi::fuzz
