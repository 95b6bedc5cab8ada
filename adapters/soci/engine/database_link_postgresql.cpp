#include "adapters/soci/engine/database_link_postgresql.hpp"

#include "adapters/soci/driver/connect.hpp"
#include "adapters/soci/driver/failure.hpp"
#include "adapters/soci/driver/session_postgresql.hpp"

#include <utility>

namespace botapi::sql {

namespace {

/// A server that needs longer to answer a probe counts as hanging.
constexpr std::chrono::milliseconds answer_max{1'000};

}  // namespace

database_link_postgresql::database_link_postgresql(database_route route, botcore::log& log)
    : database_link{route.role, log},
      route_{std::move(route)},
      probe_{connection_uri(route_.url), route_.pooled, route_.role},
      watchdog_{
          [this] { return is_responsive(); },
          [this](botcore::deadline since) { reach().hung(since); }}
{
    if (route_.pooled != pooling::none && route_.direct)
        direct_probe_.emplace(connection_uri(*route_.direct), pooling::none, route_.role);
}

// PostgreSQL itself queues the writers.
std::optional<fifo_gate::pass> database_link_postgresql::enter_writer(botcore::deadline /*until*/)
{
    return fifo_gate::pass{nullptr};
}

std::optional<botcore::outage> database_link_postgresql::last_outage()
{
    const auto last = reach().last_outage();
    if (!last || is_replaced_)
        return std::nullopt;
    if (!last->ended && reach().may_try(std::chrono::steady_clock::now()))
        watchdog_.request_probe();
    return last;
}

/// Probes the server. False if it hangs.
bool database_link_postgresql::is_responsive()
{
    switch (probe_.look(answer_max)) {
        case server_probe::finding::well: note_reached(); break;
        case server_probe::finding::away:
            if (away_since())
                note_missed(probe_.why_away());
            break;
        case server_probe::finding::hung:
            if (direct_probe_ && direct_probe_->look(answer_max) == server_probe::finding::well) {
                // All sessions of the pooler are in use, or it has not noticed yet that the server
                // is back. So the server stays away, and somebody else may try.
                if (away_since())
                    reach().missed(std::chrono::steady_clock::now(), database_state::unreachable);
                return true;
            }
            log().write(
                botcore::severity::warning,
                "the database accepts connections but does not answer"
            );
            return false;
    }
    return true;
}

bool database_link_postgresql::is_silent()
{
    if (is_replaced_)
        return true;
    // An attempt can take seconds. A request can't wait that long, so the watchdog's thread tries.
    if (away_since()) {
        watchdog_.request_probe();
        return true;
    }
    // If the server hangs, the probe reports it sooner than an attempt to connect.
    return !watchdog_.is_answered();
}

/// Compares the store of a new session with that of the sessions before it. PostgreSQL does not
/// drop a database while a session is open, so it is enough to check each new session. Behind a
/// pooler, a session ends with its `server_place`.
void database_link_postgresql::check_store(session_postgresql& opened)
{
    const auto found = opened.identify_store();
    opened.set_history(found.history());
    opened.set_position(
        {.store = found.store(), .timeline = static_cast<std::uint32_t>(found.timeline)}
    );
    note_store(found);
    if (found.is_migrated())
        history().open(opened.position(), opened.learn_timelines(found));
}

void database_link_postgresql::note_store(const store_identity& found)
{
    const std::lock_guard lock{mutex_};
    if (!store_ && !found.is_migrated())
        return;
    if (!store_)
        store_ = found;
    if (found.migrated_at != store_->migrated_at) {
        is_replaced_ = true;
        throw not_primary{database_state::replaced};
    }
    if (std::exchange(*store_, found) != found && role() == node_role::primary) {
        log().write(
            botcore::severity::warning,
            "the database was restored, or another server took its place: it may lack commits",
            {{"timeline", std::to_string(found.timeline)}}
        );
    }
}

// libpq can't abandon a server that hangs, so the attempt runs on a thread of its own.
std::unique_ptr<session> database_link_postgresql::open()
{
    const auto began = std::chrono::steady_clock::now();
    connection_attempt attempt{[this]() -> std::unique_ptr<session> {
        auto opened = std::make_unique<session_postgresql>(route_.url, route_.pooled, &watchdog_);
        check_store(*opened);
        return opened;
    }};
    while (!attempt.wait_for(watchdog::suspicious)) {
        if (watchdog_.is_answered())
            continue;
        reach().hung(began);
        if (!attempt.abandon())
            break;
        keep_until_it_ends(std::move(attempt));
        throw still_away{reach().state()};
    }
    return attempt.get();
}

void database_link_postgresql::keep_until_it_ends(connection_attempt abandoned)
{
    const std::lock_guard lock{mutex_};
    std::erase_if(abandoned_, [](const auto& one) { return one.has_ended(); });
    abandoned_.push_back(std::move(abandoned));
}

}  // namespace botapi::sql
