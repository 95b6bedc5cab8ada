#pragma once

#include <botcore/result.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace botcore {

/// The address of a receiver on the web: an `https` or `http` URL (RFC 3986).
///
/// Shape: at most `size_max` bytes, with a host, and without user, password or fragment. The host
/// is a DNS name, an IPv6 address in brackets, or an IPv4 address as four decimal numbers. Other
/// numbers, which some programs take for IPv4 addresses, are refused.
class web_address {
public:
    static constexpr std::size_t size_max = 2'048;  ///< Bytes.

    /// Errors: `invalid_argument`, naming the broken rule.
    static result<web_address> parse(std::string_view text);

    [[nodiscard]] const std::string& text() const noexcept { return text_; }  ///< As written.
    [[nodiscard]] bool is_secure() const noexcept { return is_secure_; }

    /// The host in lower case, an IPv6 address without its brackets.
    [[nodiscard]] const std::string& host() const noexcept { return host_; }
    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

    /// The host with its brackets, and the port unless it is the default port of the scheme.
    [[nodiscard]] std::string authority() const;

    /// The path and the query, at least `/`.
    [[nodiscard]] const std::string& target() const noexcept { return target_; }

    friend bool operator==(const web_address&, const web_address&) = default;

private:
    web_address() = default;

    std::string text_;
    bool is_secure_ = true;
    std::string host_;
    std::uint16_t port_ = 0;
    std::string target_;
};

}  // namespace botcore
