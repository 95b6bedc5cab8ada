#pragma once

#include "adapters/soci/driver/database_route.hpp"
#include "adapters/soci/engine/database_link.hpp"
#include "adapters/soci/engine/replication.hpp"
#include "adapters/soci/engine/replication_watch.hpp"
#include "adapters/soci/engine/session_pool.hpp"

#include <botcore/ports/freshness.hpp>
#include <botcore/ports/log.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

namespace botapi::sql {

/// A database, with its link and its sessions.
struct database_node {
    database_node(std::unique_ptr<database_link> opened, std::size_t sessions)
        : link{std::move(opened)}, pool{*link, sessions}
    {
    }

    std::unique_ptr<database_link> link;
    session_pool pool;  ///< Destroyed before the link that it uses.
};

/// The databases of a store: the primary, and its copies for reads.
struct topology_options {
    std::size_t sessions = 8;                       ///< The largest number of connections to each.
    std::vector<database_url> copies{};             ///< Standbys of PostgreSQL.
    std::chrono::milliseconds copy_lag_max{1'000};  ///< See `replication`.
};

/// Chooses the database for a read or a write.
///
/// Thread safety: any number of threads may call at once.
class topology {
public:
    /// A copy that is fresh enough for a read.
    struct copy_choice {
        database_node& node;
        chosen_copy chosen;
    };

    /// `log` must outlive the topology.
    topology(const database_route& primary, const topology_options& options, botcore::log& log);

    /// A copy that is as fresh as `demanded`. Nothing: the primary has to serve the read.
    std::optional<copy_choice> copy_for(const botcore::freshness& demanded);

    /// Reports that a copy has failed. It serves nothing until it was seen again.
    void give_up(const copy_choice& failed);

    /// See `consistency::copies_of`.
    botcore::copies copies_of(const botcore::storage_position& position);

    /// Waits while a copy will soon have `position`, for some milliseconds at most. False if none
    /// has it afterwards.
    bool wait_for_copy(const botcore::storage_position& position, botcore::deadline until);

    [[nodiscard]] std::vector<botcore::copy_status> copy_states() const;

    /// The database for writes, and for the reads within transactions that write.
    database_node& for_write() noexcept { return primary_; }

private:
    database_node primary_;
    std::vector<std::unique_ptr<database_node>> copies_;
    replication replication_;
    replication_watch watch_;
};

}  // namespace botapi::sql
