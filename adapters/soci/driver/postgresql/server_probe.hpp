#pragma once

#include "adapters/soci/driver/database_route.hpp"
#include "adapters/soci/driver/failure.hpp"

#include <libpq-fe.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace botapi::sql {

/// Finds out whether a PostgreSQL server answers and takes writes. It has a connection of its own,
/// because the other connections may wait for a lock, a disk or a long statement.
///
/// Thread safety: none.
class server_probe {
public:
    enum class finding : std::uint8_t {
        well,
        away,  ///< The server accepts no connections, or takes no writes though it should.
        hung,  ///< The server accepted the connection, but does not answer.
    };

    /// Does not connect yet. A probe whose session is `pooled` changes no setting of it.
    server_probe(std::string uri, pooling pooled, node_role role);

    /// Probes the server, and waits for its answer for up to `patience`. Connects first if there is
    /// no connection; the URI limits the time for that.
    finding look(std::chrono::milliseconds patience);

    /// The reason of the last finding `away`.
    [[nodiscard]] const failure& why_away() const noexcept { return why_away_; }

private:
    enum class reply : std::uint8_t { came, broke, missing };

    bool connect();
    reply ask(std::chrono::milliseconds patience);
    finding leave(failure why);  ///< Closes the connection.

    std::string uri_;
    std::string question_;
    node_role role_;
    failure why_away_{};
    database_state state_ = database_state::serving;  ///< From the last reply.
    std::unique_ptr<PGconn, decltype(&PQfinish)> connection_{nullptr, &PQfinish};
};

}  // namespace botapi::sql
