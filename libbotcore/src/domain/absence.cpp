#include <botcore/domain/absence.hpp>

namespace botcore {

error absent(bot_id id)
{
    return refuse(errc::not_found, "No bot is registered under the id " + id.text() + ".");
}

error absent(message_id id)
{
    return refuse(errc::not_found, "No message has the id " + id.text() + ".");
}

error absent(conversation_id id)
{
    return refuse(errc::not_found, "No conversation has the id " + id.text() + ".");
}

error absent_webhook(std::string_view name)
{
    return refuse(errc::not_found, "The bot has no webhook " + std::string{name} + ".");
}

}  // namespace botcore
