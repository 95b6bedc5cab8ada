#include "adapters/soci/engine/replication_watch.hpp"

#include "adapters/soci/driver/postgresql/polled_connection.hpp"
#include "adapters/soci/driver/postgresql/timeline_sql.hpp"
#include "adapters/soci/driver/session_postgresql.hpp"

#include <charconv>
#include <optional>
#include <string_view>
#include <utility>

namespace botapi::sql {

using botcore::severity;
using std::chrono::steady_clock;
using namespace std::chrono_literals;

namespace {

constexpr auto look_pause = 100ms;
constexpr auto hurried_pause = 1ms;  ///< While a read waits for a copy.
constexpr auto hurry_time = 60ms;
constexpr auto reply_max = 1'000ms;  ///< A server that needs longer counts as away.

/// The columns that identify the store of a server: the cluster and the number of the database.
const std::string store_columns =
    "(SELECT system_identifier FROM pg_control_system()),"
    " (SELECT oid FROM pg_database WHERE datname = current_database())";

/// No row from a server that takes no writes. What was committed before the question is flushed.
const std::string question_to_primary =
    "SELECT " + store_columns + ", " + std::string{timeline_column} +
    ", CAST(pg_wal_lsn_diff(pg_current_wal_flush_lsn(), '0/0') AS bigint)"
    " WHERE NOT pg_is_in_recovery()";

/// The timeline of a copy is the last one of which it has replayed the row. It is read before the
/// offset, so the copy may be further on than this says.
const std::string question_to_copy =
    "SELECT " + store_columns +
    ", CASE WHEN pg_is_in_recovery() THEN coalesce((SELECT max(timeline) FROM timelines), 0) "
    "ELSE " +
    std::string{timeline_column} +
    " END, coalesce(CAST(pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0') AS bigint), 0),"
    " CAST(pg_is_in_recovery() AS integer), " +
    std::string{started_at_us_column};

std::int64_t number_in(std::string_view text)
{
    std::int64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

/// The position in the first four columns of an answer.
botcore::storage_position position_in_answer(const std::vector<std::string>& answer)
{
    const store_identity found{
        .cluster = number_in(answer.at(0)),
        .database = number_in(answer.at(1)),
        .timeline = number_in(answer.at(2))};
    return {
        .store = found.store(),
        .timeline = static_cast<std::uint32_t>(found.timeline),
        .offset = static_cast<std::uint64_t>(number_in(answer.at(3)))};
}

}  // namespace

replication_watch::replication_watch(
    const database_url& primary,
    const std::vector<database_url>& copies,
    replication& found,
    botcore::log& log
)
    : found_{found}, log_{log}
{
    if (copies.empty())
        return;
    threads_.emplace_back([this, primary](const std::stop_token& end) {
        watch_primary(end, primary);
    });
    for (std::size_t number = 0; number < copies.size(); ++number) {
        threads_.emplace_back([this, url = copies[number], number](const std::stop_token& end) {
            watch_copy(end, url, number);
        });
    }
}

// Asks all threads to stop before it waits for the first one.
replication_watch::~replication_watch()
{
    for (auto& one : threads_)
        one.request_stop();
}

void replication_watch::hurry()
{
    const auto until = (steady_clock::now() + hurry_time).time_since_epoch().count();
    hurried_until_.store(until, std::memory_order_relaxed);
    {
        const std::lock_guard lock{mutex_};  // So that no thread is between its check and its wait.
    }
    changed_.notify_all();
}

void replication_watch::repeat(
    const std::stop_token& end,
    bool is_copy,
    const std::function<void()>& look
)
{
    while (!end.stop_requested()) {
        look();
        const auto is_hurried = [&] {
            const auto now = steady_clock::now().time_since_epoch().count();
            return is_copy && now < hurried_until_.load(std::memory_order_relaxed);
        };
        std::unique_lock lock{mutex_};
        if (is_hurried())
            changed_.wait_for(lock, end, hurried_pause, [] { return false; });
        else
            changed_.wait_for(lock, end, look_pause, is_hurried);
    }
}

void replication_watch::watch_primary(const std::stop_token& end, const database_url& url)
{
    polled_connection primary{url, question_to_primary};
    repeat(end, false, [&] {
        const auto sent = steady_clock::now();
        if (const auto answer = primary.ask(reply_max))
            found_.see_primary(sent, position_in_answer(*answer));
        else
            found_.miss_primary();
    });
}

void replication_watch::watch_copy(
    const std::stop_token& end,
    const database_url& url,
    std::size_t number
)
{
    polled_connection copy{url, question_to_copy};
    std::optional<bool> is_there;
    repeat(end, true, [&] {
        const auto answer = copy.ask(reply_max);
        if (answer) {
            found_.see_copy(
                number,
                {.is_standby = answer->at(4) == "1",
                 .at = position_in_answer(*answer),
                 .started_at_us = number_in(answer->at(5))}
            );
        } else
            found_.miss_copy(number);
        if (std::exchange(is_there, answer.has_value()) == answer.has_value())
            return;
        if (answer) {
            log_.write(severity::info, "a read replica answers", {{"replica", url.redacted()}});
        } else {
            log_.write(
                severity::warning,
                "a read replica does not answer: it serves no reads",
                {{"replica", url.redacted()}, {"reason", copy.failure_reason()}}
            );
        }
    });
}

}  // namespace botapi::sql
