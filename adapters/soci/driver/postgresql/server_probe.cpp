#include "adapters/soci/driver/postgresql/server_probe.hpp"

#include "adapters/soci/driver/failure.hpp"

#include <algorithm>
#include <poll.h>

namespace botapi::sql {

using std::chrono::steady_clock;

namespace {

/// It reads nothing, and sees to it that an operator's limit for sessions that do nothing does not
/// end this one.
constexpr const char* question = "SET idle_session_timeout = 0";

}  // namespace

server_probe::finding server_probe::look(std::chrono::milliseconds patience)
{
    if (connection_) {
        const auto got = ask(patience);
        if (got == reply::came)
            return finding::well;
        connection_.reset();
        if (got == reply::missing)
            return finding::hung;
    }
    connection_.reset(PQconnectdb(uri_.c_str()));
    if (PQstatus(connection_.get()) != CONNECTION_OK) {
        reason_ = first_line(PQerrorMessage(connection_.get()));
        connection_.reset();
        return finding::away;
    }
    const auto keep_silent = [](void* /*unused*/, const PGresult* /*notice*/) {};
    PQsetNoticeReceiver(connection_.get(), keep_silent, nullptr);
    return finding::well;
}

server_probe::reply server_probe::ask(std::chrono::milliseconds patience)
{
    auto* const on = connection_.get();
    const auto until = steady_clock::now() + patience;
    if (PQsendQuery(on, question) != 1)
        return reply::broke;
    for (;;) {
        while (PQisBusy(on) == 0) {
            const std::unique_ptr<PGresult, decltype(&PQclear)> one{PQgetResult(on), &PQclear};
            if (!one)
                return reply::came;
        }
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(until - steady_clock::now()).count();
        if (left <= 0)
            return reply::missing;
        pollfd waiting{.fd = PQsocket(on), .events = POLLIN, .revents = 0};
        ::poll(&waiting, 1, static_cast<int>(left));
        if (PQconsumeInput(on) == 0)
            return reply::broke;
    }
}

}  // namespace botapi::sql
