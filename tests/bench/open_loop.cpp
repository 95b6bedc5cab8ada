// Sends messages at a fixed rate, whether or not the server keeps up, and counts each answer's time
// from the instant at which its request was due: a server that stalls can't hide it by holding up
// the load (coordinated omission).
//
// Usage: bench_open_loop PORT CONNECTIONS RATE SECONDS CONVERSATIONS BOTS; prints a JSON object.

#include <algorithm>
#include <arpa/inet.h>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>
#include <vector>

namespace {

using clock_type = std::chrono::steady_clock;
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
    std::string answer{};
};

/// The ids of tests/bench/data_set.py.
std::string id_of(unsigned kind, unsigned number)
{
    char text[37];
    std::snprintf(text, sizeof text, "%08x-0000-4000-8000-%012x", kind, number);
    return text;
}

std::string request_for(const options& wanted, std::mt19937& random)
{
    const unsigned number = static_cast<unsigned>(random()) % wanted.conversations;
    const std::string body = R"({"conversationId":")" + id_of(number * 2654435761U, number) +
                             R"(","timestamp":"2026-11-17T12:00:00.1234567Z","from":")" +
                             id_of(0, number % wanted.bots) + R"(","to":")" + id_of(3, number) +
                             R"(","text":"Olá! Como posso te ajudar com o seu pedido de hoje?"})";
    return "POST /messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
           "Content-Length: " +
           std::to_string(body.size()) + "\r\n\r\n" + body;
}

class generator {
public:
    explicit generator(const options& wanted)
        : wanted_{wanted}, epoll_{::epoll_create1(0)}, timer_{::timerfd_create(CLOCK_MONOTONIC, 0)}
    {
        watch(timer_, timer_number);
        connections_.resize(wanted.connections);
        for (std::uint32_t number = 0; number < wanted.connections; ++number) {
            connect(connections_[number]);
            watch(connections_[number].socket, number);
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
        while (latencies_.size() + failures_ < total) {
            for (; made < total && due_at(made) <= clock_type::now(); ++made)
                waiting_.push_back(due_at(made));
            while (!waiting_.empty() && !idle_.empty())
                send_next();
            if (made < total)
                wake_at(due_at(made));
            wait();
        }
        elapsed_ = clock_type::now() - start;
    }

    void print()
    {
        std::ranges::sort(latencies_);
        const auto at = [&](double part) {
            if (latencies_.empty())
                return 0.0;
            const auto last = static_cast<double>(latencies_.size() - 1);
            const auto place = static_cast<std::size_t>(part * last);
            return static_cast<double>(latencies_[place].count()) / 1e6;
        };
        std::printf(
            "{\"rate\": %.1f, \"p50_ms\": %.4f, \"p99_ms\": %.4f, \"p999_ms\": %.4f, "
            "\"max_ms\": %.4f, \"failures\": %llu}\n",
            static_cast<double>(latencies_.size()) /
                std::chrono::duration<double>(elapsed_).count(),
            at(0.5),
            at(0.99),
            at(0.999),
            at(1.0),
            static_cast<unsigned long long>(failures_)
        );
    }

private:
    void connect(connection& made) const
    {
        made.socket = ::socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        address.sin_port = htons(wanted_.port);
        const int on = 1;
        ::setsockopt(made.socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        if (::connect(made.socket, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
            throw std::runtime_error{"can't connect"};
    }

    void watch(int descriptor, std::uint32_t number) const
    {
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.u32 = number;
        ::epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event);
    }

    void wake_at(clock_type::time_point when) const
    {
        const auto since = when.time_since_epoch();
        const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(since);
        itimerspec wanted{};
        wanted.it_value.tv_sec = seconds.count();
        wanted.it_value.tv_nsec = static_cast<long>(nanoseconds{since - seconds}.count());
        ::timerfd_settime(timer_, TFD_TIMER_ABSTIME, &wanted, nullptr);
    }

    void send_next()
    {
        auto& chosen = connections_[idle_.front()];
        idle_.pop_front();
        chosen.due = waiting_.front();
        waiting_.pop_front();
        chosen.answer.clear();
        const auto text = request_for(wanted_, random_);
        if (::send(chosen.socket, text.data(), text.size(), MSG_NOSIGNAL) !=
            static_cast<ssize_t>(text.size()))
            throw std::runtime_error{"can't send"};
    }

    void wait()
    {
        epoll_event events[256];
        const int count = ::epoll_wait(epoll_, events, 256, -1);
        for (int at = 0; at < count; ++at) {
            if (events[at].data.u32 == timer_number) {
                std::uint64_t expired = 0;
                static_cast<void>(::read(timer_, &expired, sizeof expired));
            } else
                receive(events[at].data.u32);
        }
    }

    void receive(std::uint32_t number)
    {
        auto& from = connections_[number];
        char data[16'384];
        const auto got = ::recv(from.socket, data, sizeof data, 0);
        if (got <= 0)
            throw std::runtime_error{"the server closed a connection"};
        from.answer.append(data, static_cast<std::size_t>(got));

        const auto head_end = from.answer.find("\r\n\r\n");
        const auto length_at = from.answer.find("Content-Length: ");
        if (head_end == std::string::npos || length_at > head_end)
            return;
        const auto length = std::strtoul(from.answer.c_str() + length_at + 16, nullptr, 10);
        if (from.answer.size() < head_end + 4 + length)
            return;
        if (std::string_view{from.answer}.starts_with("HTTP/1.1 201 ")) {
            latencies_.push_back(clock_type::now() - from.due);
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
    std::vector<nanoseconds> latencies_;
    std::uint64_t failures_ = 0;
    nanoseconds elapsed_{};
};

}  // namespace

int main(int count, char** words)
{
    if (count != 7) {
        std::fputs("usage: PORT CONNECTIONS RATE SECONDS CONVERSATIONS BOTS\n", stderr);
        return 2;
    }
    const auto number = [&](int at) { return std::strtoul(words[at], nullptr, 10); };
    try {
        generator load{
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
