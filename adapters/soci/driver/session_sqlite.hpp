#pragma once

#include "adapters/soci/driver/session.hpp"
#include "adapters/soci/driver/sqlite/checkpointer.hpp"

namespace botapi::sql {

/// A session on a SQLite file.
class session_sqlite final : public session {
public:
    /// `checkpoints` makes the checkpoints. It may be null. It must outlive the session.
    session_sqlite(const database_url& url, checkpointer* checkpoints);

    /// Uses a connection that was opened before.
    session_sqlite(
        const database_url& url,
        std::unique_ptr<soci::session> opened,
        checkpointer* checkpoints
    );

    statement& prepared(const sql_text& text) override { return find_or_prepare(text); }

    void select(
        const query& selection,
        std::string_view columns,
        const std::function<bool(const row&)>& each
    ) override;

    void select_by_ids(
        const sql_text& select,
        std::string_view column,
        std::span<const botcore::uuid> ids,
        const std::function<void(const row&)>& each,
        std::string_view rest
    ) override;

    void execute(const std::string& script) override;
    void limit(botcore::deadline until) override;
    void mark_idle() noexcept override {}
    void check_primary() override {}
    void begin_write(const write_lock& lock, botcore::deadline until) override;
    void commit() override;
    void settle() override;
    bool rollback() noexcept override;
    [[nodiscard]] bool is_lost() const noexcept override { return false; }

private:
    botcore::deadline until_{};  ///< Read by SQLite's progress handler.
};

}  // namespace botapi::sql
