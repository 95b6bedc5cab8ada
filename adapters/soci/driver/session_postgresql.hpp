#pragma once

#include "adapters/soci/driver/database_route.hpp"
#include "adapters/soci/driver/failure.hpp"
#include "adapters/soci/driver/postgresql/pipeline.hpp"
#include "adapters/soci/driver/postgresql/pooled_transaction.hpp"
#include "adapters/soci/driver/postgresql/watched_socket.hpp"
#include "adapters/soci/driver/session.hpp"
#include "adapters/soci/driver/timeline_starts.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace botapi::sql {

class watchdog;

/// Identifies the store that a server serves, and its history.
struct store_identity {
    std::string migrated_at{};  ///< When the first migration was applied. Empty: never.
    std::int64_t cluster =
        0;  ///< PostgreSQL's system identifier: standbys have that of their primary.
    std::int64_t database = 0;  ///< The number of the database in its cluster.
    std::int64_t timeline = 0;  ///< Grows when the cluster is restored or a standby is promoted.

    [[nodiscard]] bool is_migrated() const noexcept { return !migrated_at.empty(); }

    /// The same number for the same identity, and hardly ever for another one.
    [[nodiscard]] std::uint64_t history() const;

    /// Likewise for the same cluster and database. It is the `store` of positions.
    [[nodiscard]] std::uint64_t store() const;

    friend bool operator==(const store_identity&, const store_identity&) = default;
};

/// A statement for PostgreSQL. `parameters` are the values of `$1`, `$2`, … in binary format. A
/// parameter without data (`nullptr`) is a null.
struct binary_query {
    std::string sql;
    std::vector<std::string_view> parameters{};
};

/// A session on a PostgreSQL server.
///
/// Behind a pooler that is `tracked`, it is the session of the pooler: it keeps no state on the
/// server, and each of its transactions makes its own settings.
class session_postgresql final : public session {
public:
    /// `guard` shuts the connection down if the server hangs. It may be null. It must outlive the
    /// session.
    session_postgresql(const database_url& url, pooling pooled, watchdog* guard);
    ~session_postgresql() override;

    session_postgresql(const session_postgresql&) = delete;
    session_postgresql& operator=(const session_postgresql&) = delete;

    /// Casts a session to its type. Precondition: it is a session on PostgreSQL. Classes that exist
    /// once for each database use it, in their version for PostgreSQL.
    static session_postgresql& of(session& one) noexcept
    {
        return static_cast<session_postgresql&>(one);
    }

    /// Runs a statement with the parameters of a `binary_query`. The answer is in binary format,
    /// too.
    binary_rows run_binary(const std::string& sql, const std::vector<std::string_view>& parameters);

    /// Runs several statements in one round trip and in one transaction. Returns their answers in
    /// order.
    std::vector<binary_rows> run_binary(std::span<const binary_query> queries);

    /// Runs a statement as the whole transaction for which `begin_write` was called, and commits
    /// it: in one round trip. Throws as `commit` does.
    binary_rows run_as_transaction(
        const std::string& sql,
        const std::vector<std::string_view>& parameters
    );

    /// Identifies the store of this session. Takes two round trips.
    store_identity identify_store();

    /// When the server's process started, in microseconds since 1970.
    [[nodiscard]] std::int64_t started_at_us() const noexcept { return place_.started_at_us; }

    /// The timelines that servers have recorded. Records the session's own timeline if it is a new
    /// one, on a server that takes writes.
    timeline_starts learn_timelines(const store_identity& store);

    statement& prepared(const sql_text& text) override;

    void select(
        const query& selection,
        std::string_view columns,
        const std::function<bool(const row&)>& each
    ) override;

    void select_by_ids(
        const sql_text& select,
        std::string_view column,
        std::span<const botcore::uuid> ids,
        const std::function<void(const row&)>& each,
        std::string_view rest
    ) override;

    void execute(const std::string& script) override;
    void begin_read(botcore::deadline until) override;
    void end_read() override;
    void limit(botcore::deadline until) override;
    void mark_idle() noexcept override;
    std::uint64_t history() override;
    void check_primary() override;

    /// Sends nothing yet: `BEGIN` is sent before the first statement of the transaction.
    void begin_write(const write_lock& lock, botcore::deadline until) override;

    void commit() override;
    void settle() override;
    botcore::storage_position look_up_position() override;
    bool rollback() noexcept override;
    [[nodiscard]] bool is_lost() const noexcept override;

private:
    void set_up();
    void set_up_pooled();
    void send_begin();
    void send_opening(pipeline& sent);
    std::vector<binary_rows> finish_opened(pipeline& sent);
    std::vector<binary_rows> finish_committed(pipeline& sent, bool has_opening);
    void end_transaction(const std::string& before);
    void send(
        pipeline& sent,
        const std::string& sql,
        const std::vector<std::string_view>& parameters
    );
    [[nodiscard]] bool is_in_transaction() const noexcept;
    database_state query_state();

    bool is_pooled_;
    bool is_relayed_ = false;  ///< Whether a pooler is before the server.
    bool is_reading_ = false;  ///< Whether `end_read` is still to come, if pooled.
    server_place place_{};     ///< Where the session is on the server; the database only if pooled.
    database_state state_ = database_state::serving;  ///< Of the last transaction, if pooled.
    std::optional<std::string_view> unsent_lock_{};   ///< Set until `BEGIN` is sent.
    bool has_warned_ = false;                         ///< Whether the server sent a warning.
    std::chrono::milliseconds statement_max_{};       ///< The user's own limit.
    std::chrono::milliseconds bound_{};               ///< The current limit.
    std::optional<watched_socket> watched_{};
    recently_used<std::string> names_{statements_max};  ///< The names of prepared statements.
    std::string name_begin_;                            ///< Of no other session's statements.
    std::uint64_t names_made_ = 0;
    store_identity store_{};  ///< What `identify_store` found.
    bool is_on_standby_ = false;
};

}  // namespace botapi::sql
