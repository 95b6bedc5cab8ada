// Follows conversations, every other watcher by a WebSocket and the rest by Server-Sent Events,
// sends messages to them at a fixed rate, and counts how long each takes to reach each of its
// watchers: from the instant at which it was due to be sent, and from its 201, which says that it
// is committed.
//
// Usage: bench_live PORT WATCHERS CONVERSATIONS RATE SECONDS BOTS; prints a JSON object.

#include "tests/bench/watcher.hpp"

#include <cstdlib>
#include <deque>

namespace botapi::bench {

namespace {

using std::chrono::nanoseconds;

constexpr std::uint32_t timer_number = 0xffffffff;
constexpr std::uint32_t writer_count = 32;
constexpr auto patience = std::chrono::seconds{10};

struct options {
    std::uint16_t port;
    std::uint32_t watchers;
    std::uint32_t conversations;
    double rate;
    double seconds;
    unsigned bots;
};

struct writer {
    int socket = -1;
    std::string answer{};
    std::size_t message = 0;  ///< The number of the message that is on its way.
};

struct delivery {
    std::size_t message;
    clock_type::time_point at;
};

class generator {
public:
    explicit generator(const options& wanted)
        : wanted_{wanted}, epoll_{::epoll_create1(0)}, timer_{::timerfd_create(CLOCK_MONOTONIC, 0)}
    {
        watch(epoll_, timer_, timer_number);
        watchers_.reserve(wanted.watchers);
        for (std::uint32_t number = 0; number < wanted.watchers; ++number) {
            const auto conversation = conversation_id(number % wanted.conversations);
            watchers_.emplace_back(wanted.port, conversation, number % 2 == 1);
            watch(epoll_, watchers_.back().socket(), number);
        }
        writers_.resize(writer_count);
        for (std::uint32_t number = 0; number < writer_count; ++number) {
            writers_[number].socket = connect_to(wanted.port);
            watch(epoll_, writers_[number].socket, wanted.watchers + number);
            idle_.push_back(number);
        }
        while (following_ < wanted_.watchers)
            wait();
    }

    void run()
    {
        const auto start = clock_type::now();
        const auto total = static_cast<std::size_t>(wanted_.rate * wanted_.seconds);
        const auto end = start + nanoseconds{static_cast<std::int64_t>(wanted_.seconds * 1e9)};
        const auto due_at = [&](std::size_t number) {
            const double seconds = static_cast<double>(number) / wanted_.rate;
            return start + nanoseconds{static_cast<std::int64_t>(seconds * 1e9)};
        };
        committed_.resize(total);
        std::size_t made = 0;
        const auto is_done = [&] {
            return deliveries_.size() >= expected(total) && idle_.size() == writer_count;
        };
        while (!is_done() && clock_type::now() < end + patience) {
            for (; made < total && due_at(made) <= clock_type::now(); ++made) {
                due_.push_back(due_at(made));
                waiting_.push_back(made);
            }
            while (!waiting_.empty() && !idle_.empty())
                send_next();
            wake_at(timer_, made < total ? due_at(made) : end + patience);
            wait();
        }
        elapsed_ = clock_type::now() - start;
        lost_ = expected(total) - deliveries_.size();
    }

    void print()
    {
        latencies all;
        latencies after_commit;
        for (const auto& [message, at] : deliveries_) {
            all.add(at - due_[message]);
            after_commit.add(std::max(nanoseconds{0}, nanoseconds{at - committed_[message]}));
        }
        all.sort();
        after_commit.sort();
        std::printf(
            "{\"requests\": %zu, \"rate\": %.1f, \"p50_ms\": %.4f, \"p99_ms\": %.4f, "
            "\"p999_ms\": %.4f, \"max_ms\": %.4f, \"after_commit_p50_ms\": %.4f, "
            "\"after_commit_p99_ms\": %.4f, \"after_commit_p999_ms\": %.4f, "
            "\"failures\": %zu}\n",
            deliveries_.size(),
            static_cast<double>(deliveries_.size()) /
                std::chrono::duration<double>(elapsed_).count(),
            all.at(0.5),
            all.at(0.99),
            all.at(0.999),
            all.at(1.0),
            after_commit.at(0.5),
            after_commit.at(0.99),
            after_commit.at(0.999),
            lost_ + failures_
        );
    }

private:
    /// The messages go to the conversations in turn, as the watchers do.
    [[nodiscard]] std::size_t expected(std::size_t messages) const
    {
        return messages * (wanted_.watchers / wanted_.conversations);
    }

