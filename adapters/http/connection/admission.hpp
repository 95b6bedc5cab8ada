#pragma once

#include <boost/asio/ip/address.hpp>

#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

namespace botapi::http {

/// Counts the open connections, in all and of each client, and refuses what is too many.
///
/// A client is what `network_of` makes of its address.
///
/// Thread safety: any number of threads at once.
class admission {
public:
    admission(std::size_t max, std::size_t each_max) : max_{max}, each_max_{each_max} {}

    /// That a connection is counted; ends with it. The admission must outlive it.
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

    /// Nothing if the client, or all together, have as many as they may. A proxy stands for any
    /// number of clients.
    std::optional<ticket> admit(const boost::asio::ip::address& address, bool is_proxy = false);

    /// Whether all together have as many as they may.
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
