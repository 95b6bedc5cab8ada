#pragma once

#include "adapters/http/access/key_ring.hpp"
#include "adapters/http/options.hpp"

#include <botcore/app/bot_service.hpp>
#include <botcore/app/conversation_service.hpp>
#include <botcore/app/key_service.hpp>
#include <botcore/app/message_service.hpp>
#include <botcore/app/stream_service.hpp>
#include <botcore/app/token_service.hpp>
#include <botcore/app/webhook_service.hpp>
#include <botcore/ports/log.hpp>
#include <botcore/ports/storage.hpp>

#include <memory>
#include <prometheus/registry.h>
#include <stdexcept>
#include <string>
#include <vector>

namespace botapi::http {

/// What the API offers to the network. All of it must outlive the server.
struct services {
    botcore::bot_service& bots;
    botcore::message_service& messages;
    botcore::conversation_service& conversations;
    botcore::key_service& keys;
    botcore::stream_service& streams;
    botcore::token_service& tokens;
    botcore::webhook_service& webhooks;
    key_ring& ring;             ///< Has been refreshed, and is refreshed by somebody else.
    botcore::storage& storage;  ///< Asked only whether it is ready.
};

/// An address that can't be listened on. `what()` is one line for the operator.
struct listen_error : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Serves the HTTP API.
class server {
public:
    /// Binds every address of `options.listen`, so that clients may connect from here on, and
    /// registers the server's metrics in `metrics`, which `GET /metrics` answers with.
    ///
    /// Throws `listen_error`, and `certificate_error` if a file of `options.tls` can't be used.
    server(
        server_options options,
        services services,
        botcore::log& log,
        std::shared_ptr<prometheus::Registry> metrics
    );
    ~server();

    server(const server&) = delete;
    server& operator=(const server&) = delete;

    /// The addresses that are bound, `address:port` with the real ports, in the order of
    /// `options.listen`.
    [[nodiscard]] std::vector<std::string> addresses() const;

    /// Serves until `stop`, then finishes what is in flight, for `limits.drain_max` at most.
    void run();

    /// Reads the files of `options.tls` again, for connections to come. If they can't be used, all
    /// stays as it was, and the log tells why. May be called from any thread.
    void reload();

    /// Makes `run` return. May be called from any thread, and more than once.
    void stop();

private:
    struct state;
    std::unique_ptr<state> state_;
};

}  // namespace botapi::http
