#include "adapters/http/websocket/frame_reader.hpp"

#include "adapters/http/websocket/deflate.hpp"

#include <algorithm>
#include <span>
#include <utility>

namespace botapi::http {

namespace {

constexpr unsigned final_bit = 0x80;
constexpr unsigned deflated_bit = 0x40;
constexpr unsigned reserved_bits = 0x30;
constexpr unsigned mask_bit = 0x80;
constexpr std::size_t mask_size = 4;
constexpr unsigned two_bytes = 126;
constexpr unsigned eight_bytes = 127;

constexpr socket_fault broken(std::string_view reason)
{
    return {close_code::protocol_error, reason};
}

constexpr socket_fault not_text{close_code::invalid_text, "A text is not UTF-8."};

bool is_known(opcode kind) noexcept
{
    switch (kind) {
        case opcode::continuation:
        case opcode::text:
        case opcode::binary:
        case opcode::close:
        case opcode::ping:
        case opcode::pong: return true;
    }
    return false;
}

std::uint64_t number_in(std::span<const unsigned char> bytes) noexcept
{
    std::uint64_t number = 0;
    for (const auto byte : bytes)
        number = (number << 8U) | byte;
    return number;
}

}  // namespace

auto frame_reader::read(std::string_view& bytes) -> outcome
{
    for (;;) {
        if (!has_head_) {
            auto fault = take_head(bytes);
            if (!has_head_ || fault.index() != 0)
                return fault;
        }
        auto progress = take_content(bytes);
        if (progress.index() != 0 || has_head_)
            return progress;
    }
}

std::size_t frame_reader::head_size_needed() const noexcept
{
    if (head_size_ < 2)
        return 2;
    const unsigned size = head_at(1) & ~mask_bit;
    const std::size_t extended = size == eight_bytes ? 8 : size == two_bytes ? 2 : 0;
    return 2 + extended + mask_size;
}

auto frame_reader::take_head(std::string_view& bytes) -> outcome
{
    while (head_size_ < head_size_needed()) {
        if (bytes.empty())
            return {};
        head_.at(head_size_++) = static_cast<unsigned char>(bytes.front());
        bytes.remove_prefix(1);
        if (head_size_ == 2) {
            if (auto fault = check_start(); fault.index() != 0)
                return fault;
        }
    }
    return begin_content();
}

/// Checks the first two bytes of a header.
auto frame_reader::check_start() -> outcome
{
    const unsigned first = head_at(0);
    kind_ = static_cast<opcode>(first & 0x0FU);
    const bool is_first = kind_ == opcode::text || kind_ == opcode::binary;
    if ((first & reserved_bits) != 0)
        return broken("A reserved bit is set.");
    if ((first & deflated_bit) != 0 && (!rules_.takes_deflated || !is_first))
        return broken("This frame can't be deflated.");
    if (!is_known(kind_))
        return broken("The opcode is unknown.");
    if ((head_at(1) & mask_bit) == 0)
        return broken("A client must mask its frames.");
    if (is_control(kind_)) {
        if ((first & final_bit) == 0)
            return broken("A control frame must not be fragmented.");
        if ((head_at(1) & ~mask_bit) > control_size_max)
            return broken("A control frame carries no more than 125 bytes.");
        return {};
    }
    if (is_first == is_within_message_)
        return broken(
            is_first ? "A message begins within another." : "There is no message to continue."
        );
    if (kind_ == opcode::binary && !rules_.takes_binary)
        return socket_fault{
            close_code::unsupported_data,
            "The server accepts text, not binary messages."};
    return {};
}

auto frame_reader::begin_content() -> outcome
{
    const unsigned size = head_at(1) & ~mask_bit;
    const std::span head{head_};
    missing_ = size;
    if (size == two_bytes) {
        missing_ = number_in(head.subspan(2, 2));
        if (missing_ < two_bytes)
            return broken("A length is not written in the shortest form.");
    } else if (size == eight_bytes) {
        missing_ = number_in(head.subspan(2, 8));
        if (missing_ <= 0xFFFF || (missing_ >> 63U) != 0)
            return broken("A length is not written in the shortest form.");
    }
    if (!is_control(kind_)) {
        if (missing_ > rules_.size_max - message_.size())
            return socket_fault{close_code::too_large, "A message is too large."};
        if (kind_ != opcode::continuation) {
            is_within_message_ = true;
            message_kind_ = kind_;
            is_deflated_ = (head_at(0) & deflated_bit) != 0;
            text_ = {};
        }
    }
    mask_at_ = 0;
    has_head_ = true;
    return {};
}

auto frame_reader::take_content(std::string_view& bytes) -> outcome
{
    auto& into = is_control(kind_) ? control_ : message_;
    const auto before = into.size();
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(missing_, bytes.size()));
    into.append(bytes.substr(0, count));
    bytes.remove_prefix(count);
    missing_ -= count;

