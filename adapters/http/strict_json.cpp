#include "adapters/http/strict_json.hpp"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value_stack.hpp>

#include <string>
#include <unordered_set>
#include <utility>

namespace botapi::http {

namespace json = boost::json;

namespace {

using error_code = boost::system::error_code;

/// Builds a value as Boost's own parser does, and stops at a key that an object has already.
class unique_key_handler {
public:
    static constexpr std::size_t max_object_size = json::object::max_size();
    static constexpr std::size_t max_array_size = json::array::max_size();
    static constexpr std::size_t max_key_size = json::string::max_size();
    static constexpr std::size_t max_string_size = json::string::max_size();

    [[nodiscard]] const std::string& repeated_key() const noexcept { return repeated_key_; }
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
    std::vector<std::unordered_set<std::string>> keys_;
    std::string key_;
    std::string repeated_key_;
};

json::parse_options strict() noexcept
{
    json::parse_options options;
    options.max_depth = json_depth_max;
    return options;
}

/// Steps over parts of a text that is known to be JSON.
class skimmer {
public:
    explicit skimmer(std::string_view text) noexcept : text_{text} {}

    void skip_space() noexcept
    {
        at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size());
    }

    [[nodiscard]] char peek() const noexcept { return at_ < text_.size() ? text_[at_] : '\0'; }

    void skip_one() noexcept { ++at_; }

    /// Takes one value and the white space around it; the value's text.
    std::string_view take_value() noexcept
    {
        skip_space();
        const std::size_t start = at_;
        std::size_t depth = 0;
        do {
            switch (peek()) {
                case '"': skip_string(); break;
                case '{':
                case '[': ++depth, ++at_; break;
                case '}':
                case ']': --depth, ++at_; break;
                default: skip_plain(depth > 0);
            }
        } while (depth > 0);
        const std::string_view value = text_.substr(start, at_ - start);
        skip_space();
        return value;
    }

private:
    void skip_string() noexcept
    {
        for (++at_; text_[at_] != '"'; ++at_) {
            if (text_[at_] == '\\')
                ++at_;
        }
        ++at_;
    }

    /// Numbers and words; inside brackets also what separates values.
    void skip_plain(bool inside) noexcept
    {
        const std::string_view ends = inside ? "\"{}[]" : ",:}] \t\r\n";
        at_ = std::min(text_.find_first_of(ends, at_), text_.size());
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

bool is_key(std::string_view quoted, std::string_view name)
{
    if (quoted.find('\\') == std::string_view::npos)
        return quoted.substr(1, quoted.size() - 2) == name;
    return json::parse(quoted).as_string() == name;
}

}  // namespace

botcore::result<json::value> parse_json(std::string_view text)
{
    json::basic_parser<unique_key_handler> parser{strict()};
    error_code ec;
    const std::size_t read = parser.write_some(false, text.data(), text.size(), ec);
    if (!ec && read < text.size())
        ec = json::error::extra_data;
    if (!ec)
        return parser.handler().release();

    const std::string place = " (at byte " + std::to_string(read) + ")";
    if (!parser.handler().repeated_key().empty()) {
        return botcore::refuse(
            botcore::errc::invalid_argument,
            "The key \"" + parser.handler().repeated_key() + "\" stands twice in one object" +
                place + "."
        );
    }
    if (ec == json::error::too_deep) {
        return botcore::refuse(
            botcore::errc::invalid_argument,
            "The JSON text is nested deeper than " + std::to_string(json_depth_max) + " levels" +
                place + "."
        );
    }
    return botcore::refuse(
        botcore::errc::invalid_argument, "This is not JSON: " + ec.message() + place + "."
    );
}

std::string_view raw_member(std::string_view object, std::string_view name)
{
    skimmer rest{object};
    rest.skip_space();
    rest.skip_one();
    rest.skip_space();
    while (rest.peek() == '"') {
        const std::string_view key = rest.take_value();
        rest.skip_one();
        const std::string_view value = rest.take_value();
        if (is_key(key, name))
            return value;
        rest.skip_one();
        rest.skip_space();
    }
    return {};
}

std::vector<std::string_view> raw_elements(std::string_view array)
{
    std::vector<std::string_view> elements;
    skimmer rest{array};
    rest.skip_space();
    rest.skip_one();
    rest.skip_space();
    while (rest.peek() != ']') {
        elements.push_back(rest.take_value());
        if (rest.peek() == ',')
            rest.skip_one();
    }
    return elements;
}

}  // namespace botapi::http
