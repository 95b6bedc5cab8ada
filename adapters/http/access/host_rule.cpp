#include "adapters/http/access/host_rule.hpp"

#include "adapters/http/protocol/client_identity.hpp"

#include <boost/beast/core/string.hpp>

#include <algorithm>
#include <optional>

namespace botapi::http {

namespace {

/// `::1` in `[::1]:8000`, `localhost` in `localhost.:8000`.
std::string_view without_port(std::string_view host) noexcept
{
    if (host.starts_with('[')) {
        const auto end = host.find(']');
        return end == std::string_view::npos ? host : host.substr(1, end - 1);
    }
    host = host.substr(0, host.find(':'));
    if (host.ends_with('.'))
        host.remove_suffix(1);
    return host;
}

std::optional<boost::asio::ip::address> address_in(std::string_view host)
{
    boost::system::error_code failure;
    const auto parsed = boost::asio::ip::make_address(std::string{host}, failure);
    return failure ? std::nullopt : std::optional{plain(parsed)};
}

/// The two most frequent addresses are compared as text, because parsing them takes longer.
bool is_loopback_name(std::string_view name)
{
    return name == "127.0.0.1" || name == "::1" || boost::beast::iequals(name, "localhost") ||
           (name.size() > 10 && boost::beast::iequals(name.substr(name.size() - 10), ".localhost"));
}

}  // namespace

host_rule::host_rule(
    const std::vector<std::string>& listen,
    const std::vector<std::string>& allowed
)
{
    for (const auto& text : listen) {
        const auto address = address_in(without_port(text));
        if (!address)
            continue;
        has_every_address_ = has_every_address_ || address->is_unspecified();
        addresses_.push_back(*address);
    }
    for (const auto& name : allowed) {
        has_every_name_ = has_every_name_ || name == "*";
        names_.emplace_back(without_port(name));
    }
}

bool host_rule::accepts(std::string_view host) const
{
    const auto name = without_port(host);
    const auto is_same = [name](std::string_view allowed) {
        return boost::beast::iequals(name, allowed);
    };
    if (has_every_name_ || is_loopback_name(name) || std::ranges::any_of(names_, is_same))
        return true;
    const auto address = address_in(name);
    return address && accepts(*address);
}

/// An address of this server is safe, because DNS rebinding needs a name.
bool host_rule::accepts(const boost::asio::ip::address& address) const
{
    return address.is_loopback() || has_every_address_ ||
           std::ranges::find(addresses_, address) != addresses_.end();
}

}  // namespace botapi::http
