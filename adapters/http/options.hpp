#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace botapi::http {

/// What clients may cost us.
struct limits {
    std::size_t target_size_max = 8'192;        ///< Bytes of the request target.
    std::uint32_t header_size_max = 16'384;     ///< Bytes, request line included.
    std::size_t header_count_max = 100;         ///< Fields of a header.
    std::uint64_t body_size_max = 1'048'576;    ///< Bytes of a JSON body or an NDJSON line.
    std::size_t batch_size_max = 1'000;         ///< Messages of one JSON array.
    std::size_t connections_max = 16'384;       ///< At once; more are closed on arrival.
    std::size_t connections_each_max = 16'384;  ///< The same, of one client address.
    std::size_t pipeline_max = 256;             ///< Requests that arrive before their turn.
    std::size_t json_depth_max = 32;            ///< Levels of arrays and objects in each other.
    std::size_t subscriptions_max = 100;        ///< Of one WebSocket.
    std::size_t queue_size_max = 4'096;         ///< Requests waiting for the database at once.
    std::chrono::milliseconds queue_wait_max{1'000};  ///< Who would wait longer is turned away.
    std::chrono::milliseconds idle_max{60'000};    ///< From an answer to the next request's start.
    std::chrono::milliseconds header_max{8'000};   ///< From a request's start to its header's end.
    std::chrono::milliseconds body_max{8'000};     ///< For a body to go on after a pause.
    std::chrono::milliseconds handle_max{10'000};  ///< From a full request to its answer.
    std::chrono::milliseconds write_max{8'000};    ///< For the client to go on taking an answer.
    std::chrono::milliseconds ping_after{20'000};  ///< That a WebSocket's client says nothing.
    std::uint64_t data_rate_min = 256;  ///< Bytes a second of a body or an answer; 0: any.
    std::chrono::milliseconds drain_max{10'000};  ///< From `stop` to the last answer.
};

/// How often something may happen: `burst` times at once, and `rate` times a second for long.
struct rate_limit {
    double rate = 0;   ///< 0: as often as one likes.
    double burst = 0;  ///< At least 1.
};

/// How often clients may ask.
struct access_limits {
    rate_limit failures{.rate = 1, .burst = 20};  ///< Wrong keys from one address.
    std::size_t requests_of_key = 0;              ///< A second; 0: as many as one likes.
    std::size_t requests_of_client = 0;           ///< The same, of one address.
};

/// In which header a proxy says for whom it asks.
enum class proxy_header : std::uint8_t {
    x_forwarded_for,
    forwarded,  ///< RFC 7239.
};

/// Where the server's certificates are, and their key, in PEM. TLS is spoken if both are named.
struct tls_files {
    std::string certificate;  ///< Its own first, then those that lead to a known one.
    std::string key;
};

/// How streams are followed.
struct live_options {
    std::chrono::milliseconds heartbeat{15'000};  ///< Of silence, before a client is told we live.
    std::chrono::milliseconds poll{5'000};        ///< About: to look without a hint.
    std::size_t kept_size_max = 33'554'432;       ///< Bytes of rendered messages, of all streams.
};

/// How to serve.
struct server_options {
    std::vector<std::string> listen;  ///< `address:port`, as in `[::1]:8000`. Port 0: any.
    std::size_t threads = 2;          ///< That serve sockets.
    std::size_t storage_threads = 8;  ///< That call the blocking services.
    std::size_t append_lanes = 2;     ///< Batches of messages that are stored at once, at most.
    std::size_t page_cache_size = 268'435'456;  ///< Bytes of rendered lists in memory; 0: none.
    std::vector<std::string> cors_origins{};    ///< Origins that browsers may call from, or `*`.
    bool shares_ports = false;  ///< Whether other servers of the same user may listen there too.
    std::vector<std::string> trusted_proxies{};  ///< Networks, as in `10.0.0.0/8`.
    http::proxy_header proxy_header = http::proxy_header::x_forwarded_for;
    tls_files tls{};
    http::limits limits{};
    access_limits access{};
    live_options live{};
};

}  // namespace botapi::http
