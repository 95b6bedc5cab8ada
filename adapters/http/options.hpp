#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace botapi::http {

/// What clients may cost the server.
struct limits {
    std::size_t target_size_max = 8'192;          ///< Bytes of the request target.
    std::uint32_t header_size_max = 16'384;       ///< Bytes, request line included.
    std::size_t header_count_max = 100;           ///< Fields of a header.
    std::uint64_t body_size_max = 1'048'576;      ///< Bytes of a JSON body or an NDJSON line.
    std::size_t held_size_max = 134'217'728;      ///< Bytes of unfinished bodies, unread reports.
    std::size_t held_size_each_max = 16'777'216;  ///< The same, for one client.
    std::size_t spool_size_max = 8'388'608;       ///< Bytes of one import's report, unread.
    std::size_t batch_size_max = 1'000;           ///< Messages of one JSON array.
    std::size_t connections_max = 16'384;         ///< At once; further ones are closed.
    std::size_t connections_each_max = 16'384;    ///< The same, for one client.
    std::size_t pipeline_max = 256;               ///< Pipelined requests in a row.
    std::size_t json_depth_max = 32;              ///< Nested arrays and objects.
    std::size_t subscriptions_max = 100;          ///< Of one WebSocket.
    std::size_t queue_size_max = 4'096;           ///< Requests waiting for the database at once.
    std::size_t queue_memory_max = 134'217'728;   ///< Approximate bytes of messages that wait.
    std::chrono::milliseconds queue_wait_max{1'000};  ///< A longer wait is refused.

    /// How long requests wait for a database that is away, from the begin of the outage; 0: not at
    /// all. No request waits beyond its `handle_max`.
    std::chrono::milliseconds failover_wait{10'000};
    std::chrono::milliseconds idle_max{75'000};    ///< From an answer to the next request.
    std::chrono::milliseconds header_max{8'000};   ///< From a header's first byte to its last.
    std::chrono::milliseconds body_max{8'000};     ///< The longest pause of a body.
    std::chrono::milliseconds handle_max{10'000};  ///< From a complete request to its answer.
    std::chrono::milliseconds write_max{8'000};    ///< The longest pause in taking an answer.
    std::chrono::milliseconds ping_after{20'000};  ///< Silence of a WebSocket before a ping.
    std::uint64_t data_rate_min = 256;  ///< Bytes a second of a body or an answer; 0: none.

    /// From `stop` until the server refuses connections. Meanwhile it tells load balancers that it
    /// is leaving.
    std::chrono::milliseconds leave_delay{0};
    std::chrono::milliseconds drain_max{10'000};  ///< From then to the last answer.
};

/// How often something may happen: `burst` times at once, and `rate` times a second over time.
struct rate_limit {
    double rate = 0;   ///< 0: no limit.
    double burst = 0;  ///< At least 1.
};

/// How many requests clients may send.
struct access_limits {
    rate_limit failures{.rate = 1, .burst = 20};  ///< Wrong secrets of one address.
    std::size_t requests_of_key = 0;              ///< Requests a second; 0: no limit.
    std::size_t requests_of_client = 0;           ///< The same, for one address.
};

/// The header in which a proxy names its client.
enum class proxy_header : std::uint8_t {
    x_forwarded_for,
    forwarded,  ///< RFC 7239.
};

/// The files of the server's certificates and their key, in PEM. With both, the server uses TLS.
struct tls_files {
    std::string certificate;  ///< The server's own, then the intermediate ones.
    std::string key;
};

/// How clients follow streams.
struct live_options {
    std::chrono::milliseconds heartbeat{15'000};  ///< Silence before the server sends a comment.
    std::chrono::milliseconds poll{5'000};        ///< Approximate time between reads without hints.
    std::size_t kept_size_max = 33'554'432;       ///< Bytes of rendered messages in memory.
};

/// Which answers may be compressed. Unless it is `off`, bodies of requests may be compressed, too.
enum class compression : std::uint8_t {
    off,
    on,   ///< All but those that hold texts of people who may not read each other's.
    all,  ///< These as well.
};

/// How to serve.
struct server_options {
    std::vector<std::string> listen;  ///< `address:port`, as in `[::1]:8000`. Port 0: any.
    std::size_t threads = 2;          ///< For sockets.
    std::size_t storage_threads = 8;  ///< For calls of the services, which block.
    std::size_t append_lanes = 2;     ///< Batches of messages that are stored at once.
    std::chrono::milliseconds readiness_age_max{250};  ///< Age of the answer of `/readyz`.
    std::size_t page_cache_size = 268'435'456;         ///< Bytes of rendered lists in memory.
    std::vector<std::string> cors_origins{};           ///< Origins whose pages may use the API.
    std::vector<std::string> allowed_hosts{};          ///< Further names of the server, or `*`.
    bool shares_ports = false;  ///< Whether other servers of the user may listen there too.
    std::vector<std::string> trusted_proxies{};  ///< Networks, as in `10.0.0.0/8`.
    http::proxy_header proxy_header = http::proxy_header::x_forwarded_for;
    http::compression compression = compression::on;
    std::string base_path{};  ///< Before all paths that clients see, as in `/chat`; or empty.
    tls_files tls{};
    http::limits limits{};
    access_limits access{};
    live_options live{};
};

}  // namespace botapi::http
