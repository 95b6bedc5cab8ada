#pragma once

#include "adapters/soci/driver/database_route.hpp"
#include "adapters/soci/driver/failure.hpp"
#include "adapters/soci/driver/session.hpp"
#include "adapters/soci/driver/sqlite/fifo_gate.hpp"
#include "adapters/soci/engine/reachability.hpp"
#include "adapters/soci/engine/store_history.hpp"

#include <botcore/ports/deadline.hpp>
#include <botcore/ports/log.hpp>
#include <botcore/ports/outage.hpp>

#include <memory>
#include <optional>

namespace botapi::sql {

/// The link to one database: opens sessions, and knows whether the database is reachable.
///
/// Thread safety: any number of threads may call at once.
class database_link {
public:
    virtual ~database_link() = default;

    database_link(const database_link&) = delete;
    database_link& operator=(const database_link&) = delete;

    /// Opens a session on a database that takes writes, or on any copy. Throws `unreachable`, also
    /// while another thread tries to connect.
    std::unique_ptr<session> connect();

    /// Waits for admission as a writer. SQLite admits one writer at a time, PostgreSQL any number.
    /// Nothing if the deadline passes first.
    virtual std::optional<fifo_gate::pass> enter_writer(botcore::deadline until) = 0;

    /// Called after an fsync has failed. Sessions stay open: while one is open, SQLite shows no
    /// uncommitted pages to other processes.
    virtual void distrust() noexcept = 0;

    /// Whether an fsync has failed, so that nothing may be written any more.
    [[nodiscard]] virtual bool is_distrusted() const noexcept = 0;

    /// Whether the database is still the one that was opened. If not, writes to it are lost.
    [[nodiscard]] virtual bool is_in_place() = 0;

    [[nodiscard]] node_role role() const noexcept { return role_; }

    /// The history of the database's store, as far as its sessions have seen it.
    [[nodiscard]] store_history& history() noexcept { return history_; }

    /// The time since which the database has been unreachable or has taken no writes. Nothing if it
    /// serves.
    [[nodiscard]] std::optional<botcore::deadline> away_since() const
    {
        return reachability_.away_since();
    }

    /// The last outage of a database that comes back by itself. While it lasts, a call may start a
    /// probe. Nothing for a file.
    virtual std::optional<botcore::outage> last_outage() { return std::nullopt; }

protected:
    /// `log` must outlive the link.
    database_link(node_role role, botcore::log& log);

    [[nodiscard]] botcore::log& log() noexcept { return log_; }
    [[nodiscard]] reachability& reach() noexcept { return reachability_; }

    void note_reached();
    void note_missed(const failure& found);

    /// Whether the server is known to hang: it accepts connections, but does not answer.
    virtual bool is_silent() = 0;

    /// Throws `unreachable`.
    virtual std::unique_ptr<session> open() = 0;

private:
    node_role role_;
    botcore::log& log_;
    reachability reachability_;
    store_history history_{};
};

/// Makes the link for a database. `log` must outlive the link.
std::unique_ptr<database_link> make_database_link(const database_route& route, botcore::log& log);

}  // namespace botapi::sql
