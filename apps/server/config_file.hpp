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

/// Reads the part of TOML that settings need: `key = value` lines, comments, strings, and arrays of
/// strings. An array may span several lines. Unlike in TOML, a value needs quotation marks only if
/// it is empty or contains white space, a quotation mark, or one of `,[]#`.
///
/// Errors: `invalid_argument`. A syntax error names the line.
botcore::result<std::vector<config_entry>> parse_config(std::string_view text);

/// The whole content of the file, at most 1 MiB.
///
/// Errors: `invalid_argument`, with the reason why the file can't be read.
botcore::result<std::string> read_config_file(const std::string& path);

}  // namespace botapi::app
