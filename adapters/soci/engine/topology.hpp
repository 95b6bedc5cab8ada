#pragma once

#include "adapters/soci/driver/database_route.hpp"
#include "adapters/soci/engine/database_link.hpp"
#include "adapters/soci/engine/session_pool.hpp"

#include <botcore/ports/freshness.hpp>
#include <botcore/ports/log.hpp>

#include <cstddef>
#include <memory>

namespace botapi::sql {

/// A database, with its link and its sessions.
struct database_node {
    std::unique_ptr<database_link> link;
    session_pool pool;  ///< Destroyed before the link that it uses.
};

/// Chooses the database for a read or a write. Today there is one database, which is always up to
/// date.
///
/// Thread safety: any number of threads may call at once.
class topology {
public:
    /// `sessions` bounds the connections to a database. `log` must outlive the topology.
    topology(const database_route& route, std::size_t sessions, botcore::log& log);

    /// A database that is at least as fresh as `freshness` demands.
    database_node& for_read(const botcore::freshness& freshness) noexcept;

    /// The database for writes, and for the reads within transactions that write.
    database_node& for_write() noexcept { return primary_; }

private:
    topology(std::unique_ptr<database_link> link, std::size_t sessions);

    database_node primary_;
};

}  // namespace botapi::sql
