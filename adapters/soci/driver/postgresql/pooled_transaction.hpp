#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace botapi::sql {

// Behind a pooler each transaction may run on another server session, and nothing that a
// transaction leaves in a session is there for the next one. So every transaction begins with the
// statements of this header: they make the settings for this transaction alone.

/// The place of a server session: a database in one run of a server.
struct server_place {
    std::int64_t database = 0;
    std::int64_t started_at_us = 0;  ///< When the server started, since 1970.
};

/// The column of `server_place::started_at_us`.
inline constexpr std::string_view started_at_us_column =
    "CAST(extract(epoch FROM pg_postmaster_start_time()) * 1000000 AS bigint)";

/// Selects the two numbers of the `server_place`, and the user's `statement_timeout` in
/// milliseconds.
extern const std::string select_place;

/// The first statement. The statements of a transaction must each see what was committed before
/// they began, whatever the operator's default is.
inline constexpr std::string_view begin_pooled = "BEGIN ISOLATION LEVEL READ COMMITTED";

/// The second statement. `$1` is the statement timeout in milliseconds, a text; `$2` and `$3` are
/// the expected `server_place`. Returns the number of `state_query`. Fails with `is_elsewhere` if
/// the session is at another place.
extern const std::string open_pooled;

/// The SQLSTATE with which `open_pooled` fails: a division by zero.
inline constexpr std::string_view is_elsewhere = "22012";

}  // namespace botapi::sql
