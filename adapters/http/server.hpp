#pragma once

#include "adapters/http/access/key_ring.hpp"
#include "adapters/http/bridge/services.hpp"
#include "adapters/http/connection/listen_error.hpp"
#include "adapters/http/options.hpp"

#include <botcore/ports/log.hpp>

#include <memory>
#include <prometheus/registry.h>
#include <string>
#include <vector>

namespace botapi::http {

/// Serves the HTTP API.
class server {
public:
    /// Binds every address of `options.listen`, so that clients can connect from now on. Registers
    /// the server's metrics in `metrics`, whose content is the answer to `GET /metrics`.
    ///
    /// All references must outlive the server. The owner of the ring has refreshed it, and goes on
    /// refreshing it.
    ///
    /// Throws `listen_error`, and `certificate_error` if a file of `options.tls` can't be used.
    server(
        server_options options,
        services services,
        key_ring& ring,
        botcore::log& log,
        std::shared_ptr<prometheus::Registry> metrics
    );
    ~server();

    server(const server&) = delete;
    server& operator=(const server&) = delete;

    /// The bound addresses, `address:port` with the real ports, in the order of `options.listen`.
    [[nodiscard]] std::vector<std::string> addresses() const;

    /// Serves until `limits.leave_delay` after `stop` is called. Then finishes the requests in
    /// progress, for at most `limits.drain_max`.
    void run();

    /// Reads the files of `options.tls` again, for future connections. If they can't be used, the
    /// old certificate stays, and the log says why. May be called from any thread.
    void reload();

    /// Makes `run` return. May be called from any thread, and more than once.
    void stop();

private:
    struct state;
    std::unique_ptr<state> state_;
};

}  // namespace botapi::http
