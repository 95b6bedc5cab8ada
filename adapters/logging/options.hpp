#pragma once

#include <cstdint>

namespace botapi::logging {

enum class format : std::uint8_t {
    automatic,  ///< `text` on a terminal, else `json`.
    json,       ///< One JSON object a line, for programs.
    text,       ///< One line for people.
};

/// The lowest severity that is written.
enum class level : std::uint8_t { debug, info, warning, error, off };

/// The format of a log, and its lowest severity.
struct options {
    logging::format format = logging::format::automatic;
    logging::level level = logging::level::info;
};

}  // namespace botapi::logging
