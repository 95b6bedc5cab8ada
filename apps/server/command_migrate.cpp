#include "adapters/logging/descriptor_log.hpp"
#include "adapters/soci/schema/migrate.hpp"
#include "apps/server/commands.hpp"

#include <iostream>

namespace botapi::app {

int migrate(const settings& settings, bool is_dry_run)
{
    logging::descriptor_log log{settings.log};
    const auto mode = is_dry_run            ? sql::migrating::dry_run
                      : settings.must_exist ? sql::migrating::upgrade
                                            : sql::migrating::apply;
    const auto migrations = sql::migrate(settings.database, mode, log);
    if (!migrations)
        throw command_error{migrations.error().detail};

    for (const auto& migration : *migrations)
        std::cout << (is_dry_run ? "would apply " : "applied ") << migration.name << '\n';
    if (migrations->empty())
        std::cout << "The schema is up to date.\n";
    return 0;
}

}  // namespace botapi::app
