#pragma once

#include "adapters/http/api/page_cache.hpp"
#include "adapters/http/bridge/gateway.hpp"
#include "adapters/http/protocol/message.hpp"

namespace botapi::http {

/// Answers `GET /messages`: one page if the query has a limit, otherwise all messages, streamed
/// page by page, so that memory stays bounded however long the list is. Rendered pages of a
/// conversation are kept in `cache`.
boost::asio::awaitable<response> list_messages(
    request& request,
    gateway& gateway,
    page_cache& cache
);

}  // namespace botapi::http
