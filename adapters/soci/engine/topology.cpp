#include "adapters/soci/engine/topology.hpp"

#include <algorithm>
#include <thread>

namespace botapi::sql {

using std::chrono::steady_clock;
using namespace std::chrono_literals;

namespace {

/// How long a read waits for a copy that is a little behind. It is cheaper to ask the primary than
/// to keep a thread waiting for longer.
constexpr auto copy_wait_max = 20ms;

}  // namespace

topology::topology(
    const database_route& primary,
    const topology_options& options,
    botcore::log& log
)
    : primary_{make_database_link(primary, log), options.sessions},
      replication_{options.copies.size(), options.copy_lag_max},
      watch_{primary.url, options.copies, replication_, log}
{
    for (const auto& url : options.copies) {
        const database_route route{.url = url, .role = node_role::copy};
        copies_.push_back(
            std::make_unique<database_node>(make_database_link(route, log), options.sessions)
        );
    }
}

std::optional<topology::copy_choice> topology::copy_for(const botcore::freshness& demanded)
{
    if (copies_.empty())
        return std::nullopt;
    const auto chosen = replication_.choose(demanded, steady_clock::now());
    if (!chosen)
        return std::nullopt;
    return copy_choice{*copies_.at(chosen->number), *chosen};
}

void topology::give_up(const copy_choice& failed)
{
    replication_.miss_copy(failed.chosen.number);
}

botcore::copies topology::copies_of(const botcore::storage_position& position)
{
    if (copies_.empty())
        return botcore::copies::none;
    const auto found = replication_.copies_of(position, steady_clock::now());
    if (found == botcore::copies::soon)
        watch_.hurry();
    return found;
}

bool topology::wait_for_copy(const botcore::storage_position& position, botcore::deadline until)
{
    const auto end = std::min(until, steady_clock::now() + copy_wait_max);
    for (;;) {
        const auto found = copies_of(position);
        if (found != botcore::copies::soon || steady_clock::now() >= end)
            return found == botcore::copies::there;
        std::this_thread::sleep_for(500us);
    }
}

std::vector<botcore::copy_status> topology::copy_states() const
{
    return replication_.status(steady_clock::now());
}

}  // namespace botapi::sql
