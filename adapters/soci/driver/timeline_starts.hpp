#pragma once

#include <cstdint>
#include <map>
#include <optional>

namespace botapi::sql {

/// For each timeline of a store, by number, the offset at which it left the one before it. Nothing
/// where that is not known.
using timeline_starts = std::map<std::uint32_t, std::optional<std::uint64_t>>;

}  // namespace botapi::sql
