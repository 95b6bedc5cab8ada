#include "adapters/soci/driver/postgresql/polled_connection.hpp"

#include "adapters/soci/driver/connect.hpp"
#include "adapters/soci/driver/failure.hpp"

#include <poll.h>
#include <utility>

namespace botapi::sql {

using std::chrono::steady_clock;

polled_connection::polled_connection(const database_url& url, std::string question)
    : uri_{connection_uri(url)}, question_{std::move(question)}
{
}

std::optional<std::vector<std::string>> polled_connection::ask(std::chrono::milliseconds patience)
{
    if (!connection_ && !connect())
        return give_up(first_line(PQerrorMessage(connection_.get())));
    auto* const db = connection_.get();
    const auto until = steady_clock::now() + patience;
    if (PQsendQuery(db, question_.c_str()) != 1)
        return give_up(first_line(PQerrorMessage(db)));
    std::optional<std::vector<std::string>> found;
    for (;;) {
        while (PQisBusy(db) == 0) {
            const std::unique_ptr<PGresult, decltype(&PQclear)> one{PQgetResult(db), &PQclear};
            if (!one && found)
                return found;
            if (!one || PQresultStatus(one.get()) != PGRES_TUPLES_OK || PQntuples(one.get()) != 1)
                return give_up(first_line(PQerrorMessage(db)));
            found.emplace();
            for (int column = 0; column < PQnfields(one.get()); ++column)
                found->emplace_back(PQgetvalue(one.get(), 0, column));
        }
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(until - steady_clock::now()).count();
        if (left <= 0)
            return give_up("It does not answer.");
        pollfd waiting{.fd = PQsocket(db), .events = POLLIN, .revents = 0};
        ::poll(&waiting, 1, static_cast<int>(left));
        if (PQconsumeInput(db) == 0)
            return give_up(first_line(PQerrorMessage(db)));
    }
}

bool polled_connection::connect()
{
    connection_.reset(PQconnectdb(uri_.c_str()));
    if (PQstatus(connection_.get()) != CONNECTION_OK)
        return false;
    const auto keep_silent = [](void* /*unused*/, const PGresult* /*notice*/) {};
    PQsetNoticeReceiver(connection_.get(), keep_silent, nullptr);
    return true;
}

std::optional<std::vector<std::string>> polled_connection::give_up(std::string reason)
{
    reason_ = std::move(reason);
    connection_.reset();
    return std::nullopt;
}

}  // namespace botapi::sql
