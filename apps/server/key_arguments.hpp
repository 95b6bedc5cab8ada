#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace botapi::app {

/// The arguments of `botapi keys`, unchecked. An argument that was left out is empty.
struct key_arguments {
    std::string name{};
    std::vector<std::string> scopes{};
    std::vector<std::string> bots{};
    std::string expires{};
    std::optional<std::int64_t> quota{};
    std::string id{};             ///< The key to revoke.
    std::string issued_before{};  ///< Revokes all keys made before this time.
    bool at_once = false;         ///< Whether the rotation ends all earlier tokens.
};

}  // namespace botapi::app