    const auto mask = std::span{head_}.subspan(head_size_ - mask_size, mask_size);
    for (std::size_t at = before; at < into.size(); ++at)
        into[at] = static_cast<char>(static_cast<unsigned char>(into[at]) ^ mask[mask_at_++ % 4]);
    const bool is_plain_text = !is_control(kind_) && message_kind_ == opcode::text && !is_deflated_;
    if (is_plain_text && !text_.take(std::string_view{into}.substr(before)))
        return not_text;
    if (missing_ == 0)
        return end_frame();
    return is_control(kind_) ? outcome{} : check_held();
}

/// Checks whether the server may go on holding the part of a message that has arrived.
auto frame_reader::check_held() -> outcome
{
    if (rules_.admission == nullptr || rules_.admission->may_hold(message_.size()))
        return {};
    return socket_fault{
        close_code::try_again_later,
        "The server holds too many unfinished messages. Try again later."};
}

auto frame_reader::end_frame() -> outcome
{
    const bool is_final = (head_at(0) & final_bit) != 0;
    has_head_ = false;
    head_size_ = 0;
    if (is_control(kind_))
        return end_control();
    return is_final ? end_message() : check_held();
}

auto frame_reader::end_message() -> outcome
{
    is_within_message_ = false;
    auto content = std::exchange(message_, {});
    bool is_admitted = true;
    if (rules_.admission != nullptr) {
        rules_.admission->may_hold(0);
        is_admitted = rules_.admission->admits();
    }
    const socket_event refused{message_kind_, {}, true};
    if (!is_admitted && content.size() > short_size_max)
        return refused;
    if (is_deflated_) {
        const auto size_max = is_admitted ? inflated_size_max(content.size(), rules_.size_max)
                                          : short_size_max;
        auto inflated = inflate(content, size_max);
        if (const auto* const fault = std::get_if<inflate_fault>(&inflated)) {
            if (*fault == inflate_fault::too_large && !is_admitted)
                return refused;
            if (*fault == inflate_fault::too_large)
                return socket_fault{close_code::too_large, "A message is too large."};
            return socket_fault{close_code::invalid_text, "A message can't be inflated."};
        }
        content = std::get<std::string>(std::move(inflated));
        if (message_kind_ == opcode::text && !text_.take(content))
            return not_text;
    }
    if (message_kind_ == opcode::text && !text_.is_whole())
        return not_text;
    return socket_event{message_kind_, std::move(content)};
}

auto frame_reader::end_control() -> outcome
{
    auto content = std::exchange(control_, {});
    if (kind_ != opcode::close || content.empty())
        return socket_event{kind_, std::move(content)};
    if (content.size() == 1)
        return broken("A close code has two bytes.");
    const auto code = (static_cast<unsigned>(static_cast<unsigned char>(content[0])) << 8U) |
                      static_cast<unsigned char>(content[1]);
    if (!is_close_code(code))
        return broken("The close code is not valid.");
    utf8_check reason;
    if (!reason.take(std::string_view{content}.substr(2)) || !reason.is_whole())
        return not_text;
    return socket_event{kind_, std::move(content)};
}

}  // namespace botapi::http
