#include "adapters/http/server.hpp"
#include "adapters/logging/descriptor_log.hpp"
#include "adapters/metrics/measured_storage.hpp"
#include "adapters/metrics/process_metrics.hpp"
#include "adapters/soci/schema/migrate.hpp"
#include "adapters/webhooks/sender.hpp"
#include "apps/server/addresses.hpp"
#include "apps/server/commands.hpp"
#include "apps/server/key_watch.hpp"
#include "apps/server/memory_shares.hpp"
#include "apps/server/open_storage.hpp"
#include "apps/server/process.hpp"
#include "apps/server/signals.hpp"
#include "apps/server/sources.hpp"
#include "apps/server/version.hpp"

#include <botcore/system/system_clock.hpp>
#include <botcore/system/system_ids.hpp>
#include <botcore/system/system_secrets.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <prometheus/registry.h>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace botapi::app {

namespace {

using botcore::severity;

void make_room_for(std::size_t connections, botcore::log& log)
{
    constexpr std::uint64_t others = 64;  // Open files other than connections of clients.
    const auto files = raise_file_limit();
    if (files < connections + others) {
        log.write(
            severity::warning,
            "fewer files may be open than connections",
            {{"files", files}, {"connections", std::uint64_t{connections}}}
        );
    }
}

/// Reads the keys if the database is available. Otherwise a `key_watch` reads them later, and the
/// server refuses all requests until then.
void read_keys(botcore::key_service& keys, http::key_ring& ring, botcore::log& log)
{
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{5};
    auto done = keys.ensure_signing(until);
    if (done)
        done = ring.refresh(until);
    if (done)
        return;
    if (done.error().code != botcore::errc::unavailable)
        throw command_error{done.error().detail};
    log.write(
        severity::warning,
        "requests are refused until the keys can be read",
        {{"reason", std::string_view{done.error().detail}}}
    );
}

/// The first listening address that other machines can reach. Nothing if there is none, or if the
/// operator allows access without keys.
std::optional<std::string> exposed_address(const settings& settings)
{
    if (settings.is_insecure_open)
        return std::nullopt;
    const auto found = std::ranges::find_if_not(settings.http.listen, is_loopback);
    return found != settings.http.listen.end() ? std::optional{*found} : std::nullopt;
}

http::without_keys rule_without_keys(const settings& settings)
{
    return exposed_address(settings) ? http::without_keys::lets_nobody_in
                                     : http::without_keys::lets_everybody_in;
}

/// Why the server refuses all requests: no API keys exist, and other machines can reach it. Nothing
/// otherwise. The operator can create a key while the server runs.
std::optional<std::string> closed_reason(const settings& settings, const http::key_ring& ring)
{
    const auto exposed = exposed_address(settings);
    if (!exposed || !ring.is_empty())
        return std::nullopt;
    return "No API keys exist, and " + *exposed +
           " can be reached by others. Make a key with `botapi keys create`, or allow everybody "
           "with --insecure-open.";
}

/// If no API keys exist, logs whether the server accepts or refuses requests.
void tell_who_comes_in(const settings& settings, const http::key_ring& ring, botcore::log& log)
{
    if (ring.is_open())
        log.write(severity::info, "authentication is off: no API keys exist");
    if (const auto reason = closed_reason(settings, ring)) {
        log.write(
            severity::error,
            "requests are refused: no API keys exist",
            {{"reason", std::string_view{*reason}}}
        );
    }
}

/// Writes the settings to the audit log. A setting that the entry does not name has its default.
void record(const settings& settings, botcore::log& log)
{
    std::vector<botcore::log_field> fields{{"about", std::string_view{"configuration"}}};
    for (const auto& [name, value] : settings.explicit_values)
        fields.push_back({name, std::string_view{value}});
    log.write(severity::info, "audit", std::span<const botcore::log_field>{fields});
}

std::shared_ptr<prometheus::Registry> make_registry()
{
    auto registry = std::make_shared<prometheus::Registry>();
    prometheus::Labels build{{"version", std::string{version()}}};
    for (auto& [name, version] : ingredients())
        build.emplace(name, version);
    metrics::describe_process(*registry, build, std::chrono::system_clock::now());
    return registry;
}

bool has_certificate(const settings& settings)
{
    return !settings.http.tls.certificate.empty();
}

/// Handles SIGHUP: reloads the TLS certificate if the server has one.
void reload(const settings& settings, http::server& server, botcore::log& log)
{
    if (!has_certificate(settings)) {
        const std::string_view reason = "TLS is off, and SIGHUP reloads certificates only";
        log.write(severity::info, "nothing to reload", {{"reason", reason}});
        return;
    }
    log.write(severity::info, "audit", {{"about", std::string_view{"certificate"}}});
    server.reload();
}

void run(const settings& settings, botcore::storage& storage, botcore::log& log)
{
    const auto registry = make_registry();
    metrics::measured_storage measured{storage, *registry};
    const botcore::system::system_clock clock;
    botcore::system::system_ids ids{clock};
    botcore::bot_service bots{measured.bots(), ids};
    botcore::message_service messages{measured.messages(), clock, ids, settings.messages};
    botcore::conversation_service conversations{measured.conversations()};
    botcore::system::system_secrets secrets;
    botcore::key_service keys{measured.keys(), clock, ids, secrets};
    botcore::stream_service streams{measured.streams()};
    const auto in_seconds = [](auto time) { return std::chrono::ceil<std::chrono::seconds>(time); };
    botcore::token_service tokens{
        clock,
        {.life = in_seconds(settings.token_life), .life_max = in_seconds(settings.token_life_max)}};
    webhooks::sender sender{settings.webhooks, measured.webhooks(), clock, log, *registry};
    botcore::webhook_service
        hooks{measured.webhooks(), sender, clock, ids, secrets, settings.webhook_rules};
    const auto hints = measured.streams().listen(
        [&](std::span<const botcore::stream_id> /*grown*/) { sender.wake(); }
    );
    http::key_ring ring{measured.keys(), clock, rule_without_keys(settings)};
    read_keys(keys, ring, log);
    if (const auto reason = closed_reason(settings, ring))
        throw command_error{*reason};
    tell_who_comes_in(settings, ring, log);

    http::server server{
        settings.http,
        {bots, messages, conversations, keys, streams, tokens, hooks, measured},
        ring,
        log,
        registry};
    const key_watch watched_keys{keys, ring, [&] { tell_who_comes_in(settings, ring, log); }};
    const signal_watch watch{
        {.stop =
             [&](std::string_view signal) {
                 log.write(severity::info, "stopping", {{"signal", signal}});
                 server.stop();
                 sender.stop();
             },
         .reload = [&] { reload(settings, server, log); }}};
    const std::string_view scheme = has_certificate(settings) ? "https" : "http";
    log.write(
        severity::info,
        "listening",
        {{"addresses", joined(server.addresses())}, {"scheme", scheme}}
    );
    server.run();
}

}  // namespace

int serve(const settings& settings)
{
    hold_hangups();
    logging::descriptor_log log{settings.log};
    ignore_broken_pipes();
    log.write(
        severity::info,
        "starting",
        {{"version", version()},
         {"database", settings.database.redacted()},
         {"threads", std::uint64_t{settings.http.threads}},
         {"db_connections", std::uint64_t{settings.db_connections}},
         {"memory", usable_memory()},
         {"page_cache", std::uint64_t{settings.http.page_cache_size}}}
    );
    record(settings, log);
    make_room_for(settings.http.limits.connections_max, log);
    if (settings.database.dialect() == sql::dialect::sqlite) {
        const auto mode = settings.must_exist ? sql::migrating::upgrade : sql::migrating::apply;
        if (const auto done = sql::migrate(settings.database, mode, log); !done)
            throw command_error{done.error().detail};
    }

    hold_ends();
    const auto storage = open_storage(settings, without_primary::waits, log);
    run(settings, *storage, log);
    log.write(severity::info, "stopped");
    return 0;
}

}  // namespace botapi::app
