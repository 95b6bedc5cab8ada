#pragma once

#include "adapters/http/access/host_rule.hpp"
#include "adapters/http/access/key_ring.hpp"
#include "adapters/http/access/rate_limiter.hpp"
#include "adapters/http/options.hpp"
#include "adapters/http/protocol/cors.hpp"
#include "adapters/http/protocol/message.hpp"
#include "adapters/http/protocol/route.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace botapi::http {

/// Decides which client may send which request, and how often.
///
/// A client sends its key, or its token, as a bearer token (RFC 6750 section 2.1). Where a route
/// allows it, a token may also be in the target (section 2.3). While no key exists, every client
/// may do everything: the start of the server decided whether that is allowed.
///
/// The server answers wrong keys and tokens of one address at a limited rate. A right one from that
/// address is still accepted, since several clients may share an address. But after too many wrong
/// secrets for one key from one address, the right secret is limited as well: otherwise an attacker
/// could guess without being slowed down.
///
/// Thread safety: any number of threads at once.
class access_control {
public:
    /// Keeps references to the ring and the origins.
    access_control(
        const key_ring& keys,
        const cors& origins,
        const access_limits& limits,
        host_rule hosts
    );

    /// Applies the rules for all requests, on any path. Returns 429 if the client sends too many.
    /// On a server that needs no key, returns 403 for a foreign `Host`, or for a write by a page of
    /// a foreign origin, unless `route` is a probe. Otherwise returns nothing.
    std::optional<response> refuse_client(const request& request, const route* route);

    /// Whether every client may do everything.
    [[nodiscard]] bool is_open() const { return keys_.is_open(); }

    /// Identifies the caller and stores it in `request`. If the request is refused, returns the
    /// refusal: 400, 401, 403, 429, or 503 while the keys are unknown. Removes keys and tokens from
    /// the target and from the sub-protocols.
    std::optional<response> refuse(request& request, const route& route);

    /// Stops the answer to a caller as soon as its key or token ends. It replaces the answer to a
    /// read by 401, and ends a body that is sent in parts.
    void guard(const request& request, response& answer) const;

    /// The answer to a caller whose key or token has ended since the request was accepted: 401.
    static response revoked(const request& request);

    /// Counts a message over a WebSocket, whatever it contains. Returns 429 if the client sends too
    /// many, and otherwise nothing.
    std::optional<response> refuse_message(const request& request);

    /// Checks a command that follows an accepted request, such as one over a WebSocket. Returns 401
    /// or 403 if it is refused, and otherwise nothing.
    std::optional<response> refuse_command(const request& request, botcore::scope needed);

    /// Whether the caller of an accepted request may still see the answer.
    [[nodiscard]] bool still_allows(const request& request) const;

    /// Adds the headers that state how many more requests the client may send.
    void add_limits(const request& request, response& answer);

private:
    std::optional<response> identify(request& request, std::optional<std::string_view> secret);
    std::optional<response> refuse_use(const request& request, botcore::scope needed);
    std::optional<response> refuse_rate_of_caller(const request& request);
    static std::optional<response> refuse_rate(
        const request& request,
        rate_limiter& limiter,
        std::string_view subject
    );
    static response scope_missing(const request& request, botcore::scope needed);

    [[nodiscard]] std::optional<response> refuse_origin(const request& request) const;

    const key_ring& keys_;
    const cors& origins_;
    host_rule hosts_;
    rate_limiter failures_;  ///< Wrong secrets, by address, and by address and key.
    rate_limiter by_key_;
    rate_limiter by_address_;
};

}  // namespace botapi::http
