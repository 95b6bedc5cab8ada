#pragma once

#include "adapters/soci/driver/sqlite/checkpointer.hpp"
#include "adapters/soci/engine/database_link.hpp"

#include <atomic>

namespace botapi::sql {

/// The way to a SQLite file: its writers take turns, and a thread moves its log into the file.
class database_link_sqlite final : public database_link {
public:
    database_link_sqlite(database_url url, botcore::log& log);

    std::optional<fifo_gate::pass> enter_writer(botcore::deadline until) override;
    void distrust() noexcept override { is_distrusted_ = true; }
    [[nodiscard]] bool is_distrusted() const noexcept override;

protected:
    bool is_silent() override { return false; }
    std::unique_ptr<session> open() override;

private:
    database_url url_;
    fifo_gate writers_;
    checkpointer checkpoints_;
    std::atomic<bool> is_distrusted_{false};
};

}  // namespace botapi::sql
