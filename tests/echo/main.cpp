#include "adapters/http/access/access_control.hpp"
#include "adapters/http/access/key_ring.hpp"
#include "adapters/http/connection/admission.hpp"
#include "adapters/http/connection/listener.hpp"
#include "adapters/http/connection/worker.hpp"
#include "adapters/http/dispatch/dispatcher.hpp"
#include "adapters/http/metrics/metrics.hpp"
#include "tests/echo/echo_routes.hpp"

#include <botcore/memory/memory_storage.hpp>
#include <botcore/ports/log.hpp>
#include <botcore/system/system_clock.hpp>

#include <boost/asio/signal_set.hpp>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <functional>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

// The server's HTTP and WebSocket layer, with routes that give back what they get.

namespace botapi::http::testing {

namespace {

/// Says what failed, and nothing else.
class failures_only final : public botcore::log {
public:
    void write(
        botcore::severity level,
        std::string_view event,
        std::span<const botcore::log_field> /*fields*/
    ) override
    {
        if (level == botcore::severity::error)
            std::cerr << event << std::endl;
    }
};

int serve(const std::string& address, limits limits)
{
    botcore::memory::memory_storage storage;
    botcore::system::system_clock clock;
    key_ring no_keys{storage.keys(), clock};
    if (!no_keys.refresh(std::chrono::steady_clock::now() + std::chrono::seconds{5}))
        throw std::runtime_error{"no keys can't be read"};
    const cors no_origins{{}};
    access_control everybody{no_keys, no_origins, {}, {{}, {"*"}}};
    metrics counts{std::make_shared<prometheus::Registry>()};
    failures_only log;
    const dispatcher routes{router{echo_routes(limits)}, no_origins, everybody};
    const std::atomic<bool> is_leaving{false};
    std::atomic<bool> is_draining{false};
    const std::function<void(connection::clock::time_point)> look_around = [](auto /*now*/) {};
    const trusted_proxies nobody{{}, proxy_header::forwarded};
    memory_budget held{limits.held_size_max, limits.held_size_max};
    const std::string no_base_path;
    const session_context context{
        routes,
        limits,
        counts,
        log,
        look_around,
        nullptr,
        nobody,
        held,
        no_base_path,
        compression::off,
        is_leaving,
        is_draining};
    admission doors{limits.connections_max, limits.connections_each_max};

    std::vector<std::unique_ptr<worker>> workers;
    workers.push_back(std::make_unique<worker>(context));
    listener door{address, false, workers, doors, context};
    boost::asio::signal_set signals{workers.front()->loop(), SIGTERM, SIGINT};
    signals.async_wait([&](boost::system::error_code /*why*/, int /*signal*/) {
        is_draining = true;
        door.close();
        workers.front()->drain();
    });
    std::cout << "listening on " << door.address() << std::endl;
    workers.front()->run();
    return EXIT_SUCCESS;
}

}  // namespace

}  // namespace botapi::http::testing

/// Usage: botapi-echo ADDRESS [LIMIT_MS]. After that long a WebSocket's client that says nothing is
/// pinged, and a body or a message that pauses is given up.
int main(int count, char** arguments)
{
    const std::vector<std::string> given(arguments + 1, arguments + count);
    if (given.empty() || given.size() > 2) {
        std::cerr << "usage: botapi-echo ADDRESS [LIMIT_MS]" << std::endl;
        return 2;
    }
    try {
        botapi::http::limits limits;
        if (given.size() == 2) {
            limits.ping_after = std::chrono::milliseconds{std::stol(given[1])};
            limits.body_max = limits.ping_after;
        }
        return botapi::http::testing::serve(given.front(), limits);
    } catch (const std::exception& failure) {
        std::cerr << failure.what() << std::endl;
        return EXIT_FAILURE;
    }
}
