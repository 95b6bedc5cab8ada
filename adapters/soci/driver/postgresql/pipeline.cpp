#include "adapters/soci/driver/postgresql/pipeline.hpp"

#include <soci/postgresql/soci-postgresql.h>

#include <memory>

namespace botapi::sql {

pipeline::pipeline(PGconn& connection) : connection_{connection}
{
    check(PQenterPipelineMode(&connection));
}

// PQexitPipelineMode fails while answers are missing: after `finish` has thrown, or if nobody
// called it. Then the connection has to be closed.
pipeline::~pipeline()
{
    PQexitPipelineMode(&connection_);
}

void pipeline::prepare(const std::string& name, const std::string& sql)
{
    check(PQsendPrepare(&connection_, name.c_str(), sql.c_str(), 0, nullptr));
    is_wanted_.push_back(false);
}

void pipeline::run(const std::string& sql)
{
    check(PQsendQueryParams(&connection_, sql.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 1));
    is_wanted_.push_back(false);
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
    for (const auto& parameter : parameters) {
        values.push_back(parameter.data());
        lengths.push_back(static_cast<int>(parameter.size()));
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
    is_wanted_.push_back(true);
}

void pipeline::end_transaction()
{
    check(PQpipelineSync(&connection_));
    ++transactions_;
}

std::vector<binary_rows> pipeline::finish()
{
    end_transaction();
    std::vector<binary_rows> answers;
    std::size_t answered = 0;
    std::size_t synchronized = 0;
    std::size_t failed_in = 0;
    std::unique_ptr<PGresult, decltype(&PQclear)> failure{nullptr, &PQclear};
    while (synchronized < transactions_) {
        std::unique_ptr<PGresult, decltype(&PQclear)> result{PQgetResult(&connection_), &PQclear};
        const auto status = PQresultStatus(result.get());
        if (PQstatus(&connection_) != CONNECTION_OK)
            throw_failure(connection_, failure ? failure.get() : result.get());
        if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) {
            if (is_wanted_.at(answered++))
                answers.emplace_back(result.release());
        } else if (status == PGRES_FATAL_ERROR && result && !failure) {
            failure = std::move(result);
            failed_in = synchronized;
        }
        if (status == PGRES_PIPELINE_SYNC)
            ++synchronized;
    }
    if (failure && failed_in > 0)
        throw soci::postgresql_soci_error{PQresultErrorMessage(failure.get()), "08000"};
    if (failure || answered != is_wanted_.size())
        throw_failure(connection_, failure.get());
    return answers;
}

void pipeline::check(int send_status) const
{
    if (send_status != 1)
        throw_failure(connection_, nullptr);
}

void throw_failure(const PGconn& connection, const PGresult* result)
{
    const char* const state = result != nullptr ? PQresultErrorField(result, PG_DIAG_SQLSTATE)
                                                : nullptr;
    const char* const fallback = PQstatus(&connection) != CONNECTION_OK ? "08000" : "     ";
    throw soci::postgresql_soci_error{
        result != nullptr ? PQresultErrorMessage(result) : PQerrorMessage(&connection),
        state != nullptr ? state : fallback};
}

}  // namespace botapi::sql
