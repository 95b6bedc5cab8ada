#pragma once

#include "adapters/soci/driver/postgresql/binary_rows.hpp"

#include <libpq-fe.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace botapi::sql {

/// Several statements for PostgreSQL that cost one round trip: they are sent without waiting for
/// answers, and if one fails, the rest is skipped (libpq's pipeline mode, PostgreSQL 15 section
/// 34.5, for which SOCI has no word).
///
/// Failures are thrown as SOCI throws them.
class pipeline {
public:
    /// The connection must be idle, and is of no other use until `finish` or the end.
    explicit pipeline(PGconn& connection);
    ~pipeline();

    pipeline(const pipeline&) = delete;
    pipeline& operator=(const pipeline&) = delete;

    /// Lets the server keep `sql` under `name`.
    void prepare(const std::string& name, const std::string& sql);

    /// Runs a statement without parameters.
    void run(const std::string& sql);

    /// Runs a prepared statement. `parameters` are in binary, in order; the answer will be, too.
    void run_prepared(const std::string& name, const std::vector<std::string_view>& parameters);

    /// Sends all, and waits for all answers: one for each call above, in order.
    std::vector<binary_rows> finish();

private:
    void check(int was_sent) const;

    PGconn& connection_;
    std::size_t sent_ = 0;
};

/// What libpq says of the failure of `connection`, or of a statement on it.
[[noreturn]] void throw_failure(const PGconn& connection, const PGresult* why);

}  // namespace botapi::sql
