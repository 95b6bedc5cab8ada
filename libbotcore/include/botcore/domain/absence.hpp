#pragma once

#include <botcore/domain/id.hpp>
#include <botcore/error.hpp>

#include <string_view>

namespace botcore {

/// The refusal of a request for an entity that does not exist: `not_found`. An entity that the
/// caller may not see is refused in the same words.
error absent(bot_id id);
error absent(message_id id);
error absent(conversation_id id);
error absent_webhook(std::string_view name);

}  // namespace botcore
