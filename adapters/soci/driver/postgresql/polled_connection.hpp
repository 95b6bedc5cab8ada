#pragma once

#include "adapters/soci/driver/database_url.hpp"

#include <libpq-fe.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace botapi::sql {

/// A connection of its own to a PostgreSQL server, which asks it the same question again and again.
/// It waits for an answer only for a limited time, also if the server hangs.
///
/// Thread safety: none.
class polled_connection {
public:
    /// Does not connect yet. `question` is one SELECT of one row.
    polled_connection(const database_url& url, std::string question);

    /// The answer's columns as texts, a null as an empty one. Connects first if necessary, for
    /// which the URL limits the time. Nothing if the server did not answer within `patience`, or
    /// has answered with an error; the next question then gets a new connection.
    std::optional<std::vector<std::string>> ask(std::chrono::milliseconds patience);

    /// Why the last question was not answered: libpq's words, on one line.
    [[nodiscard]] const std::string& failure_reason() const noexcept { return reason_; }

private:
    bool connect();
    std::optional<std::vector<std::string>> give_up(std::string reason);

    std::string uri_;
    std::string question_;
    std::string reason_{};
    std::unique_ptr<PGconn, decltype(&PQfinish)> connection_{nullptr, &PQfinish};
};

}  // namespace botapi::sql
