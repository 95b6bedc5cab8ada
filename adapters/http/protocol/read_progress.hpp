#pragma once

#include <botcore/ports/freshness.hpp>

#include <algorithm>
#include <chrono>
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
    [[nodiscard]] botcore::read_report* report() noexcept
    {
        is_reported_ = true;
        report_ = {};
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
        if (!std::exchange(is_reported_, false) || demanded_.is_latest())
            return;
        age_ = std::max(age_, report_.age);
        demanded_ = report_.position ? botcore::freshness::at_least(*report_.position)
                                     : botcore::freshness::latest();
    }

    botcore::freshness demanded_ = botcore::freshness::latest();
    botcore::read_report report_{};
    bool is_reported_ = false;  ///< Whether a read has got `report_`.
    std::chrono::milliseconds age_{0};
};

}  // namespace botapi::http
