#pragma once

#include "adapters/soci/driver/database_url.hpp"
#include "adapters/soci/driver/failure.hpp"
#include "adapters/soci/driver/session.hpp"
#include "adapters/soci/driver/sqlite/fifo_gate.hpp"
#include "adapters/soci/engine/reachability.hpp"

#include <botcore/ports/deadline.hpp>
#include <botcore/ports/log.hpp>

#include <memory>
#include <optional>

namespace botapi::sql {

/// The way to one database: opens sessions, and knows whether it is worth trying.
///
/// Thread safety: any number of threads may call at once.
class database_link {
public:
    virtual ~database_link() = default;

    database_link(const database_link&) = delete;
    database_link& operator=(const database_link&) = delete;

    /// Opens a session on a database that takes writes. Throws `unreachable`, also while another
    /// thread tries.
    std::unique_ptr<session> connect();

    /// Lets in one thread at a time that writes, where the database has one writer at a time.
    /// Nothing, if the others are not done by the deadline.
    virtual std::optional<fifo_gate::pass> enter_writer(botcore::deadline until) = 0;

    /// Called when the disk failed to keep what was written. Sessions stay: while one is open,
    /// SQLite shows nobody what was not committed.
    virtual void distrust() noexcept = 0;

    /// Whether the disk failed to keep what was written, so that nothing may be written any more.
    [[nodiscard]] virtual bool is_distrusted() const noexcept = 0;

    /// Whether the database is still the one that was opened. If not, what is written to it is
    /// lost.
    [[nodiscard]] virtual bool is_in_place() = 0;

    /// Since when the database could not be reached, or took no writes. Nothing, if it serves.
    [[nodiscard]] std::optional<botcore::deadline> away_since() const
    {
        return reachability_.away_since();
    }

protected:
    /// `log` must outlive the link.
    explicit database_link(botcore::log& log);

    [[nodiscard]] botcore::log& log() noexcept { return log_; }
    [[nodiscard]] reachability& reach() noexcept { return reachability_; }

    void note_reached();
    void note_missed(const failure& found);

    /// Whether the database is known to give no answer now, though it may take connections.
    virtual bool is_silent() = 0;

    /// Throws `unreachable`.
    virtual std::unique_ptr<session> open() = 0;

private:
    botcore::log& log_;
    reachability reachability_;
};

/// Makes the link for a database. `log` must
/// outlive the link.
std::unique_ptr<database_link> make_database_link(const database_url& url, botcore::log& log);

}  // namespace botapi::sql
