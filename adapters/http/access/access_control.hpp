#pragma once

#include "adapters/http/access/key_ring.hpp"
#include "adapters/http/access/rate_limiter.hpp"
#include "adapters/http/options.hpp"
#include "adapters/http/protocol/message.hpp"
#include "adapters/http/protocol/route.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace botapi::http {

/// Who may ask what, and how often.
///
/// A client shows its key, or its token, as a bearer token (RFC 6750 section 2.1); where a route
/// allows it, a token may also stand in the target (section 2.3). While there is no key at all,
/// everybody may do everything: whether a server may run like that was decided when it started.
///
/// Wrong keys and tokens of one address are answered at a limited rate. Who shows what is right is
/// let in nevertheless: others may share the address. Of one key and one address together, what is
/// right is answered at that rate as well once too many secrets were wrong: else who guesses would
/// not be slowed down.
///
/// Thread safety: any number of threads at once.
class access_control {
public:
    /// Keeps a reference to the ring.
    access_control(const key_ring& keys, const access_limits& limits);

    /// Finds out who asks, notes it in `asked`, and answers what refuses the request, if something
    /// does: 400, 401, 403, 429, or 503 while the keys are not known. A token in the target is
    /// taken out of there.
    std::optional<response> refuse(request& asked, const route& wanted);

    /// Cuts the body of an answer off when what let its reader in ends. One that waits for news
    /// ends by itself then.
    void guard(const request& asked, response& answer) const;

    /// Answers what refuses one more thing that somebody asks who was let in, and is noted in
    /// `asked`: 403 or 429.
    std::optional<response> refuse_more(const request& asked, botcore::scope needed);

    /// Whether who asked, and was let in, may still see the answer.
    [[nodiscard]] bool still_allows(const request& asked) const;

    /// Adds what tells a client how much it may still ask.
    void tell_limits(const request& asked, response& answer);

private:
    std::optional<response> refuse_stranger(request& asked, std::optional<std::string_view> shown);
    std::optional<response> refuse_use(const request& asked, botcore::scope needed);
    static std::optional<response> refuse_rate(
        const request& asked,
        rate_limiter& limiter,
        std::string_view subject
    );
    static response lacking(const request& asked, botcore::scope needed);

    const key_ring& keys_;
    rate_limiter failures_;  ///< By address, and by address and key: guessing.
    rate_limiter by_key_;
    rate_limiter by_address_;
};

}  // namespace botapi::http
