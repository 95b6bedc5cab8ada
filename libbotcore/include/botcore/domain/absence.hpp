#pragma once

#include <botcore/domain/id.hpp>
#include <botcore/error.hpp>

#include <string_view>

namespace botcore {

/// What is said of what is not there: `not_found`, in the same words for what somebody may not know
/// of.
error absent(bot_id id);
error absent(message_id id);
error absent(conversation_id id);
error absent_webhook(std::string_view name);

}  // namespace botcore
