#include "adapters/memory/memory_bots.hpp"
#include "adapters/memory/memory_keys.hpp"
#include "adapters/memory/memory_messages.hpp"

#include <botcore/memory/memory_storage.hpp>

#include <mutex>

namespace botcore::memory {

struct memory_storage::state {
    std::mutex mutex;
    memory_bots bots{mutex};
    memory_keys keys{mutex};
    memory_messages messages{mutex, bots, keys};
};

memory_storage::memory_storage() : state_{std::make_unique<state>()} {}

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

result<> memory_storage::ready(deadline /*until*/)
{
    return {};
}

}  // namespace botcore::memory
