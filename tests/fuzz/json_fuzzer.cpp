// Input: a JSON body of POST /messages.
#include "adapters/http/codec/json_text.hpp"
#include "adapters/http/codec/message_codec.hpp"
#include "adapters/http/codec/raw_json.hpp"
#include "adapters/http/codec/strict_json.hpp"
#include "adapters/http/options.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <botcore/app/message_service.hpp>
#include <botcore/domain/draft.hpp>
#include <botcore/domain/text.hpp>
#include <botcore/memory/memory_storage.hpp>
#include <botcore/system/system_clock.hpp>
#include <botcore/system/system_ids.hpp>

#include <boost/json/parse.hpp>

#include <algorithm>
#include <string>

namespace botapi::fuzz {

namespace {

namespace json = boost::json;

constexpr botcore::message_limits limits{.text_size_max = 64, .metadata_size_max = 48};

/// Reads messages without storing them.
class reader {
public:
    botcore::result<botcore::draft> read(const json::value& value, std::string_view text)
    {
        return http::read_message(value, text, service_);
    }

private:
    botcore::memory::memory_storage storage_;
    botcore::system::system_clock clock_;
    botcore::system::system_ids ids_{clock_};
    botcore::message_service service_{storage_.messages(), clock_, ids_, limits};
};

/// As `==`, but takes all numbers with a fraction for equal: Boost reads `0e400` as a number that
/// is not equal to itself. The server uses none of them, and keeps their text.
bool is_same(const json::value& left, const json::value& right)
{
    if (left.is_double() && right.is_double())
        return true;
    if (left.is_array() && right.is_array())
        return std::ranges::equal(left.get_array(), right.get_array(), is_same);
    if (!left.is_object() || !right.is_object())
        return left == right;
    return std::ranges::equal(
        left.get_object(),
        right.get_object(),
        [](const json::key_value_pair& one, const json::key_value_pair& other) {
            return one.key() == other.key() && is_same(one.value(), other.value());
        }
    );
}

json::value reread(std::string_view text)
{
    json::parse_options options;
    options.max_depth = http::limits{}.json_depth_max;
    return json::parse({text.data(), text.size()}, {}, options);
}

/// The raw text of each part has the same meaning as its value.
void try_raw_parts(const json::value& value, std::string_view text)
{
    if (const auto* const object = value.if_object()) {
        for (const auto& member : *object) {
            const std::string_view name{member.key().data(), member.key().size()};
            const auto raw = http::raw_member(text, name);
            require(is_same(reread(raw), member.value()), "a member's text is the member's");
        }
    }
    if (const auto* const array = value.if_array()) {
        const auto raw = http::raw_elements(text);
        require(raw.size() == array->size(), "every element has its text");
        for (std::size_t at = 0; at < raw.size(); ++at)
            require(is_same(reread(raw[at]), (*array)[at]), "an element's text is the element's");
    }
}

/// The message as the server would store and return it.
std::string answer_for(const botcore::draft& draft)
{
    const botcore::route way{
        botcore::bot_id{draft.ends.from.value},
        botcore::direction::outbound,
        botcore::client_id{draft.ends.to.value}};
    return http::to_json(botcore::message{
        .id = draft.id.value_or(botcore::message_id{}),
        .conversation = draft.conversation,
        .stamp = draft.stamp.value_or(botcore::timestamp::from_clock({})),
        .way = way,
        .content = draft.content});
}

void try_message(reader& messages, const json::value& value, std::string_view text)
{
    const auto draft = messages.read(value, text);
    if (!draft) {
        for (const auto& fault : draft.error().faults) {
            require(!fault.detail.empty(), "a fault says what is wrong");
            require(botcore::count_code_points(fault.pointer).has_value(), "a pointer is text");
        }
        return;
    }
    const auto& [body, metadata] = draft->content;
    require(body.size() <= limits.text_size_max, "a text keeps its limit");
    require(!botcore::unreadable_because(body), "a text is readable");
    require(draft->ends.from != draft->ends.to, "nobody talks to themselves");
    if (metadata) {
        require(metadata->size() <= limits.metadata_size_max, "metadata keep their limit");
        require(text.find(*metadata) != std::string_view::npos, "metadata stay as sent");
    }

    const auto written = answer_for(*draft);
    const auto again = http::parse_json(written);
    require(again && again->is_object(), "an answer is JSON");
    const auto reread = messages.read(*again, written);
    require(reread.has_value(), "an answer is a message");
    require(reread->content == draft->content, "the content survives");
    require(reread->ends == draft->ends, "the ends survive");
    require(!draft->stamp || reread->stamp == draft->stamp, "the timestamp survives");
}

}  // namespace

void try_input(std::string_view input)
{
    static reader messages;

    const auto value = http::parse_json(input);
    if (!value) {
        require(!value.error().detail.empty(), "a refusal says why");
        return;
    }
    require(is_same(reread(input), *value), "what is accepted means the same to a lax reader");
    require(botcore::count_code_points(input).has_value(), "JSON is UTF-8");
    try_raw_parts(*value, input);
    if (const auto* const array = value->if_array()) {
        const auto texts = http::raw_elements(input);
        for (std::size_t at = 0; at < texts.size(); ++at)
            try_message(messages, (*array)[at], texts[at]);
    } else {
        try_message(messages, *value, input);
    }
}

}  // namespace botapi::fuzz
