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

/// A pool with a bounded number of sessions. Each session connects when it is first needed.
///
/// Thread safety: any number of threads may lease at once.
class session_pool {
public:
    /// A session of the pool, for one thread, until the lease is destroyed.
    class lease {
    public:
        lease(
            session_pool& pool,
            std::unique_ptr<session> session,
            std::uint64_t generation
        ) noexcept
            : pool_{pool}, session_{std::move(session)}, generation_{generation}
        {
        }
        ~lease();

        lease(const lease&) = delete;
        lease& operator=(const lease&) = delete;

        /// The session. Connects if necessary. Throws `unreachable`, also while another thread
        /// tries to connect.
        session& get();

        /// Whether the connection is gone.
        [[nodiscard]] bool is_lost() const noexcept { return session_ && session_->is_lost(); }

        /// Whether the commit of the last transaction was sent.
        [[nodiscard]] bool has_sent_commit() const noexcept
        {
            return session_ && session_->has_sent_commit();
        }

        /// As `session::may_begin_late`.
        [[nodiscard]] bool may_begin_late() const noexcept
        {
            return session_ && session_->may_begin_late();
        }

        /// Rolls back the transaction, if there is one. Closes the session if that fails. Never
        /// connects.
        void rollback() noexcept;

        /// Closes the session. If it `is_lost`, all sessions in the pool are probably lost, too:
        /// each is replaced at its next use.
        void discard(bool is_lost) noexcept;

    private:
        session_pool& pool_;
        std::unique_ptr<session> session_;
        std::uint64_t generation_;
    };

    /// `link` opens the sessions, `size` of them at most. It must outlive the pool.
    session_pool(database_link& link, std::size_t size);

    /// Leases a session. Null if no session is free before the deadline.
    std::unique_ptr<lease> acquire(botcore::deadline until);

private:
    void return_session(std::unique_ptr<session> session, std::uint64_t generation) noexcept;

    database_link& link_;
    std::mutex mutex_;
    std::condition_variable has_free_;
    std::vector<std::pair<std::unique_ptr<session>, std::uint64_t>>
        free_;                      ///< Each with its generation.
    std::uint64_t generation_ = 0;  ///< Grows when older sessions become invalid.
};

}  // namespace botapi::sql
