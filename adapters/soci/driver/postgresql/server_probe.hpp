#pragma once

#include "adapters/soci/driver/failure.hpp"

#include <libpq-fe.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace botapi::sql {

/// A connection to PostgreSQL that asks whether the server answers at all, and takes writes, beside
/// those that may wait for a lock, a disk, or a long statement.
///
/// Thread safety: none.
class server_probe {
public:
    enum class finding : std::uint8_t {
        well,
        away,  ///< It takes no connections, or no writes.
        hung,  ///< It accepted one, and does not answer on it.
    };

    /// Does not connect yet.
    explicit server_probe(std::string uri) : uri_{std::move(uri)} {}

    /// Waits for an answer for up to `patience`; connects if it is not, or no more, as long as the
    /// URI says.
    finding look(std::chrono::milliseconds patience);

    /// Why it was found `away`.
    [[nodiscard]] const failure& why_away() const noexcept { return why_away_; }

private:
    enum class reply : std::uint8_t { came, broke, missing };

    bool connect();
    reply ask(std::chrono::milliseconds patience);
    finding leave(failure why);  ///< Closes the connection.

    std::string uri_;
    failure why_away_{};
    database_state state_ = database_state::serving;  ///< As the last reply said.
    std::unique_ptr<PGconn, decltype(&PQfinish)> connection_{nullptr, &PQfinish};
};

}  // namespace botapi::sql
