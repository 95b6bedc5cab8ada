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

/// Writes lines to a file descriptor. It writes warnings and errors at once, and other lines in
/// blocks: a system call for each line would take a tenth of a request's time.
///
/// The sink waits for a slow reader for up to `wait_max`. After that it drops lines without a wait,
/// until there is room again. Then it first writes a line with the number of lost lines. It never
/// cuts a line because of a slow reader.
class descriptor_sink final : public spdlog::sinks::base_sink<std::mutex> {
public:
    static constexpr std::chrono::milliseconds wait_max{250};
    /// The longest time that a line waits in its block.
    static constexpr std::chrono::milliseconds delay_max{10};
    static constexpr std::size_t block_size = 16'384;  ///< Bytes; a full block is written at once.

    /// The caller owns the descriptor, and must keep it open as long as the sink is used.
    /// `formatter` makes the line that reports lost lines.
    descriptor_sink(int descriptor, line_formatter formatter);

protected:
    void sink_it_(const spdlog::details::log_msg& message) override;
    void flush_() override;

private:
    void flush_when_due(const std::stop_token& end);
    /// Writes the rest of an earlier block, then the number of lost lines. False if something of
    /// these is left.
    bool catch_up();
    bool write(std::string_view lines);
    bool has_room();

    int descriptor_;
    line_formatter formatter_;
    std::string block_;
    std::uint64_t block_lines_ = 0;
    std::condition_variable_any block_begun_;  ///< Notified by the first line of a block.
    std::string rest_;                         ///< The unwritten part of a block.
    std::uint64_t lost_ = 0;
    bool is_stuck_ = false;
    bool is_file_ = false;  ///< Files always have room: `poll` is not needed.
    std::jthread flusher_;  ///< Last: it ends before what it uses.
};

}  // namespace botapi::logging
