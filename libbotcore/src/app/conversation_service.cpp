#include "each_found.hpp"

#include <botcore/app/conversation_service.hpp>

namespace botcore {

std::vector<result<conversation>> conversation_service::get(
    std::span<const conversation_id> ids,
    const visible_bots& visible,
    const read_terms& terms
)
{
    return each_found(conversations_.find(ids, visible, terms), ids);
}

}  // namespace botcore
