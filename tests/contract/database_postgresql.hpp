#pragma once

#include "tests/contract/database.hpp"

#include <libpq-fe.h>

#include <stdexcept>
#include <string>
#include <vector>

/// The server's URL, up to the name of a database.
std::string server_url();

/// Runs statements on a connection of their own, and answers with the first column of the last
/// one's rows. Throws `std::runtime_error`.
std::vector<std::string> run_on(const std::string& url, const std::string& script);

/// A connection of somebody else's, for what lasts longer than one statement. Throws
/// `std::runtime_error`.
class stranger {
public:
    explicit stranger(const database& place)
        : connection_{PQconnectdb(place.url().target().c_str())}
    {
        if (PQstatus(connection_) != CONNECTION_OK)
            throw std::runtime_error{PQerrorMessage(connection_)};
    }
    ~stranger() { PQfinish(connection_); }

    stranger(const stranger&) = delete;
    stranger& operator=(const stranger&) = delete;

    void run(const std::string& script)
    {
        auto* const done = PQexec(connection_, script.c_str());
        const auto status = PQresultStatus(done);
        PQclear(done);
        if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
            throw std::runtime_error{script + ": " + PQerrorMessage(connection_)};
    }

private:
    PGconn* connection_;
};
