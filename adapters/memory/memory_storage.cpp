#include "adapters/memory/memory_bots.hpp"
#include "adapters/memory/memory_keys.hpp"
#include "adapters/memory/memory_messages.hpp"
#include "adapters/memory/memory_webhooks.hpp"

#include <botcore/memory/memory_storage.hpp>

#include <functional>
#include <mutex>
#include <utility>

namespace botcore::memory {

namespace {

/// A storage of one piece, which every read sees as it is now: all of its positions are one.
class memory_consistency final : public consistency {
public:
    [[nodiscard]] storage_position position() const override { return {}; }

    [[nodiscard]] bool includes(const storage_position& position) const override
    {
        return position == storage_position{};
    }

    result<> confirm(const storage_position& position, deadline /*until*/) override
    {
        if (includes(position))
            return {};
        return refuse(errc::position_lost, "The position belongs to another store.");
    }
};

}  // namespace

struct memory_storage::state {
    explicit state(std::function<deadline()> now) : webhooks{mutex, bots, std::move(now)}
    {
        bots.set_on_removal([this](bot_id removed) { webhooks.forget(removed); });
    }

    std::mutex mutex;
    memory_bots bots{mutex};
    memory_webhooks webhooks;
    memory_keys keys{mutex};
    memory_messages messages{mutex, bots, webhooks, keys};
    memory_consistency consistency{};
};

memory_storage::memory_storage() : memory_storage{deadline::clock::now} {}

memory_storage::memory_storage(std::function<deadline()> now)
    : state_{std::make_unique<state>(std::move(now))}
{
}

memory_storage::~memory_storage() = default;

bot_store& memory_storage::bots() noexcept
{
    return state_->bots;
}

message_store& memory_storage::messages() noexcept
{
    return state_->messages;
}

conversation_store& memory_storage::conversations() noexcept
{
    return state_->messages;
}

key_store& memory_storage::keys() noexcept
{
    return state_->keys;
}

stream_store& memory_storage::streams() noexcept
{
    return state_->messages;
}

webhook_store& memory_storage::webhooks() noexcept
{
    return state_->webhooks;
}

botcore::consistency& memory_storage::consistency() noexcept
{
    return state_->consistency;
}

result<> memory_storage::ready(deadline /*until*/)
{
    return {};
}

}  // namespace botcore::memory
