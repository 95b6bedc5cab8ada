#pragma once

#include "adapters/http/access/key_ring.hpp"
#include "adapters/http/access/rate_limiter.hpp"
#include "adapters/http/options.hpp"
#include "adapters/http/protocol/message.hpp"

#include <botcore/domain/access.hpp>

#include <optional>

namespace botapi::http {

/// Who may ask what, and how often.
///
/// A client shows its key as a bearer token (RFC 6750 section 2.1). While there is no key at all,
/// everybody may do everything: whether a server may run like that was decided when it started.
///
/// Thread safety: any number of threads at once.
class access_control {
public:
    /// Keeps a reference to the ring.
    access_control(const key_ring& keys, const access_limits& limits);

    /// Finds out who asks, notes it in `asked`, and answers what refuses the request, if something
    /// does: 401, 403 or 429. `needed` is the scope of the route.
    std::optional<response> refuse(request& asked, botcore::scope needed);

    /// Whether who asked, and was let in, may still see the answer.
    [[nodiscard]] bool still_allows(const request& asked) const;

    /// Adds what tells a client how much it may still ask.
    void tell_limits(const request& asked, response& answer);

private:
    std::optional<response> refuse_key(request& asked, botcore::scope needed);
    response refuse_stranger(const request& asked, bool has_shown_something);

    const key_ring& keys_;
    rate_limiter failures_;  ///< By address: guessing keys.
    rate_limiter by_key_;
    rate_limiter by_address_;
};

}  // namespace botapi::http
