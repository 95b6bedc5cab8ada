#pragma once

#include <botcore/domain/stream.hpp>

#include <cstddef>
#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace botapi::sql {

/// A notice from one server to the other servers on its database. It is the payload of a NOTIFY.
struct cluster_notice {
    enum class kind : std::uint8_t {
        join,       ///< The sender is new. The receivers answer with a heartbeat.
        heartbeat,  ///< The sender is running.
        grown,      ///< These streams have grown. If there are none, any stream may have.
    };

    /// The largest number of streams in one notice: PostgreSQL limits a payload to less than 8,000
    /// bytes (PostgreSQL 15, NOTIFY).
    static constexpr std::size_t streams_max = 200;

    kind what = kind::grown;
    std::vector<botcore::stream_id> streams{};

    friend bool operator==(const cluster_notice&, const cluster_notice&) = default;
};

/// Precondition: no more than `streams_max`.
std::string to_text(const cluster_notice& notice);

/// The inverse of `to_text`. An unknown text, for example from a newer server, means that any
/// stream may have grown.
cluster_notice parse_cluster_notice(std::string_view text);

/// Collects the streams for the next notice, each once.
class pending_streams {
public:
    /// Beyond `streams_max` streams, the next notice says that any stream may have grown.
    void add(std::span<const botcore::stream_id> grown);
    void add_any();

    [[nodiscard]] bool is_empty() const noexcept { return !is_any_ && streams_.empty(); }

    /// Makes the next notice and removes its streams. Precondition: `is_empty` is false.
    cluster_notice take();

private:
    bool is_any_ = false;
    std::set<botcore::stream_id> streams_{};
};

}  // namespace botapi::sql
