#include "each_found.hpp"

#include <botcore/app/conversation_service.hpp>

namespace botcore {

std::vector<result<conversation>> conversation_service::get(
    std::span<const conversation_id> ids,
    deadline until
)
{
    return each_found(conversations_.find(ids, until), ids, "No conversation has the id ");
}

}  // namespace botcore
