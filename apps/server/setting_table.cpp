#include "apps/server/setting_table.hpp"

#include "adapters/http/protocol/path_prefix.hpp"
#include "apps/server/addresses.hpp"
#include "apps/server/limit_settings.hpp"
#include "apps/server/replica_settings.hpp"
#include "apps/server/setting_kinds.hpp"
#include "apps/server/webhook_settings.hpp"

#include <iterator>

namespace botapi::app {

namespace {

constexpr std::string_view general = "General";
constexpr std::string_view serving = "Serving";

reason take_database(settings& into, const std::string& text)
{
    auto url = sql::database_url::parse(text);
    if (!url)
        return url.error().detail;  // Does not quote the URL: it may contain a password.
    into.database = *std::move(url);
    return std::nullopt;
}

reason take_listen_database(settings& into, const std::string& text)
{
    auto url = sql::database_url::parse(text);
    if (!url)
        return url.error().detail;
    if (url->dialect() != sql::dialect::postgresql)
        return "SQLite has no LISTEN: name the PostgreSQL server of --database.";
    into.listen_database = *std::move(url);
    return std::nullopt;
}

std::vector<std::string> show_listen_database(const settings& from)
{
    if (!from.listen_database)
        return {};
    return {from.listen_database->redacted()};
}

std::vector<setting> general_settings()
{
    using logging::format;
    using logging::level;
    constexpr std::array<std::pair<std::string_view, format>, 3> formats{
        {{"auto", format::automatic}, {"json", format::json}, {"text", format::text}}};
    constexpr std::array<std::pair<std::string_view, level>, 5> levels{
        {{"debug", level::debug},
         {"info", level::info},
         {"warning", level::warning},
         {"error", level::error},
         {"off", level::off}}};
    return {
        {.name = "database",
         .placeholder = "URL",
         .group = general,
         .meaning = "sqlite:FILE or postgresql://USER@HOST/DATABASE",
         .fallback = settings{}.database.redacted(),
         .take = take_database,
         .show = [](const settings& from) { return std::vector{from.database.redacted()}; },
         .is_secret = true},
        {.name = "listen-database",
         .placeholder = "URL",
         .group = general,
         .meaning = "the server of --database itself, for LISTEN, if --database names a pooler",
         .fallback = "none",
         .take = take_listen_database,
         .show = show_listen_database,
         .is_secret = true},
        switch_of(
            {"must-exist", general, "refuse a database that holds nothing, instead of making one"},
            [](settings& s) -> bool& { return s.must_exist; }
        ),
        choice_of<format>(
            {"log-format", general, "auto, json or text; auto is text on a terminal, else json"},
            formats,
            [](settings& s) -> format& { return s.log.format; }
        ),
        choice_of<level>(
            {"log-level",
             general,
             "lowest level that is logged: debug, info, warning, error or off"},
            levels,
            [](settings& s) -> level& { return s.log.level; }
        ),
    };
}

/// Which bodies are compressed.
setting compression_setting()
{
    using http::compression;
    constexpr std::array<std::pair<std::string_view, compression>, 3> choices{
        {{"on", compression::on}, {"off", compression::off}, {"all", compression::all}}};
    return choice_of<compression>(
        {"compression",
         serving,
         "gzip and zstd: on, off, or all, also for lists with texts of many people"},
        choices,
        [](settings& s) -> compression& { return s.http.compression; }
    );
}

setting base_path()
{
    const auto take = [](settings& into, const std::string& text) -> reason {
        if (!text.empty() && text != "/" && !http::is_path_prefix(text))
            return in_quotes(text) + " is not a path such as /chat, without a slash at its end.";
        into.http.base_path = text == "/" ? "" : text;
        return std::nullopt;
    };
    return optional_text(
        {"base-path", serving, "the path under which clients see the server, as in /chat"},
        "PATH",
        [](settings & s) -> auto& { return s.http.base_path; },
        take
    );
}

/// Addresses, proxies, paths, compression, TLS and CORS.
std::vector<setting> address_settings()
{
    constexpr std::array<std::pair<std::string_view, http::proxy_header>, 2> proxy_headers{
        {{"x-forwarded-for", http::proxy_header::x_forwarded_for},
         {"forwarded", http::proxy_header::forwarded}}};
    return {
        list_of(
            {"listen", serving, "where to listen; may be repeated; port 0 is any free port"},
            "ADDRESS",
            fault_of_address,
            [](settings & s) -> auto& { return s.http.listen; }
        ),
        switch_of(
            {"insecure-open", serving, "serve any client on any address while no API key exists"},
            [](settings& s) -> bool& { return s.is_insecure_open; }
        ),
        list_of(
            {"allowed-host",
             serving,
             "a name that clients may use for the server while no API key exists, or *; may be "
             "repeated"},
            "HOST",
            fault_of_host_name,
            [](settings & s) -> auto& { return s.http.allowed_hosts; }
        ),
        switch_of(
            {"reuse-port", serving, "let other servers of the same user listen there as well"},
            [](settings& s) -> bool& { return s.http.shares_ports; }
        ),
        list_of(
            {"trusted-proxy", serving, "a network of proxies to trust; may be repeated"},
            "NETWORK",
            fault_of_network,
            [](settings & s) -> auto& { return s.http.trusted_proxies; }
        ),
        choice_of<http::proxy_header>(
            {"proxy-header", serving, "how proxies name clients: x-forwarded-for or forwarded"},
            proxy_headers,
            [](settings& s) -> http::proxy_header& { return s.http.proxy_header; }
        ),
        base_path(),
        compression_setting(),
        file_of(
            {"tls-certificate",
             serving,
             "chain of certificates in PEM; the server then speaks TLS only"},
            [](settings & s) -> auto& { return s.http.tls.certificate; }
        ),
        file_of(
            {"tls-key", serving, "the certificate's key in PEM"},
            [](settings & s) -> auto& { return s.http.tls.key; }
        ),
        list_of(
            {"cors-origin", serving, "an origin browsers may call from, or *; may be repeated"},
            "ORIGIN",
            fault_of_origin,
            [](settings & s) -> auto& { return s.http.cors_origins; }
        ),
    };
}

/// Threads, connections and memory.
std::vector<setting> resource_settings()
{
    auto threads = number_of(
        {"threads", serving, "threads that serve connections"},
        {1, 1'024},
        [](settings & s) -> auto& { return s.http.threads; }
    );
    threads.fallback = "one for each core";
    auto page_cache = size_of(
        {"page-cache-size", serving, "memory for rendered lists; 0 for none"},
        {0, 1'024 * gib},
        [](settings & s) -> auto& { return s.http.page_cache_size; }
    );
    page_cache.fallback = "256 MiB, or an eighth of the memory";
    return {
        std::move(threads),
        number_of(
            {"db-connections", serving, "connections to the database, at most"},
            {1, 1'000},
            [](settings & s) -> auto& { return s.db_connections; }
        ),
        std::move(page_cache),
    };
}

}  // namespace

const std::vector<setting>& all_settings()
{
    static const std::vector<setting> all = [] {
        std::vector<setting> settings;
        for (auto* const part :
             {general_settings,
              replica_settings,
              address_settings,
              resource_settings,
              request_limit_settings,
              client_limit_settings,
              time_settings,
              webhook_settings})
            std::ranges::move(part(), std::back_inserter(settings));
        return settings;
    }();
    return all;
}

const setting* find_setting(std::string_view name) noexcept
{
    const auto& all = all_settings();
    const auto found = std::ranges::find(all, name, &setting::name);
    return found == all.end() ? nullptr : &*found;
}

bool is_used_by(const setting& setting, command command) noexcept
{
    switch (command) {
        case command::serve:
        case command::config: return true;
        case command::migrate:
        case command::check:
        case command::keys_create:
        case command::keys_list:
        case command::keys_revoke:
        case command::keys_rotate_signing: return setting.group == general;
        case command::help:
        case command::version: break;
    }
    return false;
}

}  // namespace botapi::app
