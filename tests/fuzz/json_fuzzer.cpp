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

/// Reads messages, and never stores one.
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

/// As `==`, but for numbers with a fraction: Boost reads `0e400` as one that is unlike itself.
/// Nobody looks at them: what was written is kept.
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

/// What was kept of the text means what the value means.
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

/// As it would be stored and given back.
std::string answered(const botcore::draft& read)
{
    const botcore::route way{
        botcore::bot_id{read.ends.from.value},
        botcore::direction::outbound,
        botcore::client_id{read.ends.to.value}};
    return http::to_json(botcore::message{
        .id = read.id.value_or(botcore::message_id{}),
        .conversation = read.conversation,
        .stamp = read.stamp.value_or(botcore::timestamp::from_clock({})),
        .way = way,
        .content = read.content});
}

void try_message(reader& messages, const json::value& value, std::string_view text)
{
    const auto read = messages.read(value, text);
    if (!read) {
        for (const auto& fault : read.error().faults) {
            require(!fault.detail.empty(), "a fault says what is wrong");
            require(botcore::count_code_points(fault.pointer).has_value(), "a pointer is text");
        }
        return;
    }
    const auto& [said, metadata] = read->content;
    require(said.size() <= limits.text_size_max, "a text keeps its limit");
    require(!botcore::unreadable_because(said), "a text is readable");
    require(read->ends.from != read->ends.to, "nobody talks to themselves");
    if (metadata) {
        require(metadata->size() <= limits.metadata_size_max, "metadata keep their limit");
        require(text.find(*metadata) != std::string_view::npos, "metadata stay as sent");
    }

    const auto written = answered(*read);
    const auto again = http::parse_json(written);
    require(again && again->is_object(), "an answer is JSON");
    const auto reread = messages.read(*again, written);
    require(reread.has_value(), "an answer is a message");
    require(reread->content == read->content, "the content survives");
    require(reread->ends == read->ends, "the ends survive");
    require(!read->stamp || reread->stamp == read->stamp, "the timestamp survives");
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
