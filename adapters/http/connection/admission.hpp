#pragma once

#include <boost/asio/ip/address.hpp>

#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

namespace botapi::http {

/// Counts the open connections, in total and for each client, and refuses those beyond a limit.
///
/// `network_of` says which addresses count as one client.
///
/// Thread safety: any number of threads at once.
class admission {
public:
    /// `max` connections in total, and `each_max` for one client.
    admission(std::size_t max, std::size_t each_max) : max_{max}, each_max_{each_max} {}

    /// Counts one connection for as long as the ticket exists. The admission must outlive it.
    class ticket {
    public:
        ticket(admission& from, boost::asio::ip::address client)
            : from_{&from}, client_{std::move(client)}
        {
        }
        ~ticket()
        {
            if (from_ != nullptr)
                from_->leave(client_);
        }
        ticket(ticket&& other) noexcept
            : from_{std::exchange(other.from_, nullptr)}, client_{std::move(other.client_)}
        {
        }
        ticket(const ticket&) = delete;
        ticket& operator=(const ticket&) = delete;
        ticket& operator=(ticket&&) = delete;

    private:
        admission* from_;
        boost::asio::ip::address client_;
    };

    /// Admits a connection; nothing if the limit of the client, or the limit in total, is reached.
    /// Only the limit in total applies to a proxy, because it connects for many clients.
    std::optional<ticket> admit(const boost::asio::ip::address& address, bool is_proxy = false);

    /// Whether the limit in total is reached.
    [[nodiscard]] bool is_full();

private:
    void leave(const boost::asio::ip::address& client);

    const std::size_t max_;
    const std::size_t each_max_;
    std::mutex mutex_;
    std::size_t count_ = 0;
    std::map<boost::asio::ip::address, std::size_t> by_client_;
};

}  // namespace botapi::http
