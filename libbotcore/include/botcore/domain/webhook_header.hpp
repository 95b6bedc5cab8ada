#pragma once

#include <botcore/result.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace botcore {

/// A field that the server sends in the head of each request to a webhook, for example
/// `Authorization`. Its value may be a secret.
///
/// Shape: the name is a token (RFC 9110 section 5.6.2) of 1 to `name_size_max` characters. It is
/// not one of those that frame the request or that the server sets itself. The value has up to
/// `value_size_max` visible ASCII characters, spaces and tabs, with no space and no tab at either
/// end.
class webhook_header {
public:
    static constexpr std::size_t name_size_max = 128;     ///< Characters.
    static constexpr std::size_t value_size_max = 1'024;  ///< Characters.

    /// Errors: `invalid_argument`, which does not quote the value.
    static result<webhook_header> parse(std::string_view name, std::string_view value);

    [[nodiscard]] const std::string& name() const noexcept { return name_; }
    [[nodiscard]] const std::string& value() const noexcept { return value_; }

    /// Whether the header has this name. Case does not matter.
    [[nodiscard]] bool has_name(std::string_view name) const;

    friend bool operator==(const webhook_header&, const webhook_header&) = default;

private:
    webhook_header(std::string name, std::string value) noexcept
        : name_{std::move(name)}, value_{std::move(value)}
    {
    }

    std::string name_;
    std::string value_;
};

}  // namespace botcore
