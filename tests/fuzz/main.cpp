#include "tests/fuzz/fuzz.hpp"

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <functional>

namespace botapi::fuzz {

void require(bool holds, const char* promise)
{
    if (holds)
        return;
    std::fprintf(stderr, "Broken promise: %s\n", promise);
    std::abort();
}

std::uint64_t hash_of(std::string_view input) noexcept
{
    return std::hash<std::string_view>{}(input);
}

}  // namespace botapi::fuzz

// Called by libFuzzer for each input.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const void* const bytes = data;
    botapi::fuzz::try_input({static_cast<const char*>(bytes), size});
    return 0;
}
