#pragma once

#include "adapters/soci/driver/database_url.hpp"

#include <botcore/ports/log.hpp>
#include <botcore/ports/storage.hpp>
#include <botcore/result.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

namespace botapi::sql {

/// The limits of a storage on its database.
struct storage_options {
    std::size_t sessions = 8;                   ///< The largest number of connections.
    std::chrono::milliseconds open_max{5'000};  ///< The time limit for the checks of `open`.

    /// How long a write whose commit was interrupted tries to find out its outcome, from the begin
    /// of the outage.
    std::chrono::milliseconds failover_wait{0};

    /// Whether to open a PostgreSQL server that takes no writes. All requests are refused with
    /// `unavailable` until the server takes writes.
    bool waits_for_primary = false;

    /// The same database without a pooler, for LISTEN. Nothing: the URL itself.
    std::optional<database_url> listen_url{};

    /// Whether to refuse a pooler through which the storage can't listen to other servers. Without
    /// it, `stream_store::listen` must not be called.
    bool has_to_listen = true;

    /// Standbys of the PostgreSQL server, for reads that need not be the latest. A URL with several
    /// hosts names several standbys. One that can't be reached serves nothing until it can.
    std::vector<database_url> read_replicas{};

    /// How old the answer of such a read may be while the primary can be reached.
    std::chrono::milliseconds replica_lag_max{1'000};

    /// Whether to refuse a database in which nothing was ever stored: no bot, no key and no
    /// conversation.
    bool must_hold_data = false;
};

/// A `storage` in a SQLite file or a PostgreSQL database, through SOCI.
///
/// Any number of processes may use one database. The storage replaces a lost connection when it
/// next needs one. So nobody has to restart this program after a restart of the database.
class sql_storage final : public botcore::storage {
public:
    /// Opens a database that exists and has this program's schema. It never migrates. `log` must
    /// outlive the storage.
    ///
    /// Errors: `unavailable`, with a line for the operator, if the database can't be reached, takes
    /// no writes, belongs to another program, is empty although it must not be, or has an older or
    /// newer schema; or if a read replica is a copy of another database.
    static botcore::result<std::unique_ptr<sql_storage>> open(
        const database_url& url,
        const storage_options& options,
        botcore::log& log
    );
    ~sql_storage() override;

    sql_storage(const sql_storage&) = delete;
    sql_storage& operator=(const sql_storage&) = delete;

    botcore::bot_store& bots() noexcept override;
    botcore::message_store& messages() noexcept override;
    botcore::conversation_store& conversations() noexcept override;
    botcore::key_store& keys() noexcept override;
    botcore::stream_store& streams() noexcept override;
    botcore::webhook_store& webhooks() noexcept override;
    botcore::consistency& consistency() noexcept override;
    botcore::result<> ready(botcore::deadline until) override;
    [[nodiscard]] std::optional<botcore::outage> last_outage() override;

private:
    struct state;
    explicit sql_storage(std::unique_ptr<state> opened) noexcept;

    std::unique_ptr<state> state_;
};

}  // namespace botapi::sql
