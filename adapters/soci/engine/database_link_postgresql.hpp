#pragma once

#include "adapters/soci/driver/postgresql/server_probe.hpp"
#include "adapters/soci/driver/postgresql/watchdog.hpp"
#include "adapters/soci/driver/session_postgresql.hpp"
#include "adapters/soci/engine/connection_attempt.hpp"
#include "adapters/soci/engine/database_link.hpp"

#include <atomic>
#include <mutex>
#include <optional>
#include <vector>

namespace botapi::sql {

/// The link to a PostgreSQL server. A watchdog shuts down connections if the server hangs. A probe
/// distinguishes a server that hangs from a server that is slow. Behind a pooler, a second probe
/// goes past it: the pooler may let the first one wait for a session.
class database_link_postgresql final : public database_link {
public:
    /// `log` must outlive the link.
    database_link_postgresql(database_route route, botcore::log& log);

    std::optional<fifo_gate::pass> enter_writer(botcore::deadline until) override;

    /// Does nothing: a PostgreSQL server itself handles errors of its disk.
    void distrust() noexcept override {}
    [[nodiscard]] bool is_distrusted() const noexcept override { return false; }

    [[nodiscard]] bool is_in_place() override { return !is_replaced_; }

    std::optional<botcore::outage> last_outage() override;

protected:
    bool is_silent() override;
    std::unique_ptr<session> open() override;

private:
    bool is_responsive();
    void check_store(session_postgresql& opened);
    void note_store(const store_identity& found);
    void keep_until_it_ends(connection_attempt abandoned);

    database_route route_;
    std::atomic<bool> is_replaced_{false};
    server_probe probe_;
    std::optional<server_probe> direct_probe_{};
    watchdog watchdog_;  ///< Destroyed before the members that its thread uses.
    std::mutex mutex_;
    std::optional<store_identity> store_{};      ///< The store of the last session.
    std::vector<connection_attempt> abandoned_;  ///< Last: destroyed before what they use.
};

}  // namespace botapi::sql
