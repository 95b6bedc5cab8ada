#pragma once

#include <botcore/domain/storage_position.hpp>
#include <botcore/ports/deadline.hpp>

#include <chrono>
#include <cstdint>
#include <optional>

namespace botcore {

/// How fresh the answer of a read must be.
class freshness {
public:
    /// The answer includes everything that was committed before the read began.
    static constexpr freshness latest() noexcept { return freshness{kind::latest, {}}; }

    /// The answer includes everything that was committed up to `position`, and possibly more.
    static constexpr freshness at_least(const storage_position& position) noexcept
    {
        return freshness{kind::at_least, position};
    }

    /// The answer may be as old as the storage is configured to allow.
    static constexpr freshness any() noexcept { return freshness{kind::any, {}}; }

    [[nodiscard]] constexpr bool is_latest() const noexcept { return kind_ == kind::latest; }

    /// The position that the answer must include. Nothing: `latest` or `any`.
    [[nodiscard]] constexpr std::optional<storage_position> position() const noexcept
    {
        return kind_ == kind::at_least ? std::optional{position_} : std::nullopt;
    }

    friend bool operator==(const freshness&, const freshness&) = default;

private:
    enum class kind : std::uint8_t { latest, at_least, any };

    constexpr freshness(kind demanded, const storage_position& position) noexcept
        : kind_{demanded}, position_{position}
    {
    }

    kind kind_;
    storage_position position_;
};

/// What the answer of a read includes.
struct read_report {
    /// Everything that was committed up to here. Nothing: everything that was committed before the
    /// read began.
    std::optional<storage_position> position{};

    /// Everything that was committed before this long ago is in the answer.
    std::chrono::milliseconds age{0};
};

/// The demands of a read: when the caller needs the answer, and how fresh the answer must be.
struct read_terms {
    /// A deadline alone demands the latest data. The conversion is implicit, because most callers
    /// need nothing else.
    constexpr read_terms(  // NOLINT(google-explicit-constructor,hicpp-explicit-conversions)
        deadline latest_answer,
        botcore::freshness demanded = botcore::freshness::latest(),
        std::optional<read_report>* filled = nullptr
    ) noexcept
        : until{latest_answer}, freshness{demanded}, report{filled}
    {
    }

    deadline until;
    botcore::freshness freshness;
    std::optional<read_report>*
        report;  ///< Filled by a successful read; null: nobody wants to know.
};

}  // namespace botcore
