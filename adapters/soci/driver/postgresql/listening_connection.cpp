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

/// To connect, or for a statement that does next to nothing.
constexpr std::chrono::seconds patience{10};

extern "C" void keep_silent(void* /*unused*/, const PGresult* /*notice*/) {}

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

// It fails only if it was woken 2^64 times and nobody came to look.
void waker::wake() const noexcept
{
    const std::uint64_t one = 1;
    static_cast<void>(::write(descriptor_, &one, sizeof one) == sizeof one);
}

void waker::wait(steady_clock::time_point until, int socket, short events) const
{
    std::array<pollfd, 2> asked{
        {{.fd = descriptor_, .events = POLLIN, .revents = 0},
         {.fd = socket, .events = events, .revents = 0}}};
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(until - steady_clock::now()).count();
    ::poll(asked.data(), asked.size(), static_cast<int>(std::clamp(left, 0L, 60'000L)));
    std::uint64_t times = 0;
    static_cast<void>(::read(descriptor_, &times, sizeof times) == sizeof times);
}

listening_connection::listening_connection(const waker& woken, stop_predicate is_over)
    : waker_{woken}, is_over_{std::move(is_over)}, connection_{nullptr, &PQfinish}
{
}

bool listening_connection::open(const database_url& url, const std::string& channel)
{
    channel_ = channel;
    if (!connect(url))
        return false;
    // An operator's limits for sessions that do nothing are not meant for one that listens.
    return run("SET idle_session_timeout = 0", {}) && run("LISTEN " + channel, {});
}

bool listening_connection::connect(const database_url& url)
{
    connection_.reset(PQconnectStart(connection_uri(url).c_str()));
    auto* const opened = connection_.get();
    if (opened == nullptr || PQstatus(opened) == CONNECTION_BAD)
        return false;
    PQsetNoticeReceiver(opened, &keep_silent, nullptr);
    const auto until = steady_clock::now() + patience;
    for (auto state = PGRES_POLLING_WRITING; state != PGRES_POLLING_OK;) {
        if (state == PGRES_POLLING_FAILED || steady_clock::now() >= until || is_over_())
            return false;
        const short events = state == PGRES_POLLING_WRITING ? POLLOUT : POLLIN;
        waker_.wait(until, PQsocket(opened), events);
        state = PQconnectPoll(opened);
    }
    return true;
}

bool listening_connection::notify(std::string_view payload)
{
    return run("SELECT pg_notify($1, $2)", {channel_, std::string{payload}});
}

bool listening_connection::run(const std::string& sql, const std::vector<std::string>& parameters)
{
    auto* const on = connection_.get();
    std::vector<const char*> values;
    values.reserve(parameters.size());
    for (const auto& one : parameters)
        values.push_back(one.c_str());
    const auto count = static_cast<int>(values.size());
    if (PQsendQueryParams(on, sql.c_str(), count, nullptr, values.data(), nullptr, nullptr, 0) != 1)
        return false;

    bool is_done = false;
    const auto until = steady_clock::now() + patience;
    for (;;) {
        while (PQisBusy(on) == 0) {
            const std::unique_ptr<PGresult, decltype(&PQclear)> one{PQgetResult(on), &PQclear};
            if (!one)
                return is_done;
            const auto status = PQresultStatus(one.get());
            is_done = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
        }
        if (steady_clock::now() >= until || is_over_())
            return false;
        const bool is_sent = PQflush(on) == 0;
        waker_.wait(until, PQsocket(on), static_cast<short>(is_sent ? POLLIN : POLLIN | POLLOUT));
        if (PQconsumeInput(on) == 0)
            return false;
    }
}

bool listening_connection::wait(steady_clock::time_point until)
{
    // What came with the answer to a statement is in libpq already: no socket tells of it.
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
    auto* const on = connection_.get();
    for (;;) {
        const std::unique_ptr<PGnotify, decltype(&PQfreemem)> one{PQnotifies(on), &PQfreemem};
        if (!one)
            return;
        if (one->be_pid != PQbackendPID(on))
            received_.emplace_back(one->extra);
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
