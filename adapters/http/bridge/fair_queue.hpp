#pragma once

#include <cstddef>
#include <deque>
#include <iterator>
#include <list>
#include <memory>
#include <unordered_map>
#include <utility>

namespace botapi::http {

/// Items of several clients, which take turns however many items each of them has waiting: deficit
/// round robin (M. Shreedhar, G. Varghese, "Efficient Fair Queuing Using Deficit Round Robin",
/// SIGCOMM 1995). The items of one client stay in order.
///
/// `Waiting` has `terms`, with a `client` and a `weight`. In each round every client gets the same
/// credit, and an item costs its weight. So light items of one client do not wait until the heavy
/// ones of another client are done.
///
/// Complexity: constant, in the long run. Thread safety: none.
template <class Waiting>
class fair_queue {
public:
    /// The credit of a client in one round.
    static constexpr std::size_t quantum = 64;

    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

    /// The oldest item of a client, or null.
    [[nodiscard]] const Waiting* oldest_of(std::size_t client) const
    {
        const auto found = by_client_.find(client);
        return found == by_client_.end() ? nullptr : found->second->items.front().get();
    }

    [[nodiscard]] std::size_t count_of(std::size_t client) const
    {
        const auto found = by_client_.find(client);
        return found == by_client_.end() ? 0 : found->second->items.size();
    }

    void push(std::unique_ptr<Waiting> item)
    {
        const auto client = item->terms.client;
        auto found = by_client_.find(client);
        if (found == by_client_.end()) {
            turns_.push_back({.client = client});
            found = by_client_.emplace(client, std::prev(turns_.end())).first;
        }
        found->second->items.push_back(std::move(item));
        ++size_;
    }

    /// The item whose turn is next. Precondition: the queue is not empty.
    const Waiting& next()
    {
        while (turns_.front().credit < turns_.front().items.front()->terms.weight) {
            turns_.front().credit += quantum;
            turns_.splice(turns_.end(), turns_, turns_.begin());
        }
        return *turns_.front().items.front();
    }

    /// Takes the item that `next` shows. Precondition: the queue is not empty.
    std::unique_ptr<Waiting> pop()
    {
        static_cast<void>(next());
        auto& turn = turns_.front();
        auto item = std::move(turn.items.front());
        turn.items.pop_front();
        turn.credit -= item->terms.weight;
        --size_;
        if (turn.items.empty()) {
            by_client_.erase(turn.client);
            turns_.pop_front();
        }
        return item;
    }

private:
    struct sharer {
        std::size_t client;
        std::size_t credit = 0;
        std::deque<std::unique_ptr<Waiting>> items{};
    };

    std::list<sharer> turns_;  ///< Of the clients that have items, the next one first.
    std::unordered_map<std::size_t, typename std::list<sharer>::iterator> by_client_;
    std::size_t size_ = 0;
};

}  // namespace botapi::http
