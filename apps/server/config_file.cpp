#include "apps/server/config_file.hpp"

#include "adapters/wire/text_encoding.hpp"
#include "apps/server/setting.hpp"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <optional>
#include <system_error>
#include <utility>

namespace botapi::app {

using botcore::errc;
using botcore::refuse;
using botcore::result;

namespace {

constexpr std::string_view blanks = " \t\r";

/// A syntax error in the reader's current line.
struct syntax_fault {
    std::string detail;
};

class config_reader {
public:
    explicit config_reader(std::string_view text) noexcept : rest_{text} {}

    [[nodiscard]] std::size_t line() const noexcept { return line_; }

    std::vector<config_entry> read()
    {
        std::vector<config_entry> entries;
        for (skip_lines(); !rest_.empty(); skip_lines()) {
            config_entry entry{.key = key(), .values = {}, .line = line_};
            entry.values = value();
            skip_blanks();
            if (!rest_.empty() && rest_.front() != '\n' && rest_.front() != '#')
                throw syntax_fault{
                    "unexpected text after the value: put the value in quotation marks"};
            entries.push_back(std::move(entry));
        }
        return entries;
    }

private:
    void skip_blanks()
    {
        rest_.remove_prefix(std::min(rest_.find_first_not_of(blanks), rest_.size()));
    }

    void skip_lines()
    {
        for (;;) {
            skip_blanks();
            if (rest_.starts_with('#'))
                rest_.remove_prefix(std::min(rest_.find('\n'), rest_.size()));
            if (!rest_.starts_with('\n'))
                return;
            rest_.remove_prefix(1);
            ++line_;
        }
    }

    std::string take_until(std::string_view delimiters)
    {
        const auto size = std::min(rest_.find_first_of(delimiters), rest_.size());
        std::string text{rest_.substr(0, size)};
        rest_.remove_prefix(size);
        return text;
    }

    std::string key()
    {
        if (rest_.front() == '[')
            throw syntax_fault{"sections are not supported"};
        if (wire::without_byte_order_mark(rest_).size() < rest_.size())
            throw syntax_fault{"a byte order mark stands within the file: remove it"};
        auto name = take_until(" \t\r\n=#");
        skip_blanks();
        if (name.empty() || !rest_.starts_with('='))
            throw syntax_fault{"a line must be a key, an equals sign and a value"};
        rest_.remove_prefix(1);
        return name;
    }

    std::vector<std::string> value()
    {
        skip_blanks();
        if (!rest_.starts_with('['))
            return {item()};
        rest_.remove_prefix(1);
        std::vector<std::string> items;
        for (bool may_follow = true;;) {
            skip_lines();
            if (rest_.starts_with(']'))
                break;
            if (!may_follow)
                throw syntax_fault{"a comma or ] is missing"};
            items.push_back(item());
            skip_lines();
            may_follow = rest_.starts_with(',');
            rest_.remove_prefix(may_follow ? 1 : 0);
        }
        rest_.remove_prefix(1);
        return items;
    }

    std::string item()
    {
        if (rest_.starts_with('"') || rest_.starts_with('\''))
            return quoted_item();
        auto text = take_until(" \t\r\n,[]#\"'");
        if (text.empty())
            throw syntax_fault{"the value is missing, or needs quotation marks"};
        return text;
    }

    std::string quoted_item()
    {
        const char mark = rest_.front();
        rest_.remove_prefix(1);
        std::string text;
        while (!rest_.empty() && rest_.front() != '\n') {
            const char next = rest_.front();
            rest_.remove_prefix(1);
            if (next == mark)
                return text;
            text += next == '\\' && mark == '"' ? escaped() : next;
        }
        throw syntax_fault{"the closing quotation mark is missing"};
    }

    char escaped()
    {
        if (!rest_.starts_with('"') && !rest_.starts_with('\\'))
            throw syntax_fault{R"(a backslash must come before " or another backslash)"};
        const char next = rest_.front();
        rest_.remove_prefix(1);
        return next;
    }

    std::string_view rest_;
    std::size_t line_ = 1;
};

bool is_control(char character)
{
    const auto code = static_cast<unsigned char>(character);
    return (code < ' ' && character != '\t' && character != '\r' && character != '\n') ||
           code == 0x7f;
}

}  // namespace

result<std::vector<config_entry>> parse_config(std::string_view text)
{
    if (auto fault = wire::fault_of_encoding(text))
        return refuse(errc::invalid_argument, *std::move(fault));
    text = wire::without_byte_order_mark(text);
    if (std::ranges::any_of(text, is_control)) {
        return refuse(
            errc::invalid_argument,
            "the file has control characters, so it is not text."
        );
    }
    config_reader reader{text};
    try {
        return reader.read();
    } catch (const syntax_fault& fault) {
        return refuse(
            errc::invalid_argument,
            "line " + std::to_string(reader.line()) + ": " + fault.detail + '.'
        );
    }
}

result<std::string> read_config_file(const std::string& path)
{
    constexpr std::size_t size_max = 1'048'576;
    errno = 0;
    std::error_code error;
    std::ifstream file{path, std::ios::binary};
    if (std::filesystem::is_directory(path, error)) {
        error = std::make_error_code(std::errc::is_a_directory);
    } else if (!file) {
        error = {errno, std::generic_category()};
    }
    if (error) {
        return refuse(
            errc::invalid_argument,
            "the file " + in_quotes(path) + " can't be read: " + error.message() + '.'
        );
    }
    std::string content(size_max + 1, '\0');
    file.read(content.data(), static_cast<std::streamsize>(content.size()));
    content.resize(static_cast<std::size_t>(file.gcount()));
    if (content.size() > size_max) {
        return refuse(
            errc::invalid_argument,
            "the file " + in_quotes(path) + " is larger than 1MiB."
        );
    }
    return content;
}

}  // namespace botapi::app
