#include "adapters/http/websocket/deflate.hpp"

#include "adapters/http/protocol/list_elements.hpp"

#include <boost/beast/zlib/deflate_stream.hpp>
#include <boost/beast/zlib/inflate_stream.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

namespace botapi::http {

namespace zlib = boost::beast::zlib;

namespace {

constexpr int window_bits_max = 15;
constexpr int window_bits_min = 9;  // RFC 7692 allows 8, which zlib does not support reliably.

/// The end of a compressed message, which is not sent (RFC 7692 section 7.2.1).
constexpr std::string_view flush_mark{"\x00\x00\xFF\xFF", 4};

/// A number of bits as RFC 7692 section 7.1.2 writes it, possibly in quotes.
std::optional<int> bits_of(std::string_view text)
{
    if (text.size() > 2 && text.front() == '"' && text.back() == '"')
        text = text.substr(1, text.size() - 2);
    constexpr std::array<std::string_view, 8> known{"8", "9", "10", "11", "12", "13", "14", "15"};
    const auto* const match = std::ranges::find(known, text);
    if (match == known.end())
        return std::nullopt;
    return 8 + static_cast<int>(match - known.begin());
}

/// Reads the parameters of one offer. `read` returns nothing if the offer can't be accepted.
class offer_reader {
public:
    std::optional<deflate_terms> read(std::string_view parameters)
    {
        while (!parameters.empty()) {
            const auto parameter = take_until(parameters, ';');
            const auto equals = parameter.find('=');
            const auto name = trim(parameter.substr(0, equals));
            const bool has_value = equals != std::string_view::npos;
            const auto value = has_value ? trim(parameter.substr(equals + 1)) : std::string_view{};
            if (!take(name, has_value, value))
                return std::nullopt;
        }
        return terms_;
    }

private:
    bool take(std::string_view name, bool has_value, std::string_view value)
    {
        if (name == "server_no_context_takeover")
            return !has_value && is_first(0);
        if (name == "client_no_context_takeover")
            return !has_value && is_first(1);
        if (name == "client_max_window_bits")
            return is_first(2) && (!has_value || bits_of(value));
        if (name != "server_max_window_bits" || !has_value || !is_first(3))
            return false;
        const auto bits = bits_of(value);
        terms_ = {.window_bits = bits.value_or(0), .must_say_bits = true};
        return terms_.window_bits >= window_bits_min;
    }

    /// Each parameter may occur once.
    bool is_first(std::size_t which) { return !std::exchange(seen_.at(which), true); }

    deflate_terms terms_{};
    std::array<bool, 4> seen_{};
};

}  // namespace

std::optional<deflate_terms> accept_deflate(std::string_view offers)
{
    while (!offers.empty()) {
        auto offer = take_until(offers, ',');
        if (take_until(offer, ';') != "permessage-deflate")
            continue;
        if (auto terms = offer_reader{}.read(offer))
            return terms;
    }
    return std::nullopt;
}

std::string to_text(const deflate_terms& terms)
{
    std::string text = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
    if (terms.must_say_bits)
        text += "; server_max_window_bits=" + std::to_string(terms.window_bits);
    return text;
}

std::string deflate(std::string_view content, const deflate_terms& terms)
{
    // A window larger than the content is useless, and costs more than the compression.
    const int needed = static_cast<int>(std::bit_width(content.size()));
    const int bits = std::clamp(needed, window_bits_min, terms.window_bits);
    const int memory = std::clamp(bits - 7, 1, 8);
    zlib::deflate_stream stream;
    stream.reset(6, bits, memory, zlib::Strategy::normal);

    std::string deflated(stream.upper_bound(content.size()) + 2 * flush_mark.size(), '\0');
    zlib::z_params params;
    params.next_in = content.data();
    params.avail_in = content.size();
    params.next_out = deflated.data();
    params.avail_out = deflated.size();
    boost::system::error_code ignored;
    stream.write(params, zlib::Flush::sync, ignored);
    deflated.resize(deflated.size() - params.avail_out);
    deflated.resize(deflated.size() - flush_mark.size());
    return deflated;
}

std::size_t inflated_size_max(std::size_t deflated_size, std::size_t size_max) noexcept
{
    // Twice the longest text of a message. Up to here a message may be as uniform as it likes.
    constexpr std::size_t always = 131'072;
    constexpr std::size_t ratio_max = 100;
    return std::min(size_max, std::max(always, ratio_max * deflated_size));
}

std::variant<std::string, inflate_fault> inflate(std::string_view deflated, std::size_t size_max)
{
    zlib::inflate_stream stream;
    stream.reset(window_bits_max);
    std::string inflated;
    std::array<char, 4'096> part{};
    zlib::z_params params;
    for (const auto input : {deflated, flush_mark}) {
        params.next_in = input.data();
        params.avail_in = input.size();
        do {
            params.next_out = part.data();
            params.avail_out = part.size();
            boost::system::error_code why;
            stream.write(params, zlib::Flush::sync, why);
            // A block that is marked as the last one may be followed by others (section 7.2.3.4).
            if (why == zlib::error::end_of_stream) {
                stream.reset(window_bits_max);
            } else if (why && why != zlib::error::need_buffers)
                return inflate_fault::malformed;
            const std::size_t size = part.size() - params.avail_out;
            if (inflated.size() + size > size_max)
                return inflate_fault::too_large;
            inflated.append(part.data(), size);
        } while (params.avail_in > 0 || params.avail_out == 0);
    }
    return inflated;
}

}  // namespace botapi::http
