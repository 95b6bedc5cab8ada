#include "apps/server/limit_settings.hpp"

#include "apps/server/setting_kinds.hpp"

namespace botapi::app {

namespace {

constexpr std::string_view limits = "Limits";
constexpr std::string_view times = "Times";

}  // namespace

std::vector<setting> request_limit_settings()
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
            {"max-json-depth", limits, "levels of arrays and objects in a JSON text"},
            {4, 1'000},
            [](settings & s) -> auto& { return s.http.limits.json_depth_max; }
        ),
    };
}

std::vector<setting> client_limit_settings()
{
    return {
        number_of(
            {"max-pipeline", limits, "requests sent before their turn; then the connection ends"},
            {1, 1'000'000},
            [](settings & s) -> auto& { return s.http.limits.pipeline_max; }
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
            {"max-subscriptions", limits, "subscriptions of one WebSocket"},
            {1, 10'000},
            [](settings & s) -> auto& { return s.http.limits.subscriptions_max; }
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
            {"queue-timeout", times, "for the database to begin; who would wait longer gets 503"},
            [](settings & s) -> auto& { return s.http.limits.queue_wait_max; }
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
            {"ping-interval", times, "of silence, before a WebSocket's client is pinged"},
            [](settings & s) -> auto& { return s.http.limits.ping_after; }
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

}  // namespace botapi::app
