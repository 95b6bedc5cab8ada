#pragma once

#include "adapters/soci/driver/failure.hpp"
#include "adapters/soci/driver/postgresql/pipeline.hpp"
#include "adapters/soci/driver/postgresql/watched_socket.hpp"
#include "adapters/soci/driver/session.hpp"

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

/// Which store a server serves, and in which of its histories.
struct store_identity {
    std::string migrated_at{};  ///< When the first migration was applied. Empty: never.
    std::int64_t database = 0;  ///< The number of the database in its cluster.
    std::int64_t timeline = 0;  ///< Grows when the cluster is restored, or a standby promoted.

    [[nodiscard]] bool is_migrated() const noexcept { return !migrated_at.empty(); }
    friend bool operator==(const store_identity&, const store_identity&) = default;
};

/// A statement for PostgreSQL. `parameters` are the bytes of `$1`, `$2`, … in binary; one without
/// data is a null.
struct binary_query {
    std::string sql;
    std::vector<std::string_view> parameters{};
};

/// A session on a PostgreSQL server.
class session_postgresql final : public session {
public:
    /// A server that hangs is left to `guard`, if there is one. It must outlive the session.
    session_postgresql(const database_url& url, watchdog* guard);
    ~session_postgresql() override;

    session_postgresql(const session_postgresql&) = delete;
    session_postgresql& operator=(const session_postgresql&) = delete;

    /// The session as what it is. Precondition: it is one of PostgreSQL. For the twins of a slice
    /// that the composition of the storage chooses by its database.
    static session_postgresql& of(session& one) noexcept
    {
        return static_cast<session_postgresql&>(one);
    }

    /// Runs a statement. `parameters` are the bytes of `$1`, `$2`, … in binary, and so is the
    /// answer; one without data is a null.
    binary_rows run_binary(const std::string& sql, const std::vector<std::string_view>& parameters);

    /// Several of them in one round trip, and in one transaction: the answers, in order.
    std::vector<binary_rows> run_binary(std::span<const binary_query> queries);

    /// The same as all of the transaction for which `begin_write` was called, commit included: in
    /// one round trip. Throws as `commit` does.
    binary_rows run_as_transaction(
        const std::string& sql,
        const std::vector<std::string_view>& parameters
    );

    /// Which store this session is on. Takes two round trips.
    store_identity identify_store();

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
    void limit(botcore::deadline until) override;
    void mark_idle() noexcept override;
    void check_primary() override;

    /// Nothing is sent yet: the begin goes with the transaction's first statement.
    void begin_write(const write_lock& lock, botcore::deadline until) override;

    void commit() override;
    bool rollback() noexcept override;
    [[nodiscard]] bool is_lost() const noexcept override;

private:
    void set_up();
    void send_begin();
    database_state query_state();
    std::string name_of(pipeline& sent, const std::string& sql);

    std::optional<std::string_view> unsent_lock_{};  ///< While the begin waits for a statement.
    bool has_warned_ = false;                        ///< Set by the server's warnings.
    std::chrono::milliseconds statement_max_{};      ///< As the user set it.
    std::chrono::milliseconds bound_{};              ///< Of statements now.
    std::optional<watched_socket> watched_{};
    recently_used<std::string> names_{statements_max};  ///< Of statements in binary.
    std::uint64_t names_made_ = 0;
};

}  // namespace botapi::sql
