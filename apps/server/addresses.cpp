#include "apps/server/addresses.hpp"

#include "apps/server/setting.hpp"
#include "apps/server/units.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <string_view>

namespace botapi::app {

namespace {

bool is_host(std::string host)
{
    in6_addr address{};
    if (host.size() > 2 && host.front() == '[' && host.back() == ']')
        return ::inet_pton(AF_INET6, host.substr(1, host.size() - 2).c_str(), &address) == 1;
    return ::inet_pton(AF_INET, host.c_str(), &address) == 1;
}

bool is_port(std::string_view text)
{
    const auto number = parse_number(text);
    return number && *number <= 65'535;
}

/// Whether a browser's origin may contain `character`: schemes and hosts are lower-case ASCII.
bool is_origin_character(char character)
{
    return (character >= 'a' && character <= 'z') || (character >= '0' && character <= '9') ||
           std::string_view{"-._+[]:"}.find(character) != std::string_view::npos;
}

/// Whether `text` is the part of an origin after `://`: a host, with or without a port.
bool is_authority(std::string_view text)
{
    if (!std::ranges::all_of(text, is_origin_character))
        return false;
    const auto bracket = text.rfind(']');
    const auto colon = text.find(':', bracket == std::string_view::npos ? 0 : bracket);
    const auto host = text.substr(0, colon);
    const bool is_port_right = colon == std::string_view::npos || is_port(text.substr(colon + 1));
    return !host.empty() && is_port_right &&
           (host.starts_with('[') ? is_host(std::string{host})
                                  : host.find_first_of("[]+") == std::string_view::npos);
}

/// The domain after the wildcard: `example.com` for `*.example.com`. Nothing without a wildcard.
std::optional<std::string_view> domain_of_wildcard(std::string_view authority)
{
    constexpr std::string_view wildcard = "*.";
    if (!authority.starts_with(wildcard))
        return std::nullopt;
    return authority.substr(wildcard.size());
}

bool is_origin(std::string_view text)
{
    constexpr std::string_view separator = "://";
    const auto end = text.find(separator);
    if (end == std::string_view::npos || end == 0)
        return false;
    const auto scheme = text.substr(0, end);
    const auto authority = text.substr(end + separator.size());
    if (scheme.find_first_of(":[]_") != std::string_view::npos ||
        !std::ranges::all_of(scheme, is_origin_character))
        return false;
    const auto domain = domain_of_wildcard(authority);
    if (!domain)
        return is_authority(authority);
    // A wildcard below a top-level domain is refused: anybody can register a subdomain of com.
    const auto host = domain->substr(0, domain->find(':'));
    return is_authority(*domain) && !domain->starts_with('[') &&
           (host == "localhost" || host.find('.') != std::string_view::npos);
}

}  // namespace

std::optional<std::string> fault_of_address(const std::string& text)
{
    const auto colon = text.rfind(':');
    if (colon != std::string::npos && is_host(text.substr(0, colon)) &&
        is_port(std::string_view{text}.substr(colon + 1)))
        return std::nullopt;
    return in_quotes(text) + " is not an address and a port, such as 127.0.0.1:8000 or [::]:8000.";
}

std::optional<std::string> fault_of_network(const std::string& text)
{
    const auto slash = text.find('/');
    const auto host = text.substr(0, slash);
    std::array<unsigned char, sizeof(in6_addr)> address{};
    const bool is_v4 = ::inet_pton(AF_INET, host.c_str(), address.data()) == 1;
    const bool is_v6 = ::inet_pton(AF_INET6, host.c_str(), address.data()) == 1;
    const std::uint64_t bits_max = is_v4 ? 32 : 128;
    const auto bits = slash == std::string::npos ? bits_max : parse_number(text.substr(slash + 1));
    if ((is_v4 || is_v6) && bits && *bits <= bits_max)
        return std::nullopt;
    return in_quotes(text) + " is neither an address nor a network, such as 10.0.0.0/8.";
}

bool is_loopback(const std::string& text)
{
    return text.starts_with("127.") || text.starts_with("[::1]:");
}

std::optional<std::string> fault_of_host_name(const std::string& text)
{
    const auto is_allowed = [](char character) {
        return is_origin_character(character) || (character >= 'A' && character <= 'Z');
    };
    const bool is_name = !text.empty() && std::ranges::all_of(text, is_allowed) &&
                         text.find_first_of("[]:+") == std::string::npos && text.front() != '.';
    if (text == "*" || is_name || is_host(text))
        return std::nullopt;
    return in_quotes(text) + " is neither * nor a host without a port, such as botapi.example.com.";
}

std::optional<std::string> fault_of_origin(const std::string& text)
{
    if (text == "*" || is_origin(text))
        return std::nullopt;
    return in_quotes(text) +
           " is neither * nor an origin such as https://chat.example.com or "
           "https://*.example.com, in lower case and without a path.";
}

}  // namespace botapi::app
