#include "adapters/http/codec/raw_json.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>
#include <cstddef>

namespace botapi::http {

namespace {

/// Skips parts of a text that is known to be JSON.
class skimmer {
public:
    explicit skimmer(std::string_view text) noexcept : text_{text} {}

    void skip_space() noexcept
    {
        at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size());
    }

    [[nodiscard]] char peek() const noexcept { return at_ < text_.size() ? text_[at_] : '\0'; }

    void skip_one() noexcept { ++at_; }

    /// Skips one value and the white space around it. Returns the text of the value.
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

    /// Skips numbers and words; inside brackets also the separators between values.
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
    return boost::json::parse(quoted).as_string() == name;
}

}  // namespace

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
