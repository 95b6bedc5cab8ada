#pragma once

#include <cstddef>
#include <iterator>
#include <list>
#include <memory>
#include <unordered_map>
#include <utility>

namespace botapi::http {

/// A queue of items in which clients take turns, however many items each of them has. It uses
/// deficit round robin (M. Shreedhar, G. Varghese, "Efficient Fair Queuing Using Deficit Round
/// Robin", SIGCOMM 1995). The items of one client stay in order.
///
/// `Waiting` has `terms`, with a `client` and a `weight`, and a pointer `next`, by which the queue
/// links the items of a client: so an item costs no further memory. In each round every client gets
/// the same credit, and an item costs its weight. So light items of one client do not wait for all
/// heavy items of another client.
///
/// Complexity: amortized constant. Thread safety: none.
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
        return found == by_client_.end() ? nullptr : found->second->first.get();
    }

    [[nodiscard]] std::size_t count_of(std::size_t client) const
    {
        const auto found = by_client_.find(client);
        return found == by_client_.end() ? 0 : found->second->count;
    }

    void push(std::unique_ptr<Waiting> item)
    {
        const auto client = item->terms.client;
        auto found = by_client_.find(client);
        if (found == by_client_.end()) {
            turns_.emplace_back(client);
            found = by_client_.emplace(client, std::prev(turns_.end())).first;
        }
        found->second->push(std::move(item));
        ++size_;
    }

    /// The item whose turn is next. Precondition: the queue is not empty.
    const Waiting& next()
    {
        while (turns_.front().credit < turns_.front().first->terms.weight) {
            turns_.front().credit += quantum;
            turns_.splice(turns_.end(), turns_, turns_.begin());
        }
        return *turns_.front().first;
    }

    /// Takes the item that `next` shows. Precondition: the queue is not empty.
    std::unique_ptr<Waiting> pop()
    {
        static_cast<void>(next());
        auto& turn = turns_.front();
        auto item = turn.pop();
        turn.credit -= item->terms.weight;
        --size_;
        if (turn.count == 0) {
            by_client_.erase(turn.client);
            turns_.pop_front();
        }
        return item;
    }

private:
    /// A client, and its items in order.
    struct sharer {
        explicit sharer(std::size_t number) noexcept : client{number} {}

        /// Destroys the items one by one. Otherwise each item would destroy the next one in its
        /// destructor, and a long list would overflow the stack.
        ~sharer()
        {
            while (first)
                first = std::move(first->next);
        }

        sharer(const sharer&) = delete;
        sharer& operator=(const sharer&) = delete;

        void push(std::unique_ptr<Waiting> item)
        {
            auto& end = last != nullptr ? last->next : first;
            last = item.get();
            end = std::move(item);
            ++count;
        }

        std::unique_ptr<Waiting> pop()
        {
            auto item = std::move(first);
            first = std::move(item->next);
            --count;
            if (!first)
                last = nullptr;
            return item;
        }

        std::size_t client;
        std::size_t credit = 0;
        std::size_t count = 0;
        std::unique_ptr<Waiting> first{};
        Waiting* last = nullptr;
    };

    std::list<sharer> turns_;  ///< The clients that have items; the next one comes first.
    std::unordered_map<std::size_t, typename std::list<sharer>::iterator> by_client_;
    std::size_t size_ = 0;
};

}  // namespace botapi::http
