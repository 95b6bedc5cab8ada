#pragma once

#include "adapters/soci/driver/database_url.hpp"
#include "adapters/soci/driver/postgresql/watchdog.hpp"
#include "adapters/soci/driver/session.hpp"
#include "adapters/soci/driver/sqlite/checkpointer.hpp"
#include "adapters/soci/driver/sqlite/fifo_gate.hpp"
#include "adapters/soci/engine/reachability.hpp"

#include <botcore/ports/deadline.hpp>
#include <botcore/ports/log.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace botapi::sql {

class server_probe;

/// A bounded number of sessions, each connected when it is first needed.
///
/// Thread safety: any number of threads may lease at once.
class session_pool {
public:
    /// A session of the pool's, for one thread, until it is destroyed.
    class lease {
    public:
        lease(session_pool& pool, std::unique_ptr<session> leased, std::uint64_t age) noexcept
            : pool_{pool}, leased_{std::move(leased)}, age_{age}
        {
        }
        ~lease();

        lease(const lease&) = delete;
        lease& operator=(const lease&) = delete;

        /// Connects, if need be. Throws `unreachable`, also while somebody else tries.
        session& get();

        /// Whether the connection is gone.
        [[nodiscard]] bool is_lost() const noexcept { return leased_ && leased_->is_lost(); }

        /// Whether the commit of the last transaction was sent.
        [[nodiscard]] bool has_sent_commit() const noexcept
        {
            return leased_ && leased_->has_sent_commit();
        }

        /// Ends the transaction, if there is one, and closes a session that can't. Never connects.
        void rollback() noexcept;

        /// Closes the session. If it was `lost`, then very likely so are all that wait in the pool:
        /// they are replaced when they are next used.
        void discard(bool lost) noexcept;

    private:
        session_pool& pool_;
        std::unique_ptr<session> leased_;
        std::uint64_t age_;
    };

    /// `writers` lets SQLite's writers in, one at a time. It must outlive the pool, as must `log`.
    session_pool(
        database_url url,
        std::size_t size,
        std::chrono::milliseconds statement_max,
        fifo_gate& writers,
        botcore::log& log
    );

    /// Nothing, if no session is free until the deadline.
    std::unique_ptr<lease> acquire(botcore::deadline until);

    [[nodiscard]] const database_url& url() const noexcept { return url_; }

    /// Since when the database could not be reached. Nothing, if it could.
    [[nodiscard]] std::optional<botcore::deadline> away_since() const
    {
        return reachability_.away_since();
    }

    /// The disk failed to keep what was written. Sessions stay: while one is open, SQLite shows
    /// nobody what was not committed.
    void distrust() noexcept { is_distrusted_ = true; }

    [[nodiscard]] bool is_distrusted() const noexcept
    {
        return is_distrusted_ || (checkpoints_ && checkpoints_->has_failed_to_sync());
    }

private:
    bool is_well(server_probe& probe);
    std::unique_ptr<session> connect();
    void give_back(std::unique_ptr<session> returned, std::uint64_t age) noexcept;

    database_url url_;
    std::chrono::milliseconds statement_max_;
    botcore::log& log_;
    std::unique_ptr<checkpointer> checkpoints_;  ///< SQLite's.
    reachability reachability_;
    std::unique_ptr<watchdog> watchdog_;  ///< PostgreSQL's. Ends before what it tells.
    std::atomic<bool> is_distrusted_{false};
    std::mutex mutex_;
    std::condition_variable freed_;
    std::vector<std::pair<std::unique_ptr<session>, std::uint64_t>> free_;  ///< And their age.
    std::uint64_t age_ = 0;  ///< Grows when sessions made before are not to be trusted.
    /// Those that connect, for nobody. Last: they end before what they use.
    std::vector<std::future<std::unique_ptr<session>>> given_up_;
};

}  // namespace botapi::sql
