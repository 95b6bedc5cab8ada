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

/// What servers on one database tell each other, as the payload of a notification.
struct cluster_notice {
    enum class kind : std::uint8_t {
        join,       ///< I am here now: say that you are, too.
        heartbeat,  ///< I am still here.
        grown,      ///< These streams have grown; any may have, if there is none.
    };

    /// The most streams of one notice, so that its text is shorter than 8,000 bytes (PostgreSQL 15,
    /// NOTIFY).
    static constexpr std::size_t streams_max = 200;

    kind what = kind::grown;
    std::vector<botcore::stream_id> streams{};

    friend bool operator==(const cluster_notice&, const cluster_notice&) = default;
};

/// Precondition: no more than `streams_max`.
std::string to_text(const cluster_notice& notice);

/// The inverse of `to_text`. What a newer server may say that we don't understand is that any
/// stream may have grown.
cluster_notice parse_cluster_notice(std::string_view text);

/// The streams that others have to be told of, each once, while there is no time to tell.
class pending_streams {
public:
    /// From more than a notice can name on, any may have grown.
    void add(std::span<const botcore::stream_id> grown);
    void add_any();

    [[nodiscard]] bool is_empty() const noexcept { return !is_any_ && streams_.empty(); }

    /// Precondition: it is not empty, and then is.
    cluster_notice take();

private:
    bool is_any_ = false;
    std::set<botcore::stream_id> streams_{};
};

}  // namespace botapi::sql
