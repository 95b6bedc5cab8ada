#pragma once

#include "adapters/logging/line.hpp"

#include <chrono>
#include <cstdint>
#include <mutex>
#include <spdlog/sinks/base_sink.h>
#include <string>
#include <string_view>

namespace botapi::logging {

/// Writes lines to a file descriptor at once, so that nothing is lost when the program ends.
///
/// Never waits longer than `wait_max` for a reader that is behind. Then lines are dropped, without
/// any more waiting, until there is room; the first line that fits follows one that says how many
/// were lost. A line is never cut.
class descriptor_sink final : public spdlog::sinks::base_sink<std::mutex> {
public:
    static constexpr std::chrono::milliseconds wait_max{250};

    /// The descriptor stays the caller's, and must be open as long as the sink is used. `form`
    /// makes the line that tells of losses.
    descriptor_sink(int descriptor, line_form form) noexcept;

protected:
    void sink_it_(const spdlog::details::log_msg& message) override;
    void flush_() override {}

private:
    /// Writes what has to go before anything else. Returns whether all of it is written.
    bool catch_up();
    bool write(std::string_view line);
    bool has_room();

    int descriptor_;
    line_form form_;
    std::string rest_;  ///< Of a line that was begun.
    std::uint64_t lost_ = 0;
    bool is_stuck_ = false;
    bool is_file_ = false;  ///< Which always has room, so that nobody has to ask.
};

}  // namespace botapi::logging
