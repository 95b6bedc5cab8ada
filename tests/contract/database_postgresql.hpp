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

/// A storage on `place`, whose connections go to another port of 127.0.0.1. `parameters` are the
/// URL's, from the `?` on.
std::unique_ptr<botapi::sql::sql_storage> open_through(
    std::uint16_t port,
    const database& place,
    botcore::log& log,
    const std::string& parameters = {}
);

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

    /// What it was notified of, so far.
    const std::vector<std::string>& heard()
    {
        PQconsumeInput(connection_);
        for (auto* one = PQnotifies(connection_); one != nullptr; one = PQnotifies(connection_)) {
            heard_.emplace_back(one->extra);
            PQfreemem(one);
        }
        return heard_;
    }

private:
    std::vector<std::string> heard_;
    PGconn* connection_;
};
