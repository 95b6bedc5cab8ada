#include "apps/server/commands.hpp"
#include "apps/server/version.hpp"

#include <iostream>

namespace botapi::app {

int print_version(bool has_details)
{
    std::cout << "botapi " << version() << '\n';
    if (has_details) {
        for (const auto& [name, version] : ingredients())
            std::cout << name << ' ' << version << '\n';
    }
    return 0;
}

}  // namespace botapi::app
