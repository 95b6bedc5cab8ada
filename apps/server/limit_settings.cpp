#include "apps/server/limit_settings.hpp"

#include "apps/server/setting_kinds.hpp"

namespace botapi::app {

namespace {

constexpr std::string_view limits = "Limits";
constexpr std::string_view times = "Times";

setting failover_wait()
{
    return time_of(
        {"failover-wait",
         times,
         "how long requests wait for a database that is away; 0s for not at all"},
        [](settings & s) -> auto& { return s.http.limits.failover_wait; },
        std::chrono::milliseconds{0}
    );
}

}  // namespace

std::vector<setting> request_limit_settings()
{
    return {
        size_of(
            {"max-body-size", limits, "size of a JSON body, or of a line of an NDJSON body"},
            {1, gib},
            [](settings & s) -> auto& { return s.http.limits.body_size_max; }
        ),
        size_of(
            {"max-text-size", limits, "size of a message's text"},
            {1, 256 * mib},
            [](settings & s) -> auto& { return s.messages.text_size_max; }
        ),
        number_of(
            {"max-batch-size", limits, "messages in one JSON array"},
            {1, 100'000},
            [](settings & s) -> auto& { return s.http.limits.batch_size_max; }
        ),
        size_of(
            {"max-target-size", limits, "size of a request's target: path and query"},
            {256, mib},
            [](settings & s) -> auto& { return s.http.limits.target_size_max; }
        ),
        size_of(
            {"max-header-size", limits, "size of a request's header, first line included"},
            {kib, mib},
            [](settings & s) -> auto& { return s.http.limits.header_size_max; }
        ),
        number_of(
            {"max-header-fields", limits, "fields in a request's header"},
            {1, 10'000},
            [](settings & s) -> auto& { return s.http.limits.header_count_max; }
        ),
        number_of(
            {"max-json-depth", limits, "levels of nested arrays and objects in JSON"},
            {4, 1'000},
            [](settings & s) -> auto& { return s.http.limits.json_depth_max; }
        ),
    };
}

std::vector<setting> client_limit_settings()
{
    return {
        number_of(
            {"max-pipeline", limits, "pipelined requests in a row; more end the connection"},
            {1, 1'000'000},
            [](settings & s) -> auto& { return s.http.limits.pipeline_max; }
        ),
        number_of(
            {"max-connections", limits, "open connections; more are closed on arrival"},
            {1, 1'000'000},
            [](settings & s) -> auto& { return s.http.limits.connections_max; }
        ),
        number_of(
            {"max-client-connections", limits, "open connections of one client address"},
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
            {"max-key-rate", limits, "requests a second with one key; 0 for no limit"},
            {0, 1'000'000},
            [](settings & s) -> auto& { return s.http.access.requests_of_key; }
        ),
        number_of(
            {"max-client-rate", limits, "requests a second from one address; 0 for no limit"},
            {0, 1'000'000},
            [](settings & s) -> auto& { return s.http.access.requests_of_client; }
        ),
        size_of(
            {"min-data-rate", limits, "bytes a second of a body or an answer; 0 for no limit"},
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
            {"body-timeout", times, "longest pause within a body"},
            [](settings & s) -> auto& { return s.http.limits.body_max; }
        ),
        time_of(
            {"request-timeout", times, "from a complete request to its answer"},
            [](settings & s) -> auto& { return s.http.limits.handle_max; }
        ),
        time_of(
            {"queue-timeout", times, "longest wait for the database; beyond it requests get 503"},
            [](settings & s) -> auto& { return s.http.limits.queue_wait_max; }
        ),
        failover_wait(),
        time_of(
            {"write-timeout", times, "longest pause of a client that reads an answer"},
            [](settings & s) -> auto& { return s.http.limits.write_max; }
        ),
        time_of(
            {"heartbeat-interval", times, "silence in an event stream before a comment is sent"},
            [](settings & s) -> auto& { return s.http.live.heartbeat; }
        ),
        time_of(
            {"ping-interval", times, "silence on a WebSocket before a ping is sent"},
            [](settings & s) -> auto& { return s.http.limits.ping_after; }
        ),
        time_of(
            {"token-lifetime", times, "default lifetime of a token for a conversation"},
            [](settings & s) -> auto& { return s.token_life; }
        ),
        time_of(
            {"max-token-lifetime", times, "lifetime of a token, with all its refreshes"},
            [](settings & s) -> auto& { return s.token_life_max; }
        ),
        time_of(
            {"shutdown-delay",
             times,
             "from SIGTERM to when connections are refused; meanwhile /healthz is 503"},
            [](settings & s) -> auto& { return s.http.limits.leave_delay; },
            std::chrono::milliseconds{0}
        ),
        time_of(
            {"drain-timeout", times, "from SIGTERM to the last answer"},
            [](settings & s) -> auto& { return s.http.limits.drain_max; }
        ),
    };
}

}  // namespace botapi::app
