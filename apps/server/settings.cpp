#include "apps/server/settings.hpp"

#include "apps/server/memory_budget.hpp"

#include <algorithm>
#include <thread>

namespace botapi::app {

settings::settings()
    : database{*sql::database_url::parse("sqlite:botapi.db")},
      http{
          .listen = {"127.0.0.1:8000"},
          .threads = std::max<std::size_t>(std::thread::hardware_concurrency(), 1)}
{
    const auto budget = budget_for(usable_memory());
    http.page_cache_size = budget.pages;
    http.live.kept_size_max = budget.messages;
    http.limits.queue_memory_max = budget.queue;
    http.limits.held_size_max = budget.requests;
    http.limits.held_size_each_max = budget.requests / 8;
}

}  // namespace botapi::app
