#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

/// Stands between a program and a PostgreSQL server, and cuts connections, falls silent, or delays
/// what was sent, where it hurts most.
///
/// Thread safety: any number of threads may call at once.
class cutting_proxy {
public:
    enum class cut : std::uint8_t {
        nowhere,
        before_commit,  ///< The server never sees the COMMIT.
        after_commit,   ///< The server has committed, and the program never hears of it.
        late_commit,    ///< The server sees the COMMIT only when `deliver_late` is called.
    };

    /// Listens on a port of 127.0.0.1 that the system picks.
    explicit cutting_proxy(std::uint16_t server_port);
    ~cutting_proxy();

    cutting_proxy(const cutting_proxy&) = delete;
    cutting_proxy& operator=(const cutting_proxy&) = delete;

    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

    /// Cuts the connection at its next commit, once; and then, if `is_last`, turns away whoever
    /// comes again.
    void cut_next(cut where, bool is_last = false);

    /// Turns away whoever comes, or lets them in again.
    void turn_away(bool all) noexcept { is_closed_ = all; }

    /// Cuts all connections now.
    void cut_all();

    /// From now on takes connections and passes nothing on.
    void hang() noexcept { is_hanging_ = true; }

    /// The same once the server has answered the next message with `text` in it.
    void hang_after(std::string text);

    /// From now on hides from the program that the server reports its `parameter`, as a pooler
    /// does.
    void hide_report(std::string parameter);

    /// Passes everything on again.
    void go_on();

    /// Passes on what `cut::late_commit` kept back, and waits until the server has answered it.
    void deliver_late();

    /// How many commits were cut.
    [[nodiscard]] unsigned cuts() const noexcept { return cuts_; }

    /// How many of them were of a transaction that was sent in one piece, without saying COMMIT.
    [[nodiscard]] unsigned implied_cuts() const noexcept { return implied_cuts_; }

private:
    void listen();
    void serve(int client);
    bool pass_on(int from, int to, bool is_from_client);
    bool is_last_message(std::string_view sent);
    void keep_back(int server, std::string_view sent);
    bool answer(int client, char* data, std::size_t size);

    std::uint16_t server_port_;
    std::uint16_t port_ = 0;
    int listener_ = -1;
    std::atomic<cut> next_{cut::nowhere};
    std::atomic<bool> is_last_{false};
    std::atomic<bool> is_closed_{false};
    std::atomic<bool> is_hanging_{false};
    std::atomic<bool> is_stopping_{false};
    std::atomic<unsigned> cuts_{0};
    std::atomic<unsigned> implied_cuts_{0};
    std::atomic<unsigned> generation_{0};
    std::atomic<bool> is_delivering_{false};
    std::atomic<unsigned> kept_back_{0};  ///< Commits that were not delivered yet.
    std::mutex mutex_;
    std::string last_message_;   ///< Nothing: there is none.
    std::string hidden_report_;  ///< Nothing: all are passed on.
    std::vector<std::thread> running_;
    std::thread listening_;
};
