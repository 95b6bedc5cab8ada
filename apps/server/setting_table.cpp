#include "apps/server/setting_table.hpp"

#include "apps/server/addresses.hpp"
#include "apps/server/setting_kinds.hpp"

#include <iterator>

namespace botapi::app {

namespace {

using std::chrono::milliseconds;

constexpr std::string_view general = "General";
constexpr std::string_view serving = "Serving";
constexpr std::string_view limits = "Limits";
constexpr std::string_view times = "Times";

constexpr std::uint64_t kib = 1'024;
constexpr std::uint64_t mib = 1'024 * kib;
constexpr std::uint64_t gib = 1'024 * mib;

reason take_database(settings& into, const std::string& text)
{
    auto url = sql::database_url::parse(text);
    if (!url)
        return url.error().detail;  // Quotes nothing: there may be a password in it.
    into.database = *std::move(url);
    return std::nullopt;
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
         .is_secret = true},
        choice_of<format>(
            {"log-format", general, "auto, json or text; auto is text on a terminal, else json"},
            formats,
            [](settings& s) -> format& { return s.log.format; }
        ),
        choice_of<level>(
            {"log-level", general, "the least level: debug, info, warning, error or off"},
            levels,
            [](settings& s) -> level& { return s.log.level; }
        ),
    };
}

std::vector<setting> serving_settings()
{
    auto threads = number_of(
        {"threads", serving, "threads that serve connections"},
        {1, 1'024},
        [](settings & s) -> auto& { return s.http.threads; }
    );
    threads.fallback = "one for each core";
    return {
        list_of(
            {"listen", serving, "where to listen; may be repeated; port 0 is any free one"},
            "ADDRESS",
            fault_of_address,
            [](settings & s) -> auto& { return s.http.listen; }
        ),
        switch_of(
            {"insecure-open",
             serving,
             "serve everybody on any address, as long as there is no key"},
            [](settings& s) -> bool& { return s.is_insecure_open; }
        ),
        file_of(
            {"tls-certificate", serving, "chain of certificates in PEM: speak TLS, and only TLS"},
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
        std::move(threads),
        number_of(
            {"db-connections", serving, "connections to the database, at most"},
            {1, 1'000},
            [](settings & s) -> auto& { return s.db_connections; }
        ),
        size_of(
            {"page-cache-size", serving, "memory for lists that were rendered; 0 for none"},
            {0, 1'024 * gib},
            [](settings & s) -> auto& { return s.http.page_cache_size; }
        ),
    };
}

std::vector<setting> limit_settings()
{
    return {
        size_of(
            {"max-body-size", limits, "of a JSON body, or of a line of an NDJSON body"},
            {1, gib},
            [](settings & s) -> auto& { return s.http.limits.body_size_max; }
        ),
        size_of(
            {"max-text-size", limits, "of a message's text"},
            {1, 256 * mib},
            [](settings & s) -> auto& { return s.messages.text_size_max; }
        ),
        number_of(
            {"max-batch-size", limits, "messages in one JSON array"},
            {1, 100'000},
            [](settings & s) -> auto& { return s.http.limits.batch_size_max; }
        ),
        size_of(
            {"max-target-size", limits, "of a request's target: path and query"},
            {256, mib},
            [](settings & s) -> auto& { return s.http.limits.target_size_max; }
        ),
        size_of(
            {"max-header-size", limits, "of a request's header, its first line included"},
            {kib, mib},
            [](settings & s) -> auto& { return s.http.limits.header_size_max; }
        ),
        number_of(
            {"max-header-fields", limits, "fields in a request's header"},
            {1, 10'000},
            [](settings & s) -> auto& { return s.http.limits.header_count_max; }
        ),
        number_of(
            {"max-connections", limits, "open connections; more are closed on arrival"},
            {1, 1'000'000},
            [](settings & s) -> auto& { return s.http.limits.connections_max; }
        ),
        number_of(
            {"max-client-connections", limits, "the same, of one client address"},
            {1, 1'000'000},
            [](settings & s) -> auto& { return s.http.limits.connections_each_max; }
        ),
        number_of(
            {"max-queue-size", limits, "requests that wait for the database; more get 503"},
            {1, 1'000'000},
            [](settings & s) -> auto& { return s.http.limits.queue_size_max; }
        ),
        number_of(
            {"max-key-rate", limits, "requests a second with one key; 0 for any number"},
            {0, 1'000'000},
            [](settings & s) -> auto& { return s.http.access.requests_of_key; }
        ),
        number_of(
            {"max-client-rate", limits, "requests a second from one address; 0 for any number"},
            {0, 1'000'000},
            [](settings & s) -> auto& { return s.http.access.requests_of_client; }
        ),
        size_of(
            {"min-data-rate", limits, "a second, of a body or an answer; 0 for any"},
            {0, gib},
            [](settings & s) -> auto& { return s.http.limits.data_rate_min; }
        ),
    };
}

std::vector<setting> time_settings()
{
    return {
        time_of(
            {"idle-timeout", times, "from an answer to the start of the next request"},
            [](settings & s) -> auto& { return s.http.limits.idle_max; }
        ),
        time_of(
            {"header-timeout", times, "from the start of a request to the end of its header"},
            [](settings & s) -> auto& { return s.http.limits.header_max; }
        ),
        time_of(
            {"body-timeout", times, "for a body to go on after a pause"},
            [](settings & s) -> auto& { return s.http.limits.body_max; }
        ),
        time_of(
            {"request-timeout", times, "from a whole request to its answer"},
            [](settings & s) -> auto& { return s.http.limits.handle_max; }
        ),
        time_of(
            {"write-timeout", times, "for the client to go on taking an answer"},
            [](settings & s) -> auto& { return s.http.limits.write_max; }
        ),
        time_of(
            {"heartbeat-interval", times, "of silence in an event stream, before a comment"},
            [](settings & s) -> auto& { return s.http.live.heartbeat; }
        ),
        time_of(
            {"token-lifetime", times, "of a token for a conversation, if it is not said"},
            [](settings & s) -> auto& { return s.token_life; }
        ),
        time_of(
            {"max-token-lifetime", times, "of a token and all it is refreshed to"},
            [](settings & s) -> auto& { return s.token_life_max; }
        ),
        time_of(
            {"drain-timeout", times, "from SIGTERM to the last answer"},
            [](settings & s) -> auto& { return s.http.limits.drain_max; }
        ),
    };
}

}  // namespace

const std::vector<setting>& all_settings()
{
    static const std::vector<setting> all = [] {
        std::vector<setting> made;
        for (auto* const part : {general_settings, serving_settings, limit_settings, time_settings})
            std::ranges::move(part(), std::back_inserter(made));
        return made;
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
        case command::serve: return true;
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
