#pragma once

#include <botcore/ports/freshness.hpp>

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

namespace botapi::http {

/// What the reads of a request demand, and what they have got. A later read of the same request is
/// never older than an earlier one, so that an answer does not mix two moments.
///
/// Thread safety: none. One read at a time uses it.
class read_progress {
public:
    read_progress() = default;
    explicit read_progress(const botcore::freshness& demanded) noexcept : demanded_{demanded} {}

    /// What the next read has to demand.
    [[nodiscard]] botcore::freshness demand() noexcept
    {
        take_report();
        return demanded_;
    }

    /// Where the next read reports what it has got.
    [[nodiscard]] std::optional<botcore::read_report>* report() noexcept
    {
        take_report();
        return &report_;
    }

    /// How old what was read may be.
    [[nodiscard]] std::chrono::milliseconds age() noexcept
    {
        take_report();
        return age_;
    }

private:
    void take_report() noexcept
    {
        const auto got = std::exchange(report_, std::nullopt);
        if (!got || demanded_.is_latest())
            return;
        age_ = std::max(age_, got->age);
        demanded_ = got->position ? botcore::freshness::at_least(*got->position)
                                  : botcore::freshness::latest();
    }

    botcore::freshness demanded_ = botcore::freshness::latest();
    std::optional<botcore::read_report> report_{};  ///< Of the last read, unless it was taken.
    std::chrono::milliseconds age_{0};
};

}  // namespace botapi::http
