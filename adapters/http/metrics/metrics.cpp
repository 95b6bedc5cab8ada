#include "adapters/http/metrics/metrics.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <mutex>
#include <prometheus/text_serializer.h>

namespace botapi::http {

namespace {

using boost::beast::http::verb;
using prometheus::Histogram;

Histogram::BucketBoundaries seconds_buckets()
{
    return {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
}

Histogram::BucketBoundaries size_buckets()
{
    return {1, 2, 4, 8, 16, 32, 64, 128, 256, 512};
}

/// Clients can send any number of unknown methods: they share a label.
std::string_view label_of(verb method)
{
    constexpr std::array known{
        verb::get,
        verb::head,
        verb::post,
        verb::put,
        verb::patch,
        verb::delete_,
        verb::options};
    if (std::ranges::find(known, method) == known.end())
        return "OTHER";
    const auto name = boost::beast::http::to_string(method);
    return {name.data(), name.size()};
}

double in_seconds(std::chrono::nanoseconds time)
{
    return std::chrono::duration<double>{time}.count();
}

}  // namespace

std::string_view name_of(limit_kind limit) noexcept
{
    switch (limit) {
        case limit_kind::connections: return "max-connections";
        case limit_kind::client_connections: return "max-client-connections";
        case limit_kind::header_time: return "header-timeout";
        case limit_kind::idle_time: return "idle-timeout";
        case limit_kind::body_time: return "body-timeout";
        case limit_kind::write_time: return "write-timeout";
        case limit_kind::pipeline: break;
    }
    return "max-pipeline";
}

metrics::metrics(std::shared_ptr<prometheus::Registry> registry)
    : registry_{std::move(registry)},
      requests_{prometheus::BuildCounter()
                    .Name("botapi_http_requests_total")
                    .Help("Answered requests by route, method and status.")
                    .Register(*registry_)},
      seconds_{prometheus::BuildHistogram()
                   .Name("botapi_http_request_seconds")
                   .Help("Time from a request's header to the end of its answer.")
                   .Register(*registry_)},
      open_{prometheus::BuildGauge()
                .Name("botapi_http_connections")
                .Help("Open connections.")
                .Register(*registry_)
                .Add({})},
      accepted_{prometheus::BuildCounter()
                    .Name("botapi_http_connections_accepted_total")
                    .Help("Connections that were served.")
                    .Register(*registry_)
                    .Add({})},
      refused_{prometheus::BuildCounter()
                   .Name("botapi_http_connections_refused_total")
                   .Help("Connections closed on arrival, since too many were open.")
                   .Register(*registry_)
                   .Add({})},
      handshake_failures_{prometheus::BuildCounter()
                              .Name("botapi_tls_handshake_failures_total")
                              .Help("Connections that ended before the TLS handshake was complete.")
                              .Register(*registry_)
                              .Add({})},
      left_{prometheus::BuildCounter()
                .Name("botapi_http_clients_left_total")
                .Help("Requests whose client left before the answer.")
                .Register(*registry_)
                .Add({})},
      queued_{prometheus::BuildGauge()
                  .Name("botapi_coalescer_queue_depth")
                  .Help("Requests that wait for the storage.")
                  .Register(*registry_)},
      batch_sizes_{prometheus::BuildHistogram()
                       .Name("botapi_coalescer_batch_size")
                       .Help("Requests in one call of the storage.")
                       .Register(*registry_)},
      queue_waits_{prometheus::BuildHistogram()
                       .Name("botapi_coalescer_wait_seconds")
                       .Help("Time that requests waited for the storage.")
                       .Register(*registry_)}
{
    auto& family = prometheus::BuildCounter()
                       .Name("botapi_http_limits_reached_total")
                       .Help("Connections that a limit ended, by limit.")
                       .Register(*registry_);
    for (std::size_t at = 0; at < limit_kinds; ++at) {
        const auto name = std::string{name_of(static_cast<limit_kind>(at))};
        limits_reached_.at(at) = &family.Add({{"limit", name}});
    }
}

void metrics::answered(
    std::string_view route,
    verb method,
    unsigned status,
    std::optional<std::chrono::nanoseconds> duration
)
{
    series& counted = series_for(route, method, status);
    counted.count.Increment();
    if (duration)
        counted.seconds.Observe(in_seconds(*duration));
}

metrics::series& metrics::series_for(std::string_view route, verb method, unsigned status)
{
    const labels key{route.empty() ? "none" : route, label_of(method), status};
    {
        const std::shared_lock lock{mutex_};
        if (const auto known = by_labels_.find(key); known != by_labels_.end())
            return known->second;
    }
    const std::string route_label{std::get<0>(key)};
    const std::string method_label{std::get<1>(key)};
    const std::unique_lock lock{mutex_};
    const series added{
        requests_.Add(
            {{"route", route_label}, {"method", method_label}, {"status", std::to_string(status)}}
        ),
        seconds_.Add({{"route", route_label}, {"method", method_label}}, seconds_buckets())};
    return by_labels_.emplace(key, added).first->second;
}

void metrics::connection_opened()
{
    accepted_.Increment();
    open_.Increment();
}

void metrics::connection_closed()
{
    open_.Decrement();
}

coalescer_observer metrics::observer_for(const std::string& name)
{
    auto& depth = queued_.Add({{"queue", name}});
    auto& sizes = batch_sizes_.Add({{"queue", name}}, size_buckets());
    auto& waits = queue_waits_.Add({{"queue", name}}, seconds_buckets());
    return {
        .queue_changed = [&](std::ptrdiff_t by) { depth.Increment(static_cast<double>(by)); },
        .batch_taken = [&](std::size_t size) { sizes.Observe(static_cast<double>(size)); },
        .started = [&](std::chrono::nanoseconds wait) { waits.Observe(in_seconds(wait)); },
    };
}

page_cache_observer metrics::page_cache_observer()
{
    auto& hits = counter("botapi_page_cache_hits_total", "Lists answered from memory.");
    auto& misses = counter(
        "botapi_page_cache_misses_total",
        "Lists that were not in memory at their current version."
    );
    auto& evictions = counter(
        "botapi_page_cache_evictions_total",
        "Lists that were dropped to make room for others."
    );
    auto& size = gauge("botapi_page_cache_bytes", "Size of the lists in memory.");
    return {
        .hit = [&hits] { hits.Increment(); },
        .missed = [&misses] { misses.Increment(); },
        .evicted = [&evictions] { evictions.Increment(); },
        .size_changed = [&size](std::ptrdiff_t by) { size.Increment(static_cast<double>(by)); },
    };
}

hub_observer metrics::hub_observer()
{
    auto& followers = gauge("botapi_live_followers", "Followed streams, counted for each client.");
    auto& feeds = gauge(
        "botapi_live_feeds",
        "Followed streams, counted once for all clients that get the same messages and fields."
    );
    auto& size = gauge("botapi_live_kept_bytes", "Size of the rendered messages in memory.");
    auto& rendered = counter("botapi_live_rendered_total", "Messages rendered for followers.");
    auto& delivered = counter(
        "botapi_live_delivered_total",
        "Messages that followers took, counted for each follower."
    );
    auto& behind = counter(
        "botapi_live_behind_reads_total",
        "Reads for one follower that began, or that was behind the messages in memory."
    );
    return {
        .followers_changed = [&](std::ptrdiff_t by
                             ) { followers.Increment(static_cast<double>(by)); },
        .feeds_changed = [&](std::ptrdiff_t by) { feeds.Increment(static_cast<double>(by)); },
        .size_changed = [&](std::ptrdiff_t by) { size.Increment(static_cast<double>(by)); },
        .rendered = [&](std::size_t count) { rendered.Increment(static_cast<double>(count)); },
        .delivered = [&](std::size_t count) { delivered.Increment(static_cast<double>(count)); },
        .read_behind = [&] { behind.Increment(); },
    };
}

http::gate_observer metrics::gate_observer()
{
    auto& held = gauge("botapi_held_requests", "Requests that wait for the database to come back.");
    auto& total = counter(
        "botapi_held_requests_total",
        "Requests that waited for the database to come back."
    );
    return {.held_changed = [&](std::ptrdiff_t by) {
        held.Increment(static_cast<double>(by));
        if (by > 0)
            total.Increment(static_cast<double>(by));
    }};
}

http::stream_observer metrics::stream_observer()
{
    auto& sockets = gauge("botapi_stream_sockets", "Open WebSockets.");
    auto& subscriptions = gauge("botapi_stream_subscriptions", "Subscriptions of WebSockets.");
    auto& requests = counter("botapi_stream_requests_total", "Requests over WebSockets.");
    auto& messages =
        counter("botapi_stream_messages_total", "Messages of subscriptions sent over WebSockets.");
    return {
        .sockets_changed = [&](std::ptrdiff_t by) { sockets.Increment(static_cast<double>(by)); },
        .subscriptions_changed = [&](std::ptrdiff_t by
                                 ) { subscriptions.Increment(static_cast<double>(by)); },
        .received = [&] { requests.Increment(); },
        .delivered = [&] { messages.Increment(); },
    };
}

prometheus::Counter& metrics::counter(const char* name, const char* help)
{
    return prometheus::BuildCounter().Name(name).Help(help).Register(*registry_).Add({});
}

prometheus::Gauge& metrics::gauge(const char* name, const char* help)
{
    return prometheus::BuildGauge().Name(name).Help(help).Register(*registry_).Add({});
}

// A family that is registered again is the same one, and so is a metric with the same labels.
void metrics::describe_copies(const std::vector<botcore::copy_status>& copies)
{
    const auto gauge_of = [&](const char* name, const char* help, const std::string& number)
        -> auto&
    {
        auto& family = prometheus::BuildGauge().Name(name).Help(help).Register(*registry_);
        return family.Add({{"replica", number}});
    };
    for (std::size_t at = 0; at < copies.size(); ++at) {
        const auto& one = copies[at];
        const auto number = std::to_string(at + 1);
        gauge_of("botapi_replica_serving", "Whether a read replica serves reads.", number)
            .Set(one.serves ? 1 : 0);
        gauge_of("botapi_replica_lag_bytes", "Log that a read replica has not replayed.", number)
            .Set(static_cast<double>(one.bytes_behind));
        const auto age = one.age ? static_cast<double>(one.age->count()) / 1'000 : std::nan("");
        gauge_of("botapi_replica_lag_seconds", "How old the reads of a read replica are.", number)
            .Set(age);
        auto& reads = prometheus::BuildCounter()
                          .Name("botapi_replica_reads_total")
                          .Help("Reads for which a read replica was chosen.")
                          .Register(*registry_)
                          .Add({{"replica", number}});
        reads.Increment(static_cast<double>(one.reads) - reads.Value());
    }
}

std::string metrics::text() const
{
    return prometheus::TextSerializer{}.Serialize(registry_->Collect());
}

}  // namespace botapi::http
