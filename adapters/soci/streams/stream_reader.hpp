#pragma once

#include "adapters/soci/driver/session.hpp"

#include <botcore/domain/storage_position.hpp>
#include <botcore/domain/stream.hpp>
#include <botcore/result.hpp>

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace botapi::sql {

using stream_parts = std::vector<botcore::result<botcore::stream_part>>;

/// How far the streams can be read, as the primary has shown it.
struct stream_view {
    std::uint64_t horizon = 0;             ///< Of the streams of bots: see `stream_horizon`.
    botcore::storage_position position{};  ///< Where all messages up to the horizon are visible.
};

/// Reads parts of streams. Each database has its own implementation.
///
/// Thread safety: any number of threads may call at once, each with a session of its own.
class stream_reader {
public:
    virtual ~stream_reader() = default;

    /// One answer for each query, in order. Adds to `held_up` the streams with messages that can't
    /// be returned yet, because earlier messages may still become visible.
    virtual stream_parts read(
        session& db,
        std::span<const botcore::stream_query> queries,
        std::vector<botcore::stream_id>& held_up
    ) = 0;

    /// Looks how far the streams can be read now. `db` is a session on the primary.
    virtual stream_view look(session& db) = 0;

    /// As `read`, on a copy that has the position of `seen`. Messages after the horizon may be
    /// missing there, so it returns none of them.
    virtual stream_parts read_copy(
        session& db,
        std::span<const botcore::stream_query> queries,
        const stream_view& seen,
        std::vector<botcore::stream_id>& held_up
    ) = 0;
};

/// The implementations: `stream_reader_sqlite.cpp` and `stream_reader_postgresql.cpp`.
std::unique_ptr<stream_reader> make_stream_reader_sqlite();
std::unique_ptr<stream_reader> make_stream_reader_postgresql();

}  // namespace botapi::sql
