#pragma once

#include <botcore/ports/log.hpp>

#include <span>
#include <string_view>

namespace botapi::http::testing {

/// A log that keeps nothing.
class silent_log final : public botcore::log {
public:
    using botcore::log::write;

    void write(
        botcore::severity /*severity*/,
        std::string_view /*event*/,
        std::span<const botcore::log_field> /*fields*/
    ) override
    {
    }
};

}  // namespace botapi::http::testing
