#pragma once

#include "adapters/http/protocol/caller.hpp"

#include <botcore/ports/deadline.hpp>

namespace botapi::http {

/// Knows which callers are valid. It may know of changes late.
///
/// Thread safety: any number of threads may call at once.
class caller_check {
public:
    virtual ~caller_check() = default;

    /// Whether it knows every change that was stored before `at`.
    [[nodiscard]] virtual bool is_known_since(botcore::deadline at) const = 0;

    /// Whether an accepted client may go on. `caller` is null if it needed no key.
    [[nodiscard]] virtual bool still_admits(const caller* caller) const = 0;
};

}  // namespace botapi::http
