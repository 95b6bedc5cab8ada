#pragma once

#include <botcore/result.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace botapi::app {

/// One `key = value` of a configuration file.
struct config_entry {
    std::string key;
    std::vector<std::string> values;  ///< Exactly one unless it is an array.
    std::size_t line;                 ///< The first is 1.

    friend bool operator==(const config_entry&, const config_entry&) = default;
};

/// Reads the part of TOML that settings need: `key = value` lines, comments, strings, arrays of
/// strings that may go over several lines. Values without spaces need no quotation marks.
///
/// Errors: `invalid_argument`, naming the line, or the byte that is not UTF-8.
botcore::result<std::vector<config_entry>> parse_config(std::string_view text);

/// The whole content of the file, at most 1 MiB.
///
/// Errors: `invalid_argument`, saying why it can't be read.
botcore::result<std::string> read_config_file(const std::string& path);

}  // namespace botapi::app
