#pragma once

#include "adapters/soci/driver/postgresql/binary_rows.hpp"

#include <libpq-fe.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace botapi::sql {

/// Several statements for PostgreSQL in one round trip. The client sends them without waiting for
/// answers. If one fails, the server skips the rest. This is libpq's pipeline mode (PostgreSQL 15
/// section 34.5), which SOCI does not offer.
///
/// Failures are thrown as SOCI throws them.
class pipeline {
public:
    /// The connection must be idle. Nothing else may use it until `finish` returns or the pipeline
    /// is destroyed.
    explicit pipeline(PGconn& connection);
    ~pipeline();

    pipeline(const pipeline&) = delete;
    pipeline& operator=(const pipeline&) = delete;

    /// Prepares `sql` on the server under `name`.
    void prepare(const std::string& name, const std::string& sql);

    /// Runs a statement without parameters. Its answer is dropped.
    void run(const std::string& sql);

    /// Runs a prepared statement. `parameters` are in binary format, in order. The answer is in
    /// binary format, too.
    void run_prepared(const std::string& name, const std::vector<std::string_view>& parameters);

    /// Ends the transaction of the statements so far. The statements after it run even if one
    /// before it fails.
    void end_transaction();

    /// Sends all statements, and waits for their answers. Returns those of `run_prepared`, in
    /// order. Throws the first failure. If only statements after `end_transaction` have failed, the
    /// failure is that of a lost connection: what came before is done.
    std::vector<binary_rows> finish();

private:
    void check(int send_status) const;

    PGconn& connection_;
    std::vector<bool> is_wanted_{};  ///< For each statement, whether its answer is returned.
    std::size_t transactions_ = 0;   ///< That `end_transaction` has ended.
};

/// Throws libpq's error: that of `result`, or that of `connection` if there is no result.
[[noreturn]] void throw_failure(const PGconn& connection, const PGresult* result);

}  // namespace botapi::sql
