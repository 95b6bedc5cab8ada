#include "adapters/soci/driver/postgresql/listening_connection.hpp"

#include "adapters/soci/driver/connect.hpp"
#include "adapters/soci/driver/failure.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <poll.h>
#include <sys/eventfd.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace botapi::sql {

using std::chrono::steady_clock;

namespace {

/// The time limit for connecting, and for each of its trivial statements.
constexpr std::chrono::seconds patience{10};

extern "C" void ignore_notice(void* /*unused*/, const PGresult* /*notice*/) {}

}  // namespace

waker::waker() : descriptor_{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)}
{
    if (descriptor_ < 0)
        throw std::system_error{errno, std::generic_category(), "eventfd"};
}

waker::~waker()
{
    ::close(descriptor_);
}

// The write fails only after 2^64 wakes that nobody waited for.
void waker::wake() const noexcept
{
    const std::uint64_t one = 1;
    static_cast<void>(::write(descriptor_, &one, sizeof one) == sizeof one);
}

void waker::wait(steady_clock::time_point until, int socket, short events) const
{
    std::array<pollfd, 2> polled{
        {{.fd = descriptor_, .events = POLLIN, .revents = 0},
         {.fd = socket, .events = events, .revents = 0}}};
    const auto timeout_ms =
        std::chrono::ceil<std::chrono::milliseconds>(until - steady_clock::now()).count();
    ::poll(polled.data(), polled.size(), static_cast<int>(std::clamp(timeout_ms, 0L, 60'000L)));
    std::uint64_t wakes = 0;
    static_cast<void>(::read(descriptor_, &wakes, sizeof wakes) == sizeof wakes);
}

listening_connection::listening_connection(const waker& waker, stop_predicate has_to_stop)
    : waker_{waker}, has_to_stop_{std::move(has_to_stop)}, connection_{nullptr, &PQfinish}
{
}

bool listening_connection::open(const database_url& url, const std::string& channel)
{
    channel_ = channel;
    if (!connect(url))
        return false;
    // A session that listens is idle most of the time, so the operator's limit must not end it.
    return run("SET idle_session_timeout = 0", {}) && run("LISTEN " + channel, {});
}

bool listening_connection::connect(const database_url& url)
{
    connection_.reset(PQconnectStart(connection_uri(url).c_str()));
    auto* const connection = connection_.get();
    if (connection == nullptr || PQstatus(connection) == CONNECTION_BAD)
        return false;
    PQsetNoticeReceiver(connection, &ignore_notice, nullptr);
    const auto until = steady_clock::now() + patience;
    for (auto state = PGRES_POLLING_WRITING; state != PGRES_POLLING_OK;) {
        if (state == PGRES_POLLING_FAILED || steady_clock::now() >= until || has_to_stop_())
            return false;
        const short events = state == PGRES_POLLING_WRITING ? POLLOUT : POLLIN;
        waker_.wait(until, PQsocket(connection), events);
        state = PQconnectPoll(connection);
    }
    return true;
}

bool listening_connection::notify(std::string_view payload)
{
    return run("SELECT pg_notify($1, $2)", {channel_, std::string{payload}});
}

bool listening_connection::run(const std::string& sql, const std::vector<std::string>& parameters)
{
    auto* const connection = connection_.get();
    std::vector<const char*> values;
    values.reserve(parameters.size());
    for (const auto& parameter : parameters)
        values.push_back(parameter.c_str());
    const auto count = static_cast<int>(values.size());
    if (PQsendQueryParams(
            connection,
            sql.c_str(),
            count,
            nullptr,
            values.data(),
            nullptr,
            nullptr,
            0
        ) != 1)
        return false;

    bool is_done = false;
    const auto until = steady_clock::now() + patience;
    for (;;) {
        while (PQisBusy(connection) == 0) {
            const std::unique_ptr<PGresult, decltype(&PQclear)> result{
                PQgetResult(connection),
                &PQclear};
            if (!result)
                return is_done;
            const auto status = PQresultStatus(result.get());
            is_done = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
        }
        if (steady_clock::now() >= until || has_to_stop_())
            return false;
        const bool is_sent = PQflush(connection) == 0;
        waker_.wait(
            until,
            PQsocket(connection),
            static_cast<short>(is_sent ? POLLIN : POLLIN | POLLOUT)
        );
        if (PQconsumeInput(connection) == 0)
            return false;
    }
}

bool listening_connection::wait(steady_clock::time_point until)
{
    // libpq already has the notifications that came with the answer to a statement. The socket does
    // not become readable for them.
    collect();
    if (!received_.empty())
        return true;
    waker_.wait(until, PQsocket(connection_.get()), POLLIN);
    return PQconsumeInput(connection_.get()) != 0;
}

std::vector<std::string> listening_connection::take_received()
{
    collect();
    return std::exchange(received_, {});
}

void listening_connection::collect()
{
    auto* const connection = connection_.get();
    for (;;) {
        const std::unique_ptr<PGnotify, decltype(&PQfreemem)> notice{
            PQnotifies(connection),
            &PQfreemem};
        if (!notice)
            return;
        if (notice->be_pid != PQbackendPID(connection))
            received_.emplace_back(notice->extra);
    }
}

void listening_connection::close() noexcept
{
    connection_.reset();
    received_.clear();
}

std::string listening_connection::failure_reason() const
{
    return connection_ ? first_line(PQerrorMessage(connection_.get())) : "out of memory";
}

}  // namespace botapi::sql
