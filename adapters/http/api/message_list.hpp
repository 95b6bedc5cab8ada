#pragma once

#include "adapters/http/bridge/gateway.hpp"
#include "adapters/http/protocol/message.hpp"

namespace botapi::http {

/// Answers `GET /messages`: a page if the query has a limit, and else all messages, streamed page
/// by page, so that memory stays bounded however long the list is.
boost::asio::awaitable<response> list_messages(request& asked, gateway& gateway);

}  // namespace botapi::http
