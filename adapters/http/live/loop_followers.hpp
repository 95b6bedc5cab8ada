#pragma once

#include "adapters/http/live/feed.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <memory>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

namespace botapi::http {

class follower;

/// The followers on one event loop, which has one thread. A burst of growth wakes the loop once,
/// however many feeds grow and however many followers they have.
class loop_followers {
public:
    explicit loop_followers(boost::asio::any_io_executor loop) : loop_{std::move(loop)} {}

    ~loop_followers() = default;
    loop_followers(const loop_followers&) = delete;
    loop_followers& operator=(const loop_followers&) = delete;

    /// Adds or removes a follower. Only for the loop's thread, and not within a `ready` function.
    void add(const feed& followed, follower& one);
    void remove(const feed& followed, follower& one);

    /// Wakes the waiting followers of a feed. From any thread.
    void notify(std::shared_ptr<feed> grown);

private:
    void wake();

    boost::asio::any_io_executor loop_;
    std::unordered_map<const feed*, std::vector<follower*>> followers_{};

    std::mutex mutex_;
    std::vector<std::shared_ptr<feed>> news_{};
};

}  // namespace botapi::http
