#pragma once

#include <string>
#include <string_view>

namespace botapi::sql {

/// The timeline of a server: the first eight digits of a name of its log's files. A standby has no
/// current file, and its last checkpoint may be older than its timeline.
inline constexpr std::string_view timeline_column =
    "CASE WHEN pg_is_in_recovery()"
    " THEN (SELECT CAST(timeline_id AS bigint) FROM pg_control_checkpoint())"
    " ELSE CAST(CAST('x' || substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8) AS bit(32))"
    " AS bigint) END";

/// Records the timeline of a server that takes writes. It began where the server, as a standby, had
/// read the log to. A server that has recovered from a crash since has read more than that; it has
/// replayed no commit that is younger than its process. It waits for no standby: until one is
/// there, reads go on.
inline const std::string record_timeline =
    "BEGIN; SET LOCAL synchronous_commit = local;"
    "INSERT INTO timelines (timeline, begins_at) SELECT " +
    std::string{timeline_column} +
    ", CASE WHEN pg_last_xact_replay_timestamp() > pg_postmaster_start_time()"
    " THEN CAST(pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0') AS bigint) END"
    " ON CONFLICT DO NOTHING; COMMIT";

}  // namespace botapi::sql
