#include <botcore/domain/id.hpp>

namespace botcore {

shard_number shard_of(const conversation_id& conversation) noexcept
{
    std::uint32_t sum = 2166136261U;
    for (const auto byte : conversation.value.bytes())
        sum = (sum ^ byte) * 16777619U;
    return static_cast<shard_number>((sum >> 16U) ^ sum);
}

}  // namespace botcore
