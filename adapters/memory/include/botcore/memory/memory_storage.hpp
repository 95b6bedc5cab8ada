#pragma once

#include <botcore/ports/deadline.hpp>
#include <botcore/ports/storage.hpp>

#include <functional>
#include <memory>
#include <optional>

namespace botcore::memory {

/// Keeps everything in memory, for embedders and tests. All data is lost when the storage is
/// destroyed; "durable" means only until then.
///
/// It never waits, so it ignores deadlines. It is always ready, and has no outages.
///
/// Complexity: most functions are logarithmic in the amount of stored data, and linear in the size
/// of the request and the answer. A list also iterates over the messages that its filter excludes.
/// An append iterates over all webhooks, and a call for one webhook may iterate over all of its
/// deliveries.
///
/// Thread safety: any number of threads may call at once. One mutex serialises the calls.
class memory_storage final : public storage {
public:
    memory_storage();

    /// Calls `now`, a clock that never goes back, to find out which deliveries are due.
    explicit memory_storage(std::function<deadline()> now);

    ~memory_storage() override;

    memory_storage(const memory_storage&) = delete;
    memory_storage& operator=(const memory_storage&) = delete;

    bot_store& bots() noexcept override;
    message_store& messages() noexcept override;
    conversation_store& conversations() noexcept override;
    key_store& keys() noexcept override;
    stream_store& streams() noexcept override;
    webhook_store& webhooks() noexcept override;
    botcore::consistency& consistency() noexcept override;

    result<> ready(deadline until) override;
    [[nodiscard]] std::optional<outage> last_outage() override { return std::nullopt; }

private:
    struct state;
    std::unique_ptr<state> state_;
};

}  // namespace botcore::memory
