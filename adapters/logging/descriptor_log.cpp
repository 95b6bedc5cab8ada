#include "adapters/logging/descriptor_log.hpp"

#include "adapters/logging/descriptor_sink.hpp"
#include "adapters/logging/line.hpp"

#include <chrono>
#include <memory>
#include <spdlog/logger.h>
#include <unistd.h>

namespace botapi::logging {

namespace {

spdlog::level::level_enum level_of(botcore::severity severity) noexcept
{
    switch (severity) {
        case botcore::severity::debug: return spdlog::level::debug;
        case botcore::severity::info: return spdlog::level::info;
        case botcore::severity::warning: return spdlog::level::warn;
        case botcore::severity::error: break;
    }
    return spdlog::level::err;
}

spdlog::level::level_enum level_of(level level) noexcept
{
    switch (level) {
        case level::debug: return spdlog::level::debug;
        case level::info: return spdlog::level::info;
        case level::warning: return spdlog::level::warn;
        case level::error: return spdlog::level::err;
        case level::off: break;
    }
    return spdlog::level::off;
}

line_formatter formatter_for(format format, int descriptor)
{
    const bool is_text = format == format::text ||
                         (format == format::automatic && ::isatty(descriptor) != 0);
    return is_text ? text_line : json_line;
}

}  // namespace

struct descriptor_log::state {
    state(const options& options, int descriptor)
        : formatter{formatter_for(options.format, descriptor)},
          logger{"botapi", std::make_shared<descriptor_sink>(descriptor, formatter)}
    {
        logger.set_level(level_of(options.level));
    }

    line_formatter formatter;
    spdlog::logger logger;
};

descriptor_log::descriptor_log(const options& options, int descriptor)
    : state_{std::make_unique<state>(options, descriptor)}
{
}

descriptor_log::~descriptor_log() = default;

void descriptor_log::write(
    botcore::severity severity,
    std::string_view event,
    std::span<const botcore::log_field> fields
)
{
    const auto level = level_of(severity);
    if (!state_->logger.should_log(level))
        return;
    const record entry{std::chrono::system_clock::now(), severity, event, fields};
    const auto line = state_->formatter(entry);
    state_->logger.log(level, spdlog::string_view_t{line});
}

void descriptor_log::flush()
{
    state_->logger.flush();
}

}  // namespace botapi::logging
