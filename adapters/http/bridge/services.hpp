#pragma once

#include <botcore/app/bot_service.hpp>
#include <botcore/app/conversation_service.hpp>
#include <botcore/app/key_service.hpp>
#include <botcore/app/message_service.hpp>
#include <botcore/app/stream_service.hpp>
#include <botcore/app/token_service.hpp>
#include <botcore/app/webhook_service.hpp>
#include <botcore/ports/storage.hpp>

namespace botapi::http {

/// The services of the core that the API offers to the network. All must outlive the server.
struct services {
    botcore::bot_service& bots;
    botcore::message_service& messages;
    botcore::conversation_service& conversations;
    botcore::key_service& keys;
    botcore::stream_service& streams;
    botcore::token_service& tokens;
    botcore::webhook_service& webhooks;
    botcore::storage& storage;  ///< For what concerns no single store.
};

}  // namespace botapi::http
