#pragma once

#include <cstdint>
#include <string_view>

namespace botapi::fuzz {

/// Tries one input. Each program of this folder defines it once.
void try_input(std::string_view input);

/// Aborts the program if a promise does not hold, so that libFuzzer reports the input.
void require(bool holds, const char* promise);

/// A number to choose by: the same for the same input.
std::uint64_t hash_of(std::string_view input) noexcept;

}  // namespace botapi::fuzz
