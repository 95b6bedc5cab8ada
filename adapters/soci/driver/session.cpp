#include "adapters/soci/driver/session.hpp"

#include "adapters/soci/driver/connect.hpp"
#include "adapters/soci/driver/session_postgresql.hpp"
#include "adapters/soci/driver/session_sqlite.hpp"

#include <botcore/domain/idempotency.hpp>

#include <algorithm>
#include <atomic>
#include <climits>
#include <numeric>
#include <utility>

namespace botapi::sql {

using std::chrono::milliseconds;

namespace {

constexpr milliseconds timeout_max{INT_MAX};  ///< The longest timeout that both databases accept.

std::uint64_t next_number()
{
    static std::atomic<std::uint64_t> last{0};
    return ++last;
}

}  // namespace

session::session(
    const database_url& url,
    std::unique_ptr<soci::session> connection,
    statement_life life
)
    : dialect_{sql_of(url.dialect())},
      kind_{url.dialect()},
      life_{life},
      number_{next_number()},
      connection_{std::move(connection)},
      statements_{statements_max}
{
}

statement& session::find_or_prepare(const sql_text& text)
{
    if (auto* const prepared = statements_.find(text.sql)) {
        if (!(*prepared)->has_failed())
            return **prepared;
        statements_.remove(text.sql);
    }
    statements_.make_room();
    return *statements_.add(
        text.sql,
        std::make_unique<statement>(*connection_, kind_, text, life_)
    );
}

void session::finish_statements()
{
    statements_.for_each([](auto& statement) { statement->finish(); });
}

std::unique_ptr<session> open_session(const database_url& url, pooling pooled)
{
    if (url.dialect() == dialect::postgresql)
        return std::make_unique<session_postgresql>(url, pooled, nullptr);
    return std::make_unique<session_sqlite>(url, nullptr);
}

std::unique_ptr<session> open_session_to_read(const database_url& url, pooling pooled)
{
    if (url.dialect() == dialect::postgresql)
        return open_session(url, pooled);
    return std::make_unique<session_sqlite>(url, connect_to_read(url), nullptr);
}

std::uint64_t history_number(std::string_view text)
{
    const auto hash = botcore::content_hash{}.add(text).finish();
    return std::accumulate(
        hash.begin(),
        hash.begin() + sizeof(std::uint64_t),
        std::uint64_t{0},
        [](std::uint64_t number, std::uint8_t byte) { return number << 8U | byte; }
    );
}

milliseconds time_left(botcore::deadline until)
{
    const auto left = std::chrono::ceil<milliseconds>(until - std::chrono::steady_clock::now());
    return std::clamp(left, milliseconds{1}, timeout_max);
}

}  // namespace botapi::sql
