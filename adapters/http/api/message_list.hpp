#pragma once

#include "adapters/http/api/page_cache.hpp"
#include "adapters/http/bridge/gateway.hpp"
#include "adapters/http/protocol/message.hpp"

namespace botapi::http {

/// Answers `GET /messages`: a page if the query has a limit, and else all messages, streamed page
/// by page, so that memory stays bounded however long the list is. What was rendered for a
/// conversation is kept in `cache`.
boost::asio::awaitable<response> list_messages(request& asked, gateway& gateway, page_cache& cache);

}  // namespace botapi::http
