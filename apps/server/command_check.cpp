#include "adapters/logging/descriptor_log.hpp"
#include "adapters/soci/maintenance/check.hpp"
#include "adapters/soci/maintenance/repair.hpp"
#include "apps/server/commands.hpp"

#include <iostream>

namespace botapi::app {

namespace {

int print(const sql::check_report& report)
{
    for (const auto& finding : report.findings)
        std::cout << finding << '\n';
    if (!report.remark.empty())
        std::cout << "remark: " << report.remark << '\n';
    std::cout << "conversations: " << report.conversations << '\n'
              << "messages: " << report.messages << '\n'
              << "findings: " << report.findings.size() << '\n';
    return report.findings.empty() ? 0 : 1;
}

}  // namespace

int check(const settings& settings)
{
    logging::descriptor_log log{settings.log};
    const auto report = sql::check(settings.database, log);
    if (!report)
        throw command_error{report.error().detail};
    return print(*report);
}

int repair(const settings& settings, bool is_dry_run)
{
    logging::descriptor_log log{settings.log};
    const auto mode = is_dry_run ? sql::repairing::dry_run : sql::repairing::apply;
    const auto report = sql::repair(settings.database, mode, log);
    if (!report)
        throw command_error{report.error().detail};

    for (const auto& description : report->repairs)
        std::cout << (is_dry_run ? "would repair: " : "repaired: ") << description << '\n';
    if (report->repairs.empty())
        std::cout << "Nothing can be repaired.\n";
    std::cout << (is_dry_run ? "This would remain:\n" : "This remains:\n");
    const int code = print(report->unrepaired);
    return is_dry_run && !report->repairs.empty() ? 1 : code;
}

}  // namespace botapi::app
