#include "apps/server/commands.hpp"
#include "apps/server/version.hpp"

#include <iostream>

namespace botapi::app {

int tell_version(bool with_details)
{
    std::cout << "botapi " << version() << '\n';
    if (with_details) {
        for (const auto& [name, version] : ingredients())
            std::cout << name << ' ' << version << '\n';
    }
    return 0;
}

}  // namespace botapi::app
