#pragma once

#include <cstdint>
#include <string_view>

namespace botapi::fuzz {

/// What a fuzzer does with one input. Each program of this folder defines it once.
void try_input(std::string_view input);

/// Ends the program, and so finds the input guilty, where a promise does not hold.
void require(bool holds, const char* promise);

/// Numbers made from an input, to choose by: the same for the same input.
std::uint64_t hash_of(std::string_view input) noexcept;

}  // namespace botapi::fuzz
