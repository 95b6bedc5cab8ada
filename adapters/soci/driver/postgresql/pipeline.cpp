#include "adapters/soci/driver/postgresql/pipeline.hpp"

#include <soci/postgresql/soci-postgresql.h>

#include <memory>

namespace botapi::sql {

pipeline::pipeline(PGconn& connection) : connection_{connection}
{
    check(PQenterPipelineMode(&connection));
}

// Where answers are missing this fails, and leaves a connection that nothing can be done with but
// to close it: `finish` has thrown then, or was never called.
pipeline::~pipeline()
{
    PQexitPipelineMode(&connection_);
}

void pipeline::prepare(const std::string& name, const std::string& sql)
{
    check(PQsendPrepare(&connection_, name.c_str(), sql.c_str(), 0, nullptr));
    ++sent_;
}

void pipeline::run(const std::string& sql)
{
    check(PQsendQueryParams(&connection_, sql.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 1));
    ++sent_;
}

void pipeline::run_prepared(
    const std::string& name,
    const std::vector<std::string_view>& parameters
)
{
    std::vector<const char*> values;
    std::vector<int> lengths;
    values.reserve(parameters.size());
    lengths.reserve(parameters.size());
    const std::vector<int> formats(parameters.size(), 1);
    for (const auto& one : parameters) {
        values.push_back(one.data());
        lengths.push_back(static_cast<int>(one.size()));
    }
    check(PQsendQueryPrepared(
        &connection_,
        name.c_str(),
        static_cast<int>(parameters.size()),
        values.data(),
        lengths.data(),
        formats.data(),
        1
    ));
    ++sent_;
}

std::vector<binary_rows> pipeline::finish()
{
    check(PQpipelineSync(&connection_));
    std::vector<binary_rows> answers;
    std::unique_ptr<PGresult, decltype(&PQclear)> failure{nullptr, &PQclear};
    for (bool is_synchronized = false; !is_synchronized;) {
        std::unique_ptr<PGresult, decltype(&PQclear)> one{PQgetResult(&connection_), &PQclear};
        const auto status = PQresultStatus(one.get());
        if (PQstatus(&connection_) != CONNECTION_OK)
            throw_failure(connection_, failure ? failure.get() : one.get());
        if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) {
            answers.emplace_back(one.release());
        } else if (status == PGRES_FATAL_ERROR && one && !failure) {
            failure = std::move(one);
        }
        is_synchronized = status == PGRES_PIPELINE_SYNC;
    }
    if (failure || answers.size() != sent_)
        throw_failure(connection_, failure.get());
    return answers;
}

void pipeline::check(int was_sent) const
{
    if (was_sent != 1)
        throw_failure(connection_, nullptr);
}

void throw_failure(const PGconn& connection, const PGresult* why)
{
    const char* const state = why != nullptr ? PQresultErrorField(why, PG_DIAG_SQLSTATE) : nullptr;
    const char* const fallback = PQstatus(&connection) != CONNECTION_OK ? "08000" : "     ";
    throw soci::postgresql_soci_error{
        why != nullptr ? PQresultErrorMessage(why) : PQerrorMessage(&connection),
        state != nullptr ? state : fallback};
}

}  // namespace botapi::sql
