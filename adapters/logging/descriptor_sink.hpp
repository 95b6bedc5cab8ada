#pragma once

#include "adapters/logging/line.hpp"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <spdlog/sinks/base_sink.h>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>

namespace botapi::logging {

/// Writes lines to a file descriptor: warnings and errors at once, others in blocks, since a call
/// of the system for each would cost a request a tenth of its time.
///
/// Never waits longer than `wait_max` for a reader that is behind. Then lines are dropped, without
/// any more waiting, until there is room; the first line that fits follows one that says how many
/// were lost. A line is never cut.
class descriptor_sink final : public spdlog::sinks::base_sink<std::mutex> {
public:
    static constexpr std::chrono::milliseconds wait_max{250};
    static constexpr std::chrono::milliseconds delay_max{10};  ///< From a line to its block's end.
    static constexpr std::size_t block_size = 16'384;          ///< Bytes that wait for nobody.

    /// The descriptor stays the caller's, and must be open as long as the sink is used. `form`
    /// makes the line that tells of losses.
    descriptor_sink(int descriptor, line_form form);

protected:
    void sink_it_(const spdlog::details::log_msg& message) override;
    void flush_() override;

private:
    void flush_in_time(const std::stop_token& end);
    /// Writes what has to go before anything else. Returns whether all of it is written.
    bool catch_up();
    bool write(std::string_view lines);
    bool has_room();

    int descriptor_;
    line_form form_;
    std::string block_;
    std::uint64_t block_lines_ = 0;
    std::condition_variable_any has_begun_;  ///< A block, with a first line.
    std::string rest_;                       ///< Of a block that was half written.
    std::uint64_t lost_ = 0;
    bool is_stuck_ = false;
    bool is_file_ = false;  ///< Which always has room, so that nobody has to ask.
    std::jthread flusher_;  ///< Last: it ends before what it uses.
};

}  // namespace botapi::logging
