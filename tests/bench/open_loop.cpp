// Sends messages at a fixed rate, whether or not the server keeps up, and counts the time of each
// that is taken from the instant at which its request was due: a server that stalls can't hide it
// by holding up the load (coordinated omission). A refusal's time counts from when its request was
// sent, which is later if all connections wait.
//
// Usage: bench_open_loop PORT CONNECTIONS RATE SECONDS CONVERSATIONS BOTS; prints a JSON object.

#include "tests/bench/bench.hpp"

#include <cstdlib>
#include <deque>
#include <random>

namespace botapi::bench {

namespace {

using std::chrono::nanoseconds;

constexpr std::uint32_t timer_number = 0xffffffff;

struct options {
    std::uint16_t port;
    std::uint32_t connections;
    double rate;
    double seconds;
    unsigned conversations;
    unsigned bots;
};

struct connection {
    int socket = -1;
    clock_type::time_point due{};
    clock_type::time_point sent{};
    std::string answer{};
};

std::string request_for(const options& wanted, std::mt19937& random)
{
    const unsigned number = static_cast<unsigned>(random()) % wanted.conversations;
    return post_of(number, wanted.bots, "Olá! Como posso te ajudar com o seu pedido de hoje?");
}

class generator {
public:
    explicit generator(const options& wanted)
        : wanted_{wanted}, epoll_{::epoll_create1(0)}, timer_{::timerfd_create(CLOCK_MONOTONIC, 0)}
    {
        watch(epoll_, timer_, timer_number);
        connections_.resize(wanted.connections);
        for (std::uint32_t number = 0; number < wanted.connections; ++number) {
            connections_[number].socket = connect_to(wanted.port);
            watch(epoll_, connections_[number].socket, number);
            idle_.push_back(number);
        }
    }

    void run()
    {
        const auto start = clock_type::now();
        const auto total = static_cast<std::uint64_t>(wanted_.rate * wanted_.seconds);
        const auto due_at = [&](std::uint64_t number) {
            const double seconds = static_cast<double>(number) / wanted_.rate;
            return start + nanoseconds{static_cast<std::int64_t>(seconds * 1e9)};
        };
        std::uint64_t made = 0;
        while (latencies_.count() + refusals_.count() + failures_ < total) {
            for (; made < total && due_at(made) <= clock_type::now(); ++made)
                waiting_.push_back(due_at(made));
            while (!waiting_.empty() && !idle_.empty())
                send_next();
            if (made < total)
                wake_at(timer_, due_at(made));
            wait();
        }
        elapsed_ = clock_type::now() - start;
    }

    void print()
    {
        latencies_.sort();
        refusals_.sort();
        std::printf(
            "{\"rate\": %.1f, \"p50_ms\": %.4f, \"p99_ms\": %.4f, \"p999_ms\": %.4f, "
            "\"max_ms\": %.4f, \"refused\": %zu, \"refused_p99_ms\": %.4f, \"failures\": %llu}\n",
            static_cast<double>(latencies_.count()) /
                std::chrono::duration<double>(elapsed_).count(),
            latencies_.at(0.5),
            latencies_.at(0.99),
            latencies_.at(0.999),
            latencies_.at(1.0),
            refusals_.count(),
            refusals_.at(0.99),
            static_cast<unsigned long long>(failures_)
        );
    }

private:
    void send_next()
    {
        auto& chosen = connections_[idle_.front()];
        idle_.pop_front();
        chosen.due = waiting_.front();
        waiting_.pop_front();
        chosen.answer.clear();
        chosen.sent = clock_type::now();
        send_all(chosen.socket, request_for(wanted_, random_));
    }

    void wait()
    {
        epoll_event events[256];
        const int count = ::epoll_wait(epoll_, events, 256, -1);
        for (int at = 0; at < count; ++at) {
            if (events[at].data.u32 == timer_number) {
                rest(timer_);
            } else
                receive(events[at].data.u32);
        }
    }

    void receive(std::uint32_t number)
    {
        auto& from = connections_[number];
        receive_into(from.answer, from.socket);
        if (!is_whole(from.answer))
            return;
        const std::string_view answer{from.answer};
        if (answer.starts_with("HTTP/1.1 201 ")) {
            latencies_.add(clock_type::now() - from.due);
        } else if (answer.starts_with("HTTP/1.1 503 ") || answer.starts_with("HTTP/1.1 429 ")) {
            refusals_.add(clock_type::now() - from.sent);
        } else
            ++failures_;
        idle_.push_back(number);
    }

    options wanted_;
    int epoll_;
    int timer_;
    std::mt19937 random_{std::random_device{}()};
    std::vector<connection> connections_;
    std::deque<std::uint32_t> idle_;
    std::deque<clock_type::time_point> waiting_;
    latencies latencies_;
    latencies refusals_;
    std::uint64_t failures_ = 0;
    nanoseconds elapsed_{};
};

}  // namespace

}  // namespace botapi::bench

int main(int count, char** words)
{
    if (count != 7) {
        std::fputs("usage: PORT CONNECTIONS RATE SECONDS CONVERSATIONS BOTS\n", stderr);
        return 2;
    }
    const auto number = [&](int at) { return std::strtoul(words[at], nullptr, 10); };
    try {
        botapi::bench::generator load{
            {.port = static_cast<std::uint16_t>(number(1)),
             .connections = static_cast<std::uint32_t>(number(2)),
             .rate = std::atof(words[3]),
             .seconds = std::atof(words[4]),
             .conversations = static_cast<unsigned>(number(5)),
             .bots = static_cast<unsigned>(number(6))}};
        load.run();
        load.print();
    } catch (const std::exception& failure) {
        std::fprintf(stderr, "%s\n", failure.what());
        return 1;
    }
}
