#include "adapters/http/codec/strict_json.hpp"

#include "adapters/wire/text_encoding.hpp"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/value_stack.hpp>

#include <cmath>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace botapi::http {

namespace json = boost::json;

namespace {

using error_code = boost::system::error_code;

/// Builds a value as Boost's own parser does, and stops at a duplicate key of an object.
class unique_key_handler {
public:
    static constexpr std::size_t max_object_size = json::object::max_size();
    static constexpr std::size_t max_array_size = json::array::max_size();
    static constexpr std::size_t max_key_size = json::string::max_size();
    static constexpr std::size_t max_string_size = json::string::max_size();

    /// The duplicate key at which parsing stopped, if it did.
    [[nodiscard]] const std::optional<std::string>& repeated_key() const noexcept
    {
        return repeated_key_;
    }
    json::value release() { return values_.release(); }

    bool on_document_begin(error_code& /*ec*/)
    {
        values_.reset();
        return true;
    }
    bool on_document_end(error_code& /*ec*/) { return true; }

    bool on_object_begin(error_code& /*ec*/)
    {
        keys_.emplace_back();
        return true;
    }
    bool on_object_end(std::size_t size, error_code& /*ec*/)
    {
        keys_.pop_back();
        values_.push_object(size);
        return true;
    }
    bool on_array_begin(error_code& /*ec*/) { return true; }
    bool on_array_end(std::size_t size, error_code& /*ec*/)
    {
        values_.push_array(size);
        return true;
    }

    bool on_key_part(json::string_view part, std::size_t /*size*/, error_code& /*ec*/)
    {
        key_ += part;
        values_.push_chars(part);
        return true;
    }
    bool on_key(json::string_view part, std::size_t /*size*/, error_code& ec)
    {
        key_ += part;
        values_.push_key(part);
        if (!keys_.back().insert(key_).second) {
            repeated_key_ = std::exchange(key_, {});
            ec = json::error::syntax;
            return false;
        }
        key_.clear();
        return true;
    }

    bool on_string_part(json::string_view part, std::size_t /*size*/, error_code& /*ec*/)
    {
        values_.push_chars(part);
        return true;
    }
    bool on_string(json::string_view part, std::size_t /*size*/, error_code& /*ec*/)
    {
        values_.push_string(part);
        return true;
    }
    bool on_number_part(json::string_view /*part*/, error_code& /*ec*/) { return true; }
    bool on_int64(std::int64_t number, json::string_view /*text*/, error_code& /*ec*/)
    {
        values_.push_int64(number);
        return true;
    }
    bool on_uint64(std::uint64_t number, json::string_view /*text*/, error_code& /*ec*/)
    {
        values_.push_uint64(number);
        return true;
    }
    bool on_double(double number, json::string_view /*text*/, error_code& /*ec*/)
    {
        values_.push_double(number);
        return true;
    }
    bool on_bool(bool value, error_code& /*ec*/)
    {
        values_.push_bool(value);
        return true;
    }
    bool on_null(error_code& /*ec*/)
    {
        values_.push_null();
        return true;
    }
    bool on_comment_part(json::string_view /*part*/, error_code& /*ec*/) { return true; }
    bool on_comment(json::string_view /*part*/, error_code& /*ec*/) { return true; }

private:
    json::value_stack values_;
    std::vector<std::set<std::string>> keys_;  // No hash tables: clients could choose collisions.
    std::string key_;
    std::optional<std::string> repeated_key_;
};

json::parse_options strict(std::size_t depth_max) noexcept
{
    json::parse_options options;
    options.max_depth = depth_max;
    return options;
}

/// Whether a text ends with an escape of the first half of a surrogate pair, as in `\ud83d`.
bool ends_with_half_pair(std::string_view text) noexcept
{
    constexpr std::size_t escape_size = 6;
    if (text.size() < escape_size)
        return false;
    const auto escape = text.substr(text.size() - escape_size);
    return escape.starts_with("\\u") && (escape[2] == 'd' || escape[2] == 'D') &&
           std::string_view{"89abAB"}.find(escape[3]) != std::string_view::npos;
}

/// Explains to the client, in sentences, why the parser stopped at `read`.
std::string fault_of_text(
    std::string_view text,
    std::size_t read,
    const error_code& why,
    std::size_t depth_max
)
{
    if (text.find_first_not_of(" \t\r\n") == std::string_view::npos)
        return "This is not JSON: the text is empty.";
    const std::string position = " (at byte " + std::to_string(read) + ")";
    if (why == json::error::too_deep) {
        return "The JSON text is nested deeper than " + std::to_string(depth_max) + " levels" +
               position + ".";
    }
    if (auto fault = wire::fault_of_encoding(text))
        return *std::move(fault);
    if (text.starts_with(wire::byte_order_mark))
        return "A byte order mark stands before the text. Only the first line may have one.";
    if (ends_with_half_pair(text.substr(0, read)) ||
        why == json::error::illegal_leading_surrogate ||
        why == json::error::illegal_trailing_surrogate ||
        why == json::error::expected_utf16_escape) {
        return "An escape stands for half of a surrogate pair" + position +
               ". Write both halves, as in \\ud83d\\ude00, or the character itself.";
    }
    return "This is not JSON: " + why.message() + position + ".";
}

}  // namespace

botcore::result<json::value> parse_json(std::string_view text, std::size_t depth_max)
{
    json::basic_parser<unique_key_handler> parser{strict(depth_max)};
    error_code ec;
    const std::size_t read = parser.write_some(false, text.data(), text.size(), ec);
    if (!ec && read < text.size())
        ec = json::error::extra_data;
    if (!ec)
        return parser.handler().release();

    const std::string position = " (at byte " + std::to_string(read) + ")";
    if (const auto& repeated = parser.handler().repeated_key()) {
        return botcore::refuse(
            botcore::errc::invalid_argument,
            "The key \"" + repeated->substr(0, 64) + "\" occurs twice in one object" + position +
                "."
        );
    }
    return botcore::refuse(
        botcore::errc::invalid_argument,
        fault_of_text(text, read, ec, depth_max)
    );
}

std::optional<std::int64_t> whole_number(const json::value& value) noexcept
{
    constexpr double exact_max = 9'007'199'254'740'992;
    if (const auto* const number = value.if_int64())
        return *number;
    const auto* const real = value.if_double();
    if (real == nullptr || std::abs(*real) > exact_max || std::trunc(*real) != *real)
        return std::nullopt;
    return static_cast<std::int64_t>(*real);
}

}  // namespace botapi::http
