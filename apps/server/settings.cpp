#include "apps/server/settings.hpp"

#include <algorithm>
#include <thread>

namespace botapi::app {

settings::settings()
    : database{*sql::database_url::parse("sqlite:botapi.db")},
      http{
          .listen = {"127.0.0.1:8000"},
          .threads = std::max<std::size_t>(std::thread::hardware_concurrency(), 1)}
{
}

}  // namespace botapi::app
