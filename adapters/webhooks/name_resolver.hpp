#pragma once

#include <botcore/domain/fair_slots.hpp>
#include <botcore/domain/id.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/system/error_code.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace botapi::webhooks {

using endpoints = std::vector<boost::asio::ip::tcp::endpoint>;

/// What a look-up found.
struct resolved_name {
    boost::system::error_code error{};
    endpoints addresses{};
};

/// Looks up a name. Blocks until the system answers.
using look_up_function = std::function<resolved_name(const std::string& host, std::uint16_t port)>;

/// Asks the system's resolver.
resolved_name look_up_with_system(const std::string& host, std::uint16_t port);

/// Looks up names on threads of its own. The bots share these threads: look-ups that hang never
/// occupy all of them.
///
/// Thread safety: any number of threads may call at once.
class name_resolver {
public:
    explicit name_resolver(std::size_t threads, look_up_function look_up = look_up_with_system);

    /// Waits for look-ups that have begun.
    ~name_resolver();

    name_resolver(const name_resolver&) = delete;
    name_resolver& operator=(const name_resolver&) = delete;

    /// Looks up the name of a receiver of `bot`. Returns nothing if there is no answer by `until`.
    boost::asio::awaitable<std::optional<resolved_name>> resolve(
        botcore::bot_id bot,
        std::string host,
        std::uint16_t port,
        std::chrono::steady_clock::time_point until
    );

private:
    struct lookup;
    using lookups = std::list<std::shared_ptr<lookup>>;

    void begin_admitted();
    void run(const std::shared_ptr<lookup>& one);
    void note(const std::string& host, botcore::pace speed);
    [[nodiscard]] botcore::pace pace_of(const std::string& host) const;
    [[nodiscard]] botcore::fair_slots slots_taken() const;
    void give_up(const std::shared_ptr<lookup>& late);

    const std::size_t size_;
    const look_up_function look_up_;
    std::mutex mutex_;
    lookups waiting_{};  ///< Look-ups that have no thread yet, the oldest first.
    lookups running_{};
    std::unordered_map<std::string, botcore::pace> paces_{};  ///< By host.
    boost::asio::thread_pool threads_;
};

}  // namespace botapi::webhooks
