#include "adapters/http/protocol/memory_budget.hpp"

namespace botapi::http {

bool memory_budget::share::resize(std::size_t size)
{
    if (size == size_)
        return true;
    if (!budget_.change(client_, size_, size))
        return false;
    size_ = size;
    return true;
}

bool memory_budget::change(const std::string& client, std::size_t before, std::size_t after)
{
    const std::lock_guard lock{mutex_};
    const auto of_client = by_client_.try_emplace(client, 0).first;
    const bool is_more = after > before;
    const bool is_allowed = size_ - before + after <= max_ &&
                            of_client->second - before + after <= each_max_;
    if (!is_more || is_allowed) {
        size_ = size_ - before + after;
        of_client->second = of_client->second - before + after;
    }
    if (of_client->second == 0)
        by_client_.erase(of_client);
    return !is_more || is_allowed;
}

}  // namespace botapi::http
