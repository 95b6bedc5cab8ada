#include "tests/unit/fakes.hpp"

#include <botcore/ports/log.hpp>

#include <string>
#include <vector>

using namespace botcore;

namespace {

class kept_log final : public log {
public:
    using log::write;

    void write(severity severity, std::string_view event, std::span<const log_field> fields)
        override
    {
        events.emplace_back(event);
        worst = std::max(worst, severity);
        for (const auto& field : fields)
            names.emplace_back(field.name);
    }

    std::vector<std::string> events;
    std::vector<std::string> names;
    severity worst = severity::debug;
};

}  // namespace

TEST_CASE("log: fields may be listed in the call, or left out")
{
    kept_log kept;

    kept.write(severity::info, "started");
    kept.write(severity::error, "failed", {{"after_ms", std::int64_t{3}}, {"fatal", true}});

    CHECK(kept.events == std::vector<std::string>{"started", "failed"});
    CHECK(kept.names == std::vector<std::string>{"after_ms", "fatal"});
    CHECK(kept.worst == severity::error);
}
