#include "adapters/logging/descriptor_log.hpp"
#include "adapters/soci/check.hpp"
#include "apps/server/commands.hpp"

#include <iostream>

namespace botapi::app {

int check(const settings& settings)
{
    logging::descriptor_log log{settings.log};
    const auto report = sql::check(settings.database, log);
    if (!report)
        throw command_error{report.error().detail};

    for (const auto& finding : report->findings)
        std::cout << finding << '\n';
    std::cout << "conversations: " << report->conversations << '\n'
              << "messages: " << report->messages << '\n'
              << "findings: " << report->findings.size() << '\n';
    return report->findings.empty() ? 0 : 1;
}

}  // namespace botapi::app
