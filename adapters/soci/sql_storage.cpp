#include "adapters/soci/sql_storage.hpp"

#include "adapters/soci/bots/bot_fence/bot_fence.hpp"
#include "adapters/soci/bots/sql_bots.hpp"
#include "adapters/soci/driver/connect.hpp"
#include "adapters/soci/driver/failure.hpp"
#include "adapters/soci/driver/postgresql/pooler_check.hpp"
#include "adapters/soci/driver/session.hpp"
#include "adapters/soci/driver/session_postgresql.hpp"
#include "adapters/soci/engine/topology.hpp"
#include "adapters/soci/engine/transaction_runner.hpp"
#include "adapters/soci/keys/sql_keys.hpp"
#include "adapters/soci/messages/message_writer.hpp"
#include "adapters/soci/messages/sql_conversations.hpp"
#include "adapters/soci/messages/sql_messages.hpp"
#include "adapters/soci/schema/migrate.hpp"
#include "adapters/soci/schema/prerequisites.hpp"
#include "adapters/soci/schema/schema_state.hpp"
#include "adapters/soci/streams/sql_streams.hpp"
#include "adapters/soci/webhooks/sql_webhooks.hpp"

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace botapi::sql {

using botcore::deadline;
using botcore::errc;
using botcore::refuse;
using botcore::result;

namespace {

/// Whether nothing was ever stored: no bot, no key and no conversation.
bool holds_nothing(session& db)
{
    std::int64_t count = 0;
    auto& selection = db.prepared(
        {"SELECT (SELECT count(*) FROM (SELECT id FROM bots LIMIT 1) AS some_bots)"
         " + (SELECT count(*) FROM (SELECT id FROM api_keys LIMIT 1) AS some_keys)"
         " + (SELECT count(*) FROM (SELECT id FROM conversations LIMIT 1) AS some_conversations)",
         {},
         "n"}
    );
    for (selection.run(); selection.next();)
        count = selection.number(0);
    return count == 0;
}

/// The route to the database, which says what poolers do.
result<database_route> route_to(const database_url& url, const storage_options& options)
{
    const auto pooled = usable_pooling(url);
    if (!pooled)
        return pooled.error();
    const database_route route{.url = url, .pooled = *pooled, .direct = options.listen_url};
    if (!options.has_to_listen)
        return route;
    if (const auto checked = check_direct_way(route); !checked)
        return checked.error();
    return route;
}

/// Checks a database before the storage uses it. Opens a session for the check alone.
result<> check_database(
    const database_route& route,
    const storage_options& options,
    botcore::log& log
)
{
    const auto& url = route.url;
    try {
        const auto db = open_session(url, route.pooled);
        db->begin_read(std::chrono::steady_clock::now() + options.open_max);
        if (!options.waits_for_primary)
            db->check_primary();
        if (auto fit = check_prerequisites(*db, schema_use::keep); !fit)
            return fit;
        if (auto known = check_schema(*db); !known || !options.must_hold_data)
            return known;
        return holds_nothing(*db) ? refusal_of_empty(url) : result<>{};
    } catch (const std::bad_alloc&) {
        throw;
    } catch (const std::exception& thrown) {
        return refusal_at_start(url, failure_from(thrown), log);
    }
}

/// The identity of the store at a URL. Nothing if it can't be reached.
std::optional<std::uint64_t> store_at(const database_url& url)
{
    try {
        session_postgresql db{url, pooling::none, nullptr};
        return db.identify_store().store();
    } catch (const std::bad_alloc&) {
        throw;
    } catch (const std::exception&) {
        return std::nullopt;
    }
}

/// The replicas of the options, each by a URL of its own. Refuses one that copies another database.
result<std::vector<database_url>> check_replicas(
    const database_route& route,
    const storage_options& options
)
{
    std::vector<database_url> all;
    for (const auto& url : options.read_replicas) {
        if (url.dialect() != dialect::postgresql || route.url.dialect() != dialect::postgresql) {
            return refuse(
                errc::unavailable,
                "Only a PostgreSQL server can be a read replica, and only of another one."
            );
        }
        for (auto& host : url_of_each_host(url))
            all.push_back(std::move(host));
    }
    const auto own = all.empty() ? std::nullopt : store_at(route.url);
    for (const auto& url : all) {
        const auto found = own ? store_at(url) : std::nullopt;
        if (found && found != own) {
            return refuse(
                errc::unavailable,
                "The read replica " + url.redacted() +
                    " is no copy of the database: it belongs to another cluster, or names another "
                    "database in it. Correct --read-replica."
            );
        }
    }
    return all;
}

/// Makes the `message_writer` for this kind of database.
std::unique_ptr<message_writer> make_message_writer(dialect dialect)
{
    return dialect == dialect::postgresql ? make_message_writer_postgresql()
                                          : make_message_writer_sqlite();
}

/// Makes the `stream_reader` for this kind of database.
std::unique_ptr<stream_reader> make_stream_reader(dialect dialect)
{
    return dialect == dialect::postgresql ? make_stream_reader_postgresql()
                                          : make_stream_reader_sqlite();
}

class sql_consistency final : public botcore::consistency {
public:
    /// Keeps references.
    sql_consistency(topology& nodes, transaction_runner& runner) noexcept
        : nodes_{nodes}, runner_{runner}
    {
    }

    [[nodiscard]] botcore::storage_position position() const override
    {
        return nodes_.for_write().link->history().position();
    }

    [[nodiscard]] bool includes(const botcore::storage_position& position) const override
    {
        const auto found = nodes_.for_write().link->history().includes(position);
        return found && *found;
    }

    result<> confirm(const botcore::storage_position& position, deadline until) override
    {
        return runner_.confirm(position, until);
    }

    botcore::copies copies_of(const botcore::storage_position& position) override
    {
        return nodes_.copies_of(position);
    }

    [[nodiscard]] std::vector<botcore::copy_status> copy_states() const override
    {
        return nodes_.copy_states();
    }

private:
    topology& nodes_;
    transaction_runner& runner_;
};

}  // namespace

struct sql_storage::state {
    state(
        const database_route& route,
        const storage_options& options,
        std::vector<database_url> copies,
        botcore::log& log
    )
        : nodes{
              route,
              {.sessions = options.sessions,
               .copies = std::move(copies),
               .copy_lag_max = options.replica_lag_max},
              log},
          runner{nodes, bots_change, log, options.failover_wait},
          signals{route, log},
          messages{runner, signals, make_message_writer(route.url.dialect())},
          streams{nodes, runner, signals, make_stream_reader(route.url.dialect())}
    {
    }

    topology nodes;
    transaction_runner runner;
    sql_bots bots{runner};
    stream_signals signals;
    sql_messages messages;
    sql_conversations conversations{runner};
    sql_keys keys{runner};
    sql_streams streams;
    sql_webhooks webhooks{runner};
    sql_consistency consistency{nodes, runner};
};

result<std::unique_ptr<sql_storage>> sql_storage::open(
    const database_url& url,
    const storage_options& options,
    botcore::log& log
)
{
    if (auto usable = check_file_access(url, file_use::write); !usable)
        return usable.error();
    const auto route = route_to(url, options);
    if (!route)
        return route.error();
    if (auto checked = check_database(*route, options, log); !checked)
        return checked.error();
    auto copies = check_replicas(*route, options);
    if (!copies)
        return copies.error();
    auto opened = std::make_unique<state>(*route, options, *std::move(copies), log);
    return std::unique_ptr<sql_storage>{new sql_storage{std::move(opened)}};
}

sql_storage::sql_storage(std::unique_ptr<state> opened) noexcept : state_{std::move(opened)} {}

sql_storage::~sql_storage() = default;

botcore::bot_store& sql_storage::bots() noexcept
{
    return state_->bots;
}

botcore::message_store& sql_storage::messages() noexcept
{
    return state_->messages;
}

botcore::conversation_store& sql_storage::conversations() noexcept
{
    return state_->conversations;
}

botcore::key_store& sql_storage::keys() noexcept
{
    return state_->keys;
}

botcore::stream_store& sql_storage::streams() noexcept
{
    return state_->streams;
}

botcore::webhook_store& sql_storage::webhooks() noexcept
{
    return state_->webhooks;
}

botcore::consistency& sql_storage::consistency() noexcept
{
    return state_->consistency;
}

result<> sql_storage::ready(deadline until)
{
    result<> schema;
    auto done = state_->runner.read_once(until, [&](session& db) { schema = check_schema(db); });
    if (done)
        return schema ? state_->runner.trust() : schema;
    if (done.error().code == errc::unavailable)
        return done;
    return refuse(errc::unavailable, "The database answered with an error.");
}

std::optional<botcore::outage> sql_storage::last_outage()
{
    return state_->nodes.for_write().link->last_outage();
}

}  // namespace botapi::sql
