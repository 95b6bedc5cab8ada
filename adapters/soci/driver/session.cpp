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

/// More different statements than any program asks for, but an end to what a server keeps for us.
constexpr std::size_t statements_max = 300;

constexpr milliseconds longest{INT_MAX};  ///< That a database lets us set.

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
    const auto kept = statements_.find(text.sql);
    if (kept != statements_.end() && !kept->second->has_failed())
        return *kept->second;
    if (kept != statements_.end())
        statements_.erase(kept);
    if (statements_.size() >= statements_max)
        statements_.clear();
    auto made = std::make_unique<statement>(*connection_, kind_, text);
    return *statements_.emplace(text.sql, std::move(made)).first->second;
}

void session::finish_statements()
{
    for (auto& [sql, one] : statements_)
        one->finish();
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
    return std::clamp(left, milliseconds{1}, longest);
}

}  // namespace botapi::sql
