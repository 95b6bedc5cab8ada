#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>
#include <variant>

namespace botcore {

enum class severity : std::uint8_t { debug, info, warning, error };

/// One detail of an event. Lifetime: the texts must exist until `write` returns.
struct log_field {
    std::string_view name;
    std::variant<std::string_view, std::int64_t, std::uint64_t, double, bool> value;
};

/// The log of a program, for its operators. It never contains text that a user wrote.
///
/// Thread safety: any number of threads may write at once.
class log {
public:
    virtual ~log() = default;

    /// `event` is a constant sentence that names what happened; details go into `fields`.
    virtual void write(
        severity severity,
        std::string_view event,
        std::span<const log_field> fields
    ) = 0;

    void write(
        severity severity,
        std::string_view event,
        std::initializer_list<log_field> fields = {}
    )
    {
        write(severity, event, std::span{fields.begin(), fields.size()});
    }
};

}  // namespace botcore
