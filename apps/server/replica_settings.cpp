#include "apps/server/replica_settings.hpp"

#include "apps/server/setting_kinds.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

namespace botapi::app {

namespace {

constexpr std::string_view replicas = "Read replicas";

reason take_replica(settings& into, const std::string& text)
{
    auto url = sql::database_url::parse(text);
    if (!url)
        return url.error().detail;
    if (url->dialect() != sql::dialect::postgresql)
        return "SQLite has no replicas: name a standby of the PostgreSQL server of --database.";
    into.read_replicas.push_back(*std::move(url));
    return std::nullopt;
}

std::vector<std::string> show_replicas(const settings& from)
{
    std::vector<std::string> shown;
    std::ranges::transform(
        from.read_replicas,
        std::back_inserter(shown),
        &sql::database_url::redacted
    );
    return shown;
}

}  // namespace

std::vector<setting> replica_settings()
{
    return {
        {.name = "read-replica",
         .placeholder = "URL",
         .group = replicas,
         .meaning = "a standby of the PostgreSQL server of --database, for reads; may be repeated",
         .fallback = "none",
         .take = take_replica,
         .show = show_replicas,
         .clear = [](settings& into) { into.read_replicas.clear(); },
         .is_secret = true,
         .may_have_commas = true},
        time_of(
            {"replica-max-lag",
             replicas,
             "how old the answer to a read without a consistency token may be"},
            [](settings & s) -> auto& { return s.replica_lag_max; }
        ),
    };
}

}  // namespace botapi::app
