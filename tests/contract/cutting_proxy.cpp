#include "tests/contract/cutting_proxy.hpp"

#include <arpa/inet.h>
#include <array>
#include <netinet/in.h>
#include <poll.h>
#include <stdexcept>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace {

constexpr int poll_interval = 10;  ///< Milliseconds.

sockaddr_in loopback(std::uint16_t port)
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    return address;
}

sockaddr* plain(sockaddr_in& address)
{
    return reinterpret_cast<sockaddr*>(&address);  // NOLINT: what sockets want.
}

/// Whether there is something to read within `poll_interval`.
bool is_readable(int socket)
{
    pollfd descriptor{.fd = socket, .events = POLLIN, .revents = 0};
    return ::poll(&descriptor, 1, poll_interval) > 0;
}

bool send_all(int to, std::string_view data)
{
    while (!data.empty()) {
        const auto sent = ::send(to, data.data(), data.size(), MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        data.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

/// How a program commits: by the statement, or by the end of a pipeline whose transaction began
/// with a lock.
enum class commit : std::uint8_t { none, spelled_out, implied };

commit commit_in(std::string_view sent)
{
    constexpr std::string_view statement{"COMMIT\0", 7};  // Not `READ COMMITTED`.
    constexpr std::string_view sync{"S\0\0\0\4", 5};
    if (sent.find(statement) != std::string_view::npos)
        return commit::spelled_out;
    // After the name of a portal, which is empty: the lock, and what is written under it.
    constexpr std::string_view bound{"\0botapi_", 8};
    const bool is_pipeline = sent.find(bound) != sent.rfind(bound);
    return is_pipeline && sent.ends_with(sync) ? commit::implied : commit::none;
}

}  // namespace

cutting_proxy::cutting_proxy(std::uint16_t server_port)
    : server_port_{server_port}, listener_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)}
{
    auto address = loopback(0);
    socklen_t size = sizeof address;
    const bool is_open = ::bind(listener_, plain(address), size) == 0 &&
                         ::listen(listener_, 64) == 0 &&
                         ::getsockname(listener_, plain(address), &size) == 0;
    if (!is_open)
        throw std::runtime_error{"no port for a proxy"};
    port_ = ntohs(address.sin_port);
    listening_ = std::thread{[this] { listen(); }};
}

cutting_proxy::~cutting_proxy()
{
    is_stopping_ = true;
    listening_.join();
    for (auto& one : running_)
        one.join();
    ::close(listener_);
}

void cutting_proxy::cut_next(cut where, bool is_last)
{
    is_last_ = is_last;
    next_ = where;
}

void cutting_proxy::cut_all()
{
    ++generation_;
}

void cutting_proxy::hang_after(std::string text)
{
    const std::lock_guard lock{mutex_};
    last_message_ = std::move(text);
}

void cutting_proxy::go_on()
{
    hang_after({});
    is_hanging_ = false;
}

void cutting_proxy::deliver_late()
{
    is_delivering_ = true;
    while (kept_back_ > 0)
        ::poll(nullptr, 0, poll_interval);
    is_delivering_ = false;
}

/// The program's connection ends meanwhile, as if a network had broken behind the proxy.
void cutting_proxy::keep_back(int server, std::string_view sent)
{
    ++kept_back_;
    std::string kept{sent};
    const std::lock_guard lock{mutex_};
    running_.emplace_back([this, connection = ::dup(server), kept = std::move(kept)] {
        while (!is_delivering_ && !is_stopping_)
            ::poll(nullptr, 0, poll_interval);
        std::array<char, 4'096> answer{};
        if (is_delivering_ && send_all(connection, kept))
            static_cast<void>(::recv(connection, answer.data(), answer.size(), 0));
        ::close(connection);
        --kept_back_;
    });
}

void cutting_proxy::hide_report(std::string parameter)
{
    const std::lock_guard lock{mutex_};
    hidden_report_ = std::move(parameter);
}

/// A hidden parameter gets an unknown name of the same length.
bool cutting_proxy::answer(int client, char* data, std::size_t size)
{
    const std::string_view read{data, size};
    {
        const std::lock_guard lock{mutex_};
        const auto found = hidden_report_.empty() ? read.npos : read.find(hidden_report_);
        if (found != read.npos)
            data[found] = '?';
    }
    return send_all(client, read);
}

bool cutting_proxy::is_last_message(std::string_view sent)
{
    const std::lock_guard lock{mutex_};
    return !last_message_.empty() && sent.find(last_message_) != std::string_view::npos;
}

void cutting_proxy::listen()
{
    while (!is_stopping_) {
        if (!is_readable(listener_))
            continue;
        const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (client < 0)
            continue;
        if (is_closed_) {
            ::close(client);
            continue;
        }
        const std::lock_guard lock{mutex_};
        running_.emplace_back([this, client] { serve(client); });
    }
}

void cutting_proxy::serve(int client)
{
    const auto born_in = generation_.load();
    const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    auto address = loopback(server_port_);
    bool is_open = ::connect(server, plain(address), sizeof address) == 0;
    while (is_open && !is_stopping_ && born_in == generation_) {
        std::array<pollfd, 2> both{{
            {.fd = client, .events = POLLIN, .revents = 0},
            {.fd = server, .events = POLLIN, .revents = 0},
        }};
        if (is_hanging_) {
            ::poll(nullptr, 0, poll_interval);
            continue;
        }
        if (::poll(both.data(), both.size(), poll_interval) <= 0)
            continue;
        if (both[0].revents != 0)
            is_open = pass_on(client, server, true);
        if (is_open && both[1].revents != 0)
            is_open = pass_on(server, client, false);
    }
    ::close(server);
    ::close(client);
}

/// False ends the connection.
bool cutting_proxy::pass_on(int from, int to, bool is_from_client)
{
    std::array<char, 65'536> data{};
    const auto got = ::recv(from, data.data(), data.size(), 0);
    if (got <= 0)
        return false;
    if (!is_from_client)
        return answer(to, data.data(), static_cast<std::size_t>(got));
    const std::string_view read{data.data(), static_cast<std::size_t>(got)};
    if (is_last_message(read)) {
        const bool is_passed = send_all(to, read);
        const auto size = ::recv(to, data.data(), data.size(), 0);
        is_hanging_ = true;
        return is_passed && size > 0 &&
               send_all(from, {data.data(), static_cast<std::size_t>(size)});
    }
    const auto found = commit_in(read);
    const auto where = found != commit::none ? next_.exchange(cut::nowhere) : cut::nowhere;
    if (where == cut::nowhere)
        return send_all(to, read);

    if (is_last_)
        is_closed_ = true;
    if (where == cut::late_commit)
        keep_back(to, read);
    if (where == cut::after_commit && send_all(to, read))
        static_cast<void>(::recv(to, data.data(), data.size(), 0));  // The server's answer.
    implied_cuts_ += found == commit::implied ? 1 : 0;
    ++cuts_;
    return false;
}
