#include "adapters/soci/driver/postgresql/server_probe.hpp"

#include "adapters/soci/driver/postgresql/server_state.hpp"

#include <algorithm>
#include <optional>
#include <poll.h>
#include <utility>

namespace botapi::sql {

using std::chrono::steady_clock;

namespace {

/// The probe reads no table. It switches off the operator's limit for idle sessions, so that the
/// server keeps this session.
std::string question_to(pooling pooled)
{
    const std::string_view keep = pooled == pooling::none ? "SET idle_session_timeout = 0; " : "";
    return std::string{keep}.append(state_query);
}

/// The state that `state_query` returned. Nothing if `answer` belongs to another statement.
std::optional<database_state> state_in(const PGresult& answer)
{
    if (PQresultStatus(&answer) != PGRES_TUPLES_OK || PQntuples(&answer) != 1)
        return std::nullopt;
    return state_from(static_cast<std::uint64_t>(*PQgetvalue(&answer, 0, 0) - '0'));
}

}  // namespace

server_probe::server_probe(std::string uri, pooling pooled, node_role role)
    : uri_{std::move(uri)}, question_{question_to(pooled)}, role_{role}
{
}

server_probe::finding server_probe::look(std::chrono::milliseconds patience)
{
    auto got = connection_ ? ask(patience) : reply::broke;
    if (got == reply::broke && connect())
        got = ask(patience);
    switch (got) {
        case reply::came:
            return state_ == database_state::serving || role_ == node_role::copy
                       ? finding::well
                       : leave(failure_from(not_primary{state_}));
        case reply::missing: connection_.reset(); return finding::hung;
        case reply::broke: break;
    }
    return leave(failed_to_connect(first_line(PQerrorMessage(connection_.get()))));
}

bool server_probe::connect()
{
    connection_.reset(PQconnectdb(uri_.c_str()));
    if (PQstatus(connection_.get()) != CONNECTION_OK)
        return false;
    const auto keep_silent = [](void* /*unused*/, const PGresult* /*notice*/) {};
    PQsetNoticeReceiver(connection_.get(), keep_silent, nullptr);
    return true;
}

/// Closes the connection: the server may read a setting that decides about writes only when a
/// connection begins.
server_probe::finding server_probe::leave(failure why)
{
    why_away_ = std::move(why);
    connection_.reset();
    return finding::away;
}

server_probe::reply server_probe::ask(std::chrono::milliseconds patience)
{
    auto* const db = connection_.get();
    const auto until = steady_clock::now() + patience;
    state_ = database_state::serving;
    if (PQsendQuery(db, question_.c_str()) != 1)
        return reply::broke;
    for (;;) {
        while (PQisBusy(db) == 0) {
            const std::unique_ptr<PGresult, decltype(&PQclear)> one{PQgetResult(db), &PQclear};
            if (!one)
                return reply::came;
            state_ = state_in(*one).value_or(state_);
        }
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(until - steady_clock::now()).count();
        if (left <= 0)
            return reply::missing;
        pollfd waiting{.fd = PQsocket(db), .events = POLLIN, .revents = 0};
        ::poll(&waiting, 1, static_cast<int>(left));
        if (PQconsumeInput(db) == 0)
            return reply::broke;
    }
}

}  // namespace botapi::sql
