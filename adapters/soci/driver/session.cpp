#include "adapters/soci/driver/session.hpp"

#include "adapters/soci/driver/connect.hpp"
#include "adapters/soci/driver/session_postgresql.hpp"
#include "adapters/soci/driver/session_sqlite.hpp"

#include <algorithm>
#include <atomic>
#include <climits>

namespace botapi::sql {

using std::chrono::milliseconds;

namespace {

/// More distinct statements than the program has, but a bound on what a server keeps for a session.
constexpr std::size_t statements_max = 300;

constexpr milliseconds timeout_max{INT_MAX};  ///< What the databases accept.

std::uint64_t next_number()
{
    static std::atomic<std::uint64_t> last{0};
    return ++last;
}

}  // namespace

session::session(const database_url& url)
    : dialect_{sql_of(url.dialect())},
      kind_{url.dialect()},
      number_{next_number()},
      connection_{connect(url)}
{
}

statement& session::find_or_prepare(const sql_text& text)
{
    const auto prepared = statements_.find(text.sql);
    if (prepared != statements_.end() && !prepared->second->has_failed())
        return *prepared->second;
    if (prepared != statements_.end())
        statements_.erase(prepared);
    if (statements_.size() >= statements_max)
        statements_.clear();
    auto added = std::make_unique<statement>(*connection_, kind_, text);
    return *statements_.emplace(text.sql, std::move(added)).first->second;
}

void session::finish_statements()
{
    for (auto& [sql, statement] : statements_)
        statement->finish();
}

std::unique_ptr<session> open_session(const database_url& url)
{
    if (url.dialect() == dialect::postgresql)
        return std::make_unique<session_postgresql>(url, nullptr);
    return std::make_unique<session_sqlite>(url, nullptr);
}

milliseconds time_left(botcore::deadline until)
{
    const auto left = std::chrono::ceil<milliseconds>(until - std::chrono::steady_clock::now());
    return std::clamp(left, milliseconds{1}, timeout_max);
}

}  // namespace botapi::sql
