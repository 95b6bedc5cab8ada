#pragma once

#include <botcore/domain/storage_position.hpp>
#include <botcore/ports/deadline.hpp>

#include <optional>

namespace botcore {

/// How fresh the answer of a read must be.
class freshness {
public:
    /// The answer includes everything that was committed before the read began.
    static constexpr freshness latest() noexcept { return freshness{std::nullopt}; }

    /// The answer includes everything that was committed up to `position`, and possibly more.
    static constexpr freshness at_least(storage_position position) noexcept
    {
        return freshness{position};
    }

    [[nodiscard]] constexpr bool is_latest() const noexcept { return !position_; }

    /// The position that the answer must include. Nothing: the answer must include every commit.
    [[nodiscard]] constexpr const std::optional<storage_position>& position() const noexcept
    {
        return position_;
    }

    friend bool operator==(const freshness&, const freshness&) = default;

private:
    constexpr explicit freshness(std::optional<storage_position> position) noexcept
        : position_{position}
    {
    }

    std::optional<storage_position> position_;
};

/// The demands of a read: when the caller needs the answer, and how fresh the answer must be.
struct read_terms {
    /// A deadline alone demands the latest data. The conversion is implicit, because most callers
    /// need nothing else.
    constexpr read_terms(  // NOLINT(google-explicit-constructor,hicpp-explicit-conversions)
        deadline latest_answer,
        botcore::freshness demanded = botcore::freshness::latest()
    ) noexcept
        : until{latest_answer}, freshness{demanded}
    {
    }

    deadline until;
    botcore::freshness freshness;
};

}  // namespace botcore
