#pragma once

#include "adapters/soci/driver/session.hpp"
#include "adapters/soci/engine/database_link.hpp"

#include <botcore/ports/deadline.hpp>

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace botapi::sql {

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

        /// Connects, if need be. Throws `unreachable`, also while another thread tries.
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

    /// `link` opens the sessions, `size` of them at most. It must outlive the pool.
    session_pool(database_link& link, std::size_t size);

    /// Nothing, if no session is free until the deadline.
    std::unique_ptr<lease> acquire(botcore::deadline until);

private:
    void give_back(std::unique_ptr<session> returned, std::uint64_t age) noexcept;

    database_link& link_;
    std::mutex mutex_;
    std::condition_variable freed_;
    std::vector<std::pair<std::unique_ptr<session>, std::uint64_t>> free_;  ///< And their age.
    std::uint64_t age_ = 0;  ///< Grows when sessions made before are not to be trusted.
};

}  // namespace botapi::sql
