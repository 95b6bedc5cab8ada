#include "tests/fuzz/chunked_reader.hpp"

#include <algorithm>
#include <cstdint>

namespace botapi::fuzz {

namespace {

struct malformed {};

bool is_token_char(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view{"!#$%&'*+-.^_`|~"}.find(c) != std::string_view::npos;
}

bool is_text(char c)
{
    const auto code = static_cast<unsigned char>(c);
    return c == '\t' || (code >= 0x20 && code != 0x7f);
}

class grammar {
public:
    explicit grammar(std::string_view text) : text_{text} {}

    chunked_body read()
    {
        chunked_body body{};
        while (const auto size = chunk_size()) {
            extensions();
            line_end();
            if (size > text_.size() - at_)
                throw malformed{};
            body.content.append(text_, at_, size);
            at_ += size;
            line_end();
        }
        extensions();
        line_end();
        while (peek() != '\r')
            trailer();
        line_end();
        body.size = at_;
        return body;
    }

private:
    [[nodiscard]] char peek() const
    {
        if (at_ >= text_.size())
            throw malformed{};
        return text_[at_];
    }

    void take(char expected)
    {
        if (peek() != expected)
            throw malformed{};
        ++at_;
    }

    void line_end()
    {
        take('\r');
        take('\n');
    }

    void spaces()
    {
        while (peek() == ' ' || peek() == '\t')
            ++at_;
    }

    void token()
    {
        if (!is_token_char(peek()))
            throw malformed{};
        while (is_token_char(peek()))
            ++at_;
    }

    std::uint64_t chunk_size()
    {
        constexpr std::string_view digits = "0123456789abcdef0123456789ABCDEF";
        std::uint64_t size = 0;
        const auto begin = at_;
        for (auto digit = digits.find(peek()); digit != std::string_view::npos;
             digit = digits.find(peek())) {
            if (size >> 60U != 0)
                throw malformed{};
            size = (size << 4U) | (digit % 16);
            ++at_;
        }
        if (at_ == begin)
            throw malformed{};
        return size;
    }

    void extensions()
    {
        while (peek() != '\r') {
            spaces();
            take(';');
            spaces();
            token();
            const auto after_name = at_;
            spaces();
            if (peek() != '=') {
                at_ = after_name;
                continue;
            }
            take('=');
            spaces();
            if (peek() == '"')
                quoted_string();
            else
                token();
        }
    }

    void quoted_string()
    {
        take('"');
        while (peek() != '"') {
            if (peek() == '\\')
                ++at_;
            if (!is_text(peek()))
                throw malformed{};
            ++at_;
        }
        take('"');
    }

    void trailer()
    {
        token();
        take(':');
        while (is_text(peek()))
            ++at_;
        line_end();
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

}  // namespace

std::optional<chunked_body> read_chunked(std::string_view text)
{
    try {
        return grammar{text}.read();
    } catch (const malformed&) {
        return std::nullopt;
    }
}

}  // namespace botapi::fuzz
