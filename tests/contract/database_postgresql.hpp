#pragma once

#include "tests/contract/database.hpp"

#include <libpq-fe.h>

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

/// The server's URL, up to the name of a database.
std::string server_url();

std::uint16_t server_port();

/// Opens a storage on `db` whose connections go to another port of 127.0.0.1. `parameters` are
/// appended to the URL, and begin with `?`.
std::unique_ptr<botapi::sql::sql_storage> open_through(
    std::uint16_t port,
    const database& db,
    botcore::log& log,
    const std::string& parameters = {},
    const botapi::sql::storage_options& options = {}
);

/// Runs statements on a new connection, and returns the first column of the last statement's rows.
/// Throws `std::runtime_error`.
std::vector<std::string> run_on(const std::string& url, const std::string& script);

/// A connection of another program, for transactions and for LISTEN. Throws `std::runtime_error`.
class stranger {
public:
    explicit stranger(const database& db) : connection_{PQconnectdb(db.url().target().c_str())}
    {
        if (PQstatus(connection_) != CONNECTION_OK)
            throw std::runtime_error{PQerrorMessage(connection_)};
    }
    ~stranger() { PQfinish(connection_); }

    stranger(const stranger&) = delete;
    stranger& operator=(const stranger&) = delete;

    void run(const std::string& script)
    {
        auto* const answer = PQexec(connection_, script.c_str());
        const auto status = PQresultStatus(answer);
        PQclear(answer);
        if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
            throw std::runtime_error{script + ": " + PQerrorMessage(connection_)};
    }

    /// The notifications that it has received so far.
    const std::vector<std::string>& received()
    {
        PQconsumeInput(connection_);
        for (auto* notice = PQnotifies(connection_); notice != nullptr;
             notice = PQnotifies(connection_)) {
            received_.emplace_back(notice->extra);
            PQfreemem(notice);
        }
        return received_;
    }

private:
    std::vector<std::string> received_;
    PGconn* connection_;
};
