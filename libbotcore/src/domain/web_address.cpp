#include <botcore/domain/hexadecimal.hpp>
#include <botcore/domain/web_address.hpp>

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

namespace botcore {

namespace {

constexpr std::string_view decimal_digits = "0123456789";
constexpr std::string_view name_characters = "abcdefghijklmnopqrstuvwxyz0123456789-_";

bool is_all_of(std::string_view text, std::string_view characters) noexcept
{
    return text.find_first_not_of(characters) == std::string_view::npos;
}

/// Whether RFC 3986 allows the character in a URL without fragment.
bool is_url_character(char one) noexcept
{
    constexpr std::string_view excluded = "\"<>\\^`{|}#";
    return one > ' ' && one < '\x7f' && excluded.find(one) == std::string_view::npos;
}

std::string lower(std::string_view text)
{
    std::string made{text};
    for (char& one : made) {
        if (one >= 'A' && one <= 'Z')
            one = static_cast<char>(one - 'A' + 'a');
    }
    return made;
}

/// Removes the text up to and including `end` from the front of `rest`. Returns that text without
/// `end`.
std::string_view take_until(std::string_view& rest, char end) noexcept
{
    const auto at = rest.find(end);
    const auto taken = rest.substr(0, at);
    rest.remove_prefix(at == std::string_view::npos ? rest.size() : at + 1);
    return taken;
}

/// A decimal number without leading zeros.
std::optional<unsigned> number_in(std::string_view text, unsigned max) noexcept
{
    unsigned value = 0;
    const auto* const end = text.data() + text.size();
    const auto [read, why] = std::from_chars(text.data(), end, value);
    if (text.empty() || (text.size() > 1 && text.front() == '0') || why != std::errc{} ||
        read != end || value > max)
        return std::nullopt;
    return value;
}

bool is_ipv4(std::string_view host) noexcept
{
    for (int part = 0; part < 3; ++part) {
        if (!number_in(take_until(host, '.'), 255))
            return false;
    }
    return number_in(host, 255).has_value();
}

/// Whether the last label is a decimal, octal or hexadecimal number, which some programs read as an
/// address.
bool ends_in_number(std::string_view host) noexcept
{
    const auto dot = host.rfind('.');
    const auto last = dot == std::string_view::npos ? host : host.substr(dot + 1);
    return is_all_of(last, decimal_digits) ||
           (last.starts_with("0x") && std::ranges::all_of(last.substr(2), is_hexadecimal_digit));
}

bool is_name(std::string_view host) noexcept
{
    constexpr std::size_t name_max = 253;
    constexpr std::size_t label_max = 63;
    if (host.size() > name_max || host.ends_with('.'))
        return false;
    while (!host.empty()) {
        const auto label = take_until(host, '.');
        if (label.empty() || label.size() > label_max || label.front() == '-' ||
            label.back() == '-' || !is_all_of(label, name_characters))
            return false;
    }
    return true;
}

bool is_host(std::string_view host) noexcept
{
    if (host.empty())
        return false;
    return ends_in_number(host) ? is_ipv4(host) : is_name(host);
}

/// Whether `host` has the characters of an IPv6 address. The connection attempt decides the rest.
bool is_ipv6_shape(std::string_view host) noexcept
{
    const auto may_stand = [](char one) {
        return is_hexadecimal_digit(one) || one == ':' || one == '.';
    };
    return host.find(':') != std::string_view::npos && std::ranges::all_of(host, may_stand);
}

/// Whether `target` can be a path and a query, with its special characters percent-encoded.
bool is_encoded_well(std::string_view target) noexcept
{
    if (target.find_first_of("[]") != std::string_view::npos)
        return false;
    for (auto at = target.find('%'); at != std::string_view::npos; at = target.find('%', at + 1)) {
        const auto code = target.substr(at + 1, 2);
        if (code.size() < 2 || !std::ranges::all_of(code, is_hexadecimal_digit))
            return false;
    }
    return true;
}

error bad_address(std::string_view rule)
{
    return refuse(errc::invalid_argument, std::string{rule});
}

}  // namespace

result<web_address> web_address::parse(std::string_view text)
{
    if (text.size() > size_max)
        return bad_address("must have at most 2048 bytes.");
    if (text.find('#') != std::string_view::npos)
        return bad_address("must have no fragment.");
    if (!std::ranges::all_of(text, is_url_character))
        return bad_address("must be a URL in ASCII: percent-encode all other characters.");

    web_address made;
    made.text_ = text;
    auto rest = text;
    const auto scheme = lower(take_until(rest, ':'));
    made.is_secure_ = scheme == "https";
    if ((!made.is_secure_ && scheme != "http") || !rest.starts_with("//"))
        return bad_address("must be a URL, as in https://example.com/hook.");
    rest.remove_prefix(2);

    const auto end = std::min(rest.find_first_of("/?"), rest.size());
    auto authority = rest.substr(0, end);
    made.target_ = rest.substr(end);
    if (!is_encoded_well(made.target_))
        return bad_address("must be a URL: write [ and ] in its path as %5B and %5D.");
    if (!made.target_.starts_with('/'))
        made.target_.insert(0, 1, '/');
    if (authority.find('@') != std::string_view::npos)
        return bad_address("must have no user and no password.");

    // An address in brackets contains colons.
    const bool is_ipv6 = authority.starts_with('[');
    const auto host_end = std::min(
        is_ipv6 ? authority.find(']') : authority.find(':'),
        is_ipv6 ? std::string_view::npos : authority.size()
    );
    if (host_end == std::string_view::npos)
        return bad_address("must name a host, as in https://example.com/hook.");
    made.host_ = lower(is_ipv6 ? authority.substr(1, host_end - 1) : authority.substr(0, host_end));
    authority.remove_prefix(is_ipv6 ? host_end + 1 : host_end);
    if (!(is_ipv6 ? is_ipv6_shape(made.host_) : is_host(made.host_)) ||
        (!authority.empty() && authority.front() != ':'))
        return bad_address("must name a host, as in https://example.com/hook.");

    constexpr unsigned port_max = 65'535;
    const auto own_port = made.is_secure_ ? 443U : 80U;
    const auto port = authority.empty() ? own_port
                                        : number_in(authority.substr(1), port_max).value_or(0);
    if (port == 0)
        return bad_address("must have a port from 1 to 65535, or none.");
    made.port_ = static_cast<std::uint16_t>(port);
    return made;
}

std::string web_address::authority() const
{
    const bool is_ipv6 = host_.find(':') != std::string::npos;
    std::string made = is_ipv6 ? '[' + host_ + ']' : host_;
    if (port_ != (is_secure_ ? 443 : 80))
        made += ':' + std::to_string(port_);
    return made;
}

}  // namespace botcore
