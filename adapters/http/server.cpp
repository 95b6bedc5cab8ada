#include "adapters/http/server.hpp"

#include "adapters/http/api/bots_api.hpp"
#include "adapters/http/api/conversations_api.hpp"
#include "adapters/http/api/deliveries_api.hpp"
#include "adapters/http/api/keys_api.hpp"
#include "adapters/http/api/messages_api.hpp"
#include "adapters/http/api/operations_api.hpp"
#include "adapters/http/api/page_cache.hpp"
#include "adapters/http/api/pages_api.hpp"
#include "adapters/http/api/stream_api.hpp"
#include "adapters/http/api/tokens_api.hpp"
#include "adapters/http/api/webhooks_api.hpp"
#include "adapters/http/bridge/gateway.hpp"
#include "adapters/http/connection/admission.hpp"
#include "adapters/http/connection/listener.hpp"
#include "adapters/http/connection/tls_context.hpp"
#include "adapters/http/connection/worker.hpp"
#include "adapters/http/dispatch/dispatcher.hpp"
#include "adapters/http/live/hub.hpp"
#include "adapters/http/metrics/metrics.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <future>
#include <iterator>
#include <mutex>
#include <thread>
#include <utility>

namespace botapi::http {

namespace {

router make_router(
    key_ring& ring,
    page_cache& cache,
    const stream_context& sockets,
    const cors& origins,
    metrics& metrics,
    const std::atomic<bool>& is_leaving
)
{
    auto& gateway = sockets.core;
    const auto& limits = sockets.limits;
    std::vector<route> routes;
    const auto add = [&routes](std::vector<route> more) {
        std::ranges::move(more, std::back_inserter(routes));
    };
    add(bots_routes(gateway, limits));
    add(messages_routes(gateway, cache, sockets.live, limits));
    add(stream_routes(sockets, origins));
    add(conversations_routes(gateway));
    add(keys_routes(gateway, ring, limits));
    add(tokens_routes(gateway, ring, limits));
    add(webhooks_routes(gateway, limits));
    add(deliveries_routes(gateway, limits));
    add(operations_routes(gateway, metrics, is_leaving));
    add(pages_routes());
    return router{std::move(routes)};
}

std::unique_ptr<tls_context> make_tls(const tls_files& files)
{
    return files.certificate.empty() ? nullptr : std::make_unique<tls_context>(files);
}

/// A client may always send one body of the largest size.
std::size_t each_held_max(const limits& limits)
{
    return std::max<std::size_t>(limits.held_size_each_max, 2 * limits.body_size_max);
}

}  // namespace

/// Each member depends only on the members before it. The workers, which own the sessions, end
/// first.
struct server::state {
    state(
        server_options chosen,
        services services,
        key_ring& ring,
        botcore::log& log,
        std::shared_ptr<prometheus::Registry> registry
    )
        : options{std::move(chosen)},
          counts{std::move(registry)},
          core{services, options, counts, &ring},
          live{core, options.live, counts.hub_observer(), log},
          pages{options.page_cache_size, counts.page_cache_observer()},
          origins{options.cors_origins},
          access{ring, origins, options.access, {options.listen, options.allowed_hosts}},
          held{options.limits.held_size_max, each_held_max(options.limits)},
          sockets{core, live, access, options.limits, held, counts.stream_observer(), log},
          routes{
              make_router(ring, pages, sockets, origins, counts, is_leaving),
              origins,
              access,
              consistency_rule{core}},
          doors{options.limits.connections_max, options.limits.connections_each_max},
          tls{make_tls(options.tls)},
          proxies{options.trusted_proxies, options.proxy_header},
          context{
              routes,
              options.limits,
              counts,
              log,
              look_around,
              tls.get(),
              proxies,
              held,
              options.base_path,
              options.compression,
              is_leaving,
              is_draining}
    {
        for (std::size_t count = 0; count < std::max<std::size_t>(options.threads, 1); ++count)
            workers.push_back(std::make_unique<worker>(context));
        for (const auto& address : options.listen) {
            listeners.push_back(
                std::make_unique<listener>(address, options.shares_ports, workers, doors, context)
            );
        }
    }

    // Storage threads refer to coroutines of the workers: they stop before the workers are
    // destroyed.
    ~state() { core.join(); }

    state(const state&) = delete;
    state& operator=(const state&) = delete;

    void serve();

    server_options options;
    std::atomic<bool> is_leaving{false};
    metrics counts;
    gateway core;
    hub live;
    page_cache pages;
    cors origins;
    access_control access;
    memory_budget held;
    stream_context sockets;
    dispatcher routes;
    admission doors;
    std::unique_ptr<tls_context> tls;
    trusted_proxies proxies;
    std::function<void(hub::clock::time_point)> look_around{[this](hub::clock::time_point now) {
        live.look_around(now);
        core.look_around(now);
    }};
    std::atomic<bool> is_draining{false};
    session_context context;
    std::vector<std::unique_ptr<worker>> workers;
    std::vector<std::unique_ptr<listener>> listeners;

    std::mutex mutex;
    std::condition_variable changed;
    bool is_stopped = false;
    std::size_t running = 0;
};

void server::state::serve()
{
    std::vector<std::jthread> threads;
    running = workers.size();
    for (const auto& one : workers) {
        threads.emplace_back([this, &one] {
            one->run();
            const std::lock_guard lock{mutex};
            --running;
            changed.notify_all();
        });
    }

    std::unique_lock lock{mutex};
    changed.wait(lock, [this] { return is_stopped; });
    is_leaving = options.limits.leave_delay > std::chrono::milliseconds{0};
    changed.wait_for(lock, options.limits.leave_delay, [this] { return running == 0; });
    std::vector<std::future<void>> closed;
    for (const auto& one : listeners)
        closed.push_back(one->close());
    for (const auto& one : closed)
        one.wait();
    core.give_up_at(std::chrono::steady_clock::now() + options.limits.drain_max * 9 / 10);
    is_draining = true;
    for (const auto& one : workers)
        one->drain();
    changed.wait_for(lock, options.limits.drain_max, [this] { return running == 0; });
    for (const auto& one : workers)
        one->stop();
}

server::server(
    server_options options,
    services services,
    key_ring& ring,
    botcore::log& log,
    std::shared_ptr<prometheus::Registry> metrics
)
    : state_{std::make_unique<state>(std::move(options), services, ring, log, std::move(metrics))}
{
}

server::~server() = default;

std::vector<std::string> server::addresses() const
{
    std::vector<std::string> bound;
    for (const auto& one : state_->listeners)
        bound.push_back(one->address());
    return bound;
}

void server::run()
{
    state_->serve();
}

void server::reload()
{
    if (!state_->tls)
        return;
    auto& log = state_->context.log;
    try {
        state_->tls->reload();
        log.write(botcore::severity::info, "certificate reloaded");
    } catch (const certificate_error& failure) {
        log.write(
            botcore::severity::error,
            "certificate not reloaded: the old one stays in use",
            {{"what", failure.what()}}
        );
    }
}

void server::stop()
{
    const std::lock_guard lock{state_->mutex};
    state_->is_stopped = true;
    state_->changed.notify_all();
}

}  // namespace botapi::http
