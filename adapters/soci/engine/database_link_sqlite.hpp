#pragma once

#include "adapters/soci/driver/sqlite/checkpointer.hpp"
#include "adapters/soci/driver/sqlite/file_watch.hpp"
#include "adapters/soci/engine/database_link.hpp"

#include <atomic>

namespace botapi::sql {

/// The link to a SQLite file. Writers queue at a gate. One thread makes the checkpoints. Another
/// thread detects that somebody removes or replaces the file.
class database_link_sqlite final : public database_link {
public:
    database_link_sqlite(database_url url, botcore::log& log);

    std::optional<fifo_gate::pass> enter_writer(botcore::deadline until) override;
    void distrust() noexcept override { is_distrusted_ = true; }
    [[nodiscard]] bool is_distrusted() const noexcept override;
    [[nodiscard]] bool is_in_place() override { return files_.are_in_place(); }

protected:
    bool is_silent() override { return false; }
    std::unique_ptr<session> open() override;

private:
    void report_files(bool are_in_place);

    database_url url_;
    file_watch files_;
    fifo_gate writers_;
    checkpointer checkpoints_;
    std::atomic<bool> is_distrusted_{false};
};

}  // namespace botapi::sql
