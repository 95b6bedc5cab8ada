#pragma once

#include "adapters/logging/options.hpp"

#include <botcore/ports/log.hpp>

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace botapi::logging {

/// A `log` that writes lines to a file descriptor.
///
/// The caller's thread writes warnings and errors at once, so that they are not lost in a crash.
/// Other lines wait up to 10 ms, so that several are written together. A slow reader delays one
/// caller by a quarter of a second. After that, lines are dropped and counted until the reader has
/// caught up.
class descriptor_log final : public botcore::log {
public:
    using log::write;

    static constexpr int standard_error = 2;

    /// The caller owns the descriptor, and must keep it open as long as the log is used.
    explicit descriptor_log(const options& options, int descriptor = standard_error);
    ~descriptor_log() override;

    descriptor_log(const descriptor_log&) = delete;
    descriptor_log& operator=(const descriptor_log&) = delete;

    void write(
        botcore::severity severity,
        std::string_view event,
        std::span<const botcore::log_field> fields
    ) override;

    /// Writes the lines that still wait.
    void flush();

private:
    struct state;
    std::unique_ptr<state> state_;
};

}  // namespace botapi::logging