    void send_next()
    {
        auto& chosen = writers_[idle_.front()];
        idle_.pop_front();
        chosen.message = waiting_.front();
        waiting_.pop_front();
        chosen.answer.clear();
        const auto conversation = static_cast<unsigned>(chosen.message % wanted_.conversations);
        const auto text = "number " + std::to_string(chosen.message) + " of many";
        send_all(chosen.socket, post_of(conversation, wanted_.bots, text));
    }

    void wait()
    {
        epoll_event events[256];
        const int count = ::epoll_wait(epoll_, events, 256, -1);
        for (int at = 0; at < count; ++at) {
            const auto number = events[at].data.u32;
            if (number == timer_number) {
                rest(timer_);
            } else if (number < wanted_.watchers) {
                receive_from(watchers_[number]);
            } else
                receive(number - wanted_.watchers);
        }
    }

    /// Whether a watcher has the confirmation that its stream has begun, in either protocol.
    static bool is_begin(std::string_view event)
    {
        return event.starts_with("retry:") || event.find(R"("subscribed")") != event.npos;
    }

    void receive_from(watcher& one)
    {
        one.receive([this, now = clock_type::now()](std::string_view event) {
            constexpr std::string_view before = R"("text":"number )";
            if (const auto at = event.find(before); at != std::string_view::npos) {
                const auto* const number = event.data() + at + before.size();
                deliveries_.push_back({std::strtoull(number, nullptr, 10), now});
            } else if (is_begin(event))
                ++following_;
        });
    }

    void receive(std::uint32_t number)
    {
        auto& from = writers_[number];
        receive_into(from.answer, from.socket);
        if (!is_whole(from.answer))
            return;
        if (!std::string_view{from.answer}.starts_with("HTTP/1.1 201 "))
            ++failures_;
        committed_[from.message] = clock_type::now();
        idle_.push_back(number);
    }

    options wanted_;
    int epoll_;
    int timer_;
    std::vector<watcher> watchers_{};
    std::vector<writer> writers_{};
    std::size_t following_ = 0;
    std::deque<std::uint32_t> idle_{};
    std::deque<std::size_t> waiting_{};
    std::vector<clock_type::time_point> due_{};        ///< Of each message.
    std::vector<clock_type::time_point> committed_{};  ///< The same: when its 201 was there.
    std::vector<delivery> deliveries_{};
    std::size_t lost_ = 0;
    std::size_t failures_ = 0;
    nanoseconds elapsed_{};
};

}  // namespace

}  // namespace botapi::bench

int main(int count, char** words)
{
    if (count != 7) {
        std::fputs("usage: PORT WATCHERS CONVERSATIONS RATE SECONDS BOTS\n", stderr);
        return 2;
    }
    const auto number = [&](int at) { return std::strtoul(words[at], nullptr, 10); };
    try {
        botapi::bench::generator load{
            {.port = static_cast<std::uint16_t>(number(1)),
             .watchers = static_cast<std::uint32_t>(number(2)),
             .conversations = static_cast<std::uint32_t>(number(3)),
             .rate = std::atof(words[4]),
             .seconds = std::atof(words[5]),
             .bots = static_cast<unsigned>(number(6))}};
        load.run();
        load.print();
    } catch (const std::exception& failure) {
        std::fprintf(stderr, "%s\n", failure.what());
        return 1;
    }
}
