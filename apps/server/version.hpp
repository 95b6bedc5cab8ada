#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace botapi::app {

/// The version of this program, as in `0.1.0`.
std::string_view version() noexcept;

/// Names and versions of the compiler and of the libraries.
std::vector<std::pair<std::string, std::string>> ingredients();

}  // namespace botapi::app
