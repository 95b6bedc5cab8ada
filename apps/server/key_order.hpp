#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace botapi::app {

/// What the command line says of a key. Nothing is checked; what was left out is empty.
struct key_order {
    std::string name{};
    std::vector<std::string> scopes{};
    std::vector<std::string> bots{};
    std::string expires{};
    std::optional<std::int64_t> quota{};
    std::string id{};             ///< Of the key to revoke.
    std::string issued_before{};  ///< Of the keys to revoke.
    bool at_once = false;         ///< Whether what was signed before ends with the rotation.
};

}  // namespace botapi::app
