#pragma once

#include <string>
#include <vector>

namespace botapi::app {

/// What the command line says of a key. Nothing is checked; what was left out is empty.
struct key_order {
    std::string name{};
    std::vector<std::string> scopes{};
    std::vector<std::string> bots{};
    std::string expires{};
    std::string id{};             ///< Of the key to revoke.
    std::string issued_before{};  ///< Of the keys to revoke.
};

}  // namespace botapi::app
