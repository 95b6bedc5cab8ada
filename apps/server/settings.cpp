#include "apps/server/settings.hpp"

#include "apps/server/memory_shares.hpp"

#include <algorithm>
#include <thread>

namespace botapi::app {

settings::settings()
    : database{*sql::database_url::parse("sqlite:botapi.db")},
      http{
          .listen = {"127.0.0.1:8000"},
          .threads = std::max<std::size_t>(std::thread::hardware_concurrency(), 1)}
{
    // Computed once: `usable_memory` reads files, and this constructor runs for every setting.
    static const auto shares = shares_of(usable_memory());
    http.page_cache_size = shares.pages;
    http.live.kept_size_max = shares.messages;
    http.limits.queue_memory_max = shares.queue;
    http.limits.held_size_max = shares.requests;
    http.limits.held_size_each_max = shares.requests / 8;
}

}  // namespace botapi::app
