#pragma once

#include <algorithm>
#include <arpa/inet.h>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>
#include <vector>

// The common parts of the load generators.
namespace botapi::bench {

using clock_type = std::chrono::steady_clock;

/// The ids of tests/bench/data_set.py.
inline std::string id_of(unsigned kind, unsigned number)
{
    char text[37];
    std::snprintf(text, sizeof text, "%08x-0000-4000-8000-%012x", kind, number);
    return text;
}

inline std::string conversation_id(unsigned number)
{
    return id_of(number * 2654435761U, number);
}

inline int connect_to(std::uint16_t port)
{
    const int made = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    const int on = 1;
    ::setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (::connect(made, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
        throw std::runtime_error{"can't connect"};
    return made;
}

inline void watch(int epoll, int descriptor, std::uint32_t number)
{
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u32 = number;
    ::epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event);
}

/// Makes a timer readable at an instant.
inline void wake_at(int timer, clock_type::time_point when)
{
    const auto since = when.time_since_epoch();
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(since);
    itimerspec wanted{};
    wanted.it_value.tv_sec = seconds.count();
    wanted.it_value.tv_nsec = static_cast<long>(std::chrono::nanoseconds{since - seconds}.count());
    ::timerfd_settime(timer, TFD_TIMER_ABSTIME, &wanted, nullptr);
}

/// Makes a timer unreadable until it is due again.
inline void rest(int timer)
{
    std::uint64_t expired = 0;
    if (::read(timer, &expired, sizeof expired) < 0)
        throw std::runtime_error{"can't read a timer"};
}

inline void send_all(int socket, std::string_view text)
{
    if (::send(socket, text.data(), text.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(text.size()))
        throw std::runtime_error{"can't send"};
}

/// Appends what has arrived.
inline void receive_into(std::string& text, int socket)
{
    char data[16'384];
    const auto got = ::recv(socket, data, sizeof data, 0);
    if (got <= 0)
        throw std::runtime_error{"the server closed a connection"};
    text.append(data, static_cast<std::size_t>(got));
}

/// A POST of a message to one of the conversations.
inline std::string post_of(unsigned conversation, unsigned bots, std::string_view text)
{
    std::string body = R"({"conversationId":")" + conversation_id(conversation);
    body.append(R"(","timestamp":"2026-11-17T12:00:00.1234567Z","from":")")
        .append(id_of(0, conversation % bots))
        .append(R"(","to":")")
        .append(id_of(3, conversation))
        .append(R"(","text":")")
        .append(text)
        .append("\"}");
    return "POST /messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
           "Content-Length: " +
           std::to_string(body.size()) + "\r\n\r\n" + body;
}

/// Whether an answer with a `Content-Length` is whole.
inline bool is_whole(const std::string& answer)
{
    const auto head_end = answer.find("\r\n\r\n");
    const auto length_at = answer.find("Content-Length: ");
    if (head_end == std::string::npos || length_at > head_end)
        return false;
    const auto length = std::strtoul(answer.c_str() + length_at + 16, nullptr, 10);
    return answer.size() >= head_end + 4 + length;
}

/// Durations, from which percentiles are read.
class latencies {
public:
    void add(std::chrono::nanoseconds one) { all_.push_back(one); }

    [[nodiscard]] std::size_t count() const noexcept { return all_.size(); }

    void sort() { std::ranges::sort(all_); }

    /// In milliseconds. Precondition: they are sorted.
    [[nodiscard]] double at(double part) const
    {
        if (all_.empty())
            return 0;
        const auto rank = part * static_cast<double>(all_.size() - 1);
        return static_cast<double>(all_[static_cast<std::size_t>(rank)].count()) / 1e6;
    }

private:
    std::vector<std::chrono::nanoseconds> all_{};
};

}  // namespace botapi::bench
