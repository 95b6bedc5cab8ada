#pragma once

#include "adapters/http/bridge/coalescer_limits.hpp"
#include "adapters/http/bridge/refusal_pace.hpp"
#include "adapters/http/bridge/storage_threads.hpp"
#include "adapters/http/bridge/waiting_caller.hpp"
#include "adapters/http/bridge/waiting_lanes.hpp"
#include "adapters/http/metrics/coalescer_observer.hpp"
#include "adapters/http/protocol/wait_limit.hpp"

#include <botcore/ports/deadline.hpp>

#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <stdexcept>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace botapi::http {

/// Turns many small calls into few large ones.
///
/// Callers submit single items. A storage thread takes all items that wait, processes them in one
/// call, and answers each caller. There is no timer and no delay: a batch has the items that came
/// during the last batch. So a lone item is processed at once, and many items are processed
/// together.
///
/// Several batches may run at once, each of another lane: see `waiting_lanes`.
///
/// A caller is refused if an earlier item of the same client has already waited for `wait_max`,
/// because the caller would wait as long. `refusal_pace` says when to refuse it. If there is room
/// by then, the item is accepted. So accepted callers get their answers in time, however many come.
template <class Item, class Answer>
class coalescer {
public:
    /// Processes a batch, and returns one answer for each item, in order. `until` is the latest
    /// deadline of the items.
    using batch_work =
        std::function<std::vector<Answer>(std::span<Item> items, botcore::deadline until)>;

    /// Makes the answer to all items of a batch whose work threw, or returned too few or too many
    /// answers. `why` is for the log.
    using failure_answer = std::function<Answer(std::string_view why)>;

    /// `expired` is the answer to items whose deadline has passed. The coalescer must outlive every
    /// caller. Join `threads` before its end, because they look for more items after each answer.
    coalescer(
        storage_threads& threads,
        batch_work work,
        coalescer_limits limits,
        coalescer_observer observer,
        Answer expired,
        failure_answer failed
    )
        : threads_{threads},
          work_{std::move(work)},
          observer_{std::move(observer)},
          expired_{std::move(expired)},
          failed_{std::move(failed)},
          queue_{limits}
    {
    }

    ~coalescer() = default;
    coalescer(const coalescer&) = delete;
    coalescer& operator=(const coalescer&) = delete;

    /// Waits for the item's answer. If too many items wait already, soon returns nothing.
    boost::asio::awaitable<std::optional<Answer>> submit(
        Item item,
        wait_limit until,
        waiting_terms terms = {}
    )
    {
        // Named, not written inside the co_await, because of GCC PR 107288.
        auto enqueue = [this, &item, until, terms](auto then) {
            using holder = resumable_caller<Item, Answer, decltype(then)>;
            push(std::make_unique<holder>(std::move(item), until, terms, std::move(then)));
        };
        co_return co_await boost::asio::async_initiate<
            const boost::asio::use_awaitable_t<>,
            void(std::optional<Answer>)>(enqueue, boost::asio::use_awaitable);
    }

private:
    using steady = std::chrono::steady_clock;

    using waiting = waiting_caller<Item, Answer>;
    using callers = waiting_callers<Item, Answer>;
    using lanes = waiting_lanes<waiting>;

    /// Accepts the caller if there is room. Otherwise waits until `refusal_pace` says that it is to
    /// be refused, tries once more, and then refuses it.
    void push(std::unique_ptr<waiting> caller)
    {
        caller = enter(std::move(caller));
        if (!caller)
            return;
        const auto turn = refusal_turn(caller->since);
        hold(std::move(caller), turn, [this](std::unique_ptr<waiting> late) {
            late->since = steady::now();
            late = enter(std::move(late));
            if (late)
                late->resume();
        });
    }

    /// Queues the caller. Returns it if there is no room.
    std::unique_ptr<waiting> enter(std::unique_ptr<waiting> caller)
    {
        std::unique_lock lock{mutex_};
        if (!queue_.has_room(caller->terms, caller->since))
            return caller;
        queue_.push(std::move(caller));
        const bool start = calls_drain();
        lock.unlock();

        observer_.queue_changed(1);
        if (start)
            threads_.post([this] { drain(); });
        return nullptr;
    }

    steady::time_point refusal_turn(steady::time_point now)
    {
        const std::lock_guard lock{mutex_};
        return refusals_.next(now);
    }

    /// Whether a batch is ready that no posted drain will take. If so, counts one more drain, which
    /// the caller has to post.
    bool calls_drain()
    {
        if (coming_ > 0 || !queue_.has_batch())
            return false;
        ++coming_;
        return true;
    }

    /// Processes the waiting items, batch by batch. After some batches it posts itself again, so
    /// that other work gets a turn. It does not do so after each batch, because each post wakes
    /// another thread.
    void drain()
    {
        constexpr unsigned turn = 16;
        for (unsigned done = 0; done < turn; ++done) {
            if (!drain_one())
                return;
        }
        threads_.post([this] { drain(); });
    }

    /// Processes one batch. False if there is none. If fewer items wait afterwards, the thread
    /// yields: on busy processors the callers then run first and submit again, which makes the next
    /// batch larger.
    bool drain_one()
    {
        auto batch = take();
        if (batch.items.empty())
            return false;
        const auto count = batch.items.size();
        observer_.queue_changed(-static_cast<std::ptrdiff_t>(count));

        const auto now = steady::now();
        const auto is_late = [now](const auto& caller) { return caller->until.is_over(now); };
        auto& items = batch.items;
        const auto in_time = std::stable_partition(items.begin(), items.end(), is_late);
        callers late{std::make_move_iterator(items.begin()), std::make_move_iterator(in_time)};
        items.erase(items.begin(), in_time);
        for (const auto& caller : late)
            caller->answer = expired_;
        resume_all<Item, Answer>(std::move(late));
        for (const auto& caller : items)
            observer_.started(now - caller->since);
        if (!items.empty())
            answer(std::move(items));
        if (finish(batch) < count)
            std::this_thread::yield();
        return true;
    }

    typename lanes::batch take()
    {
        std::unique_lock lock{mutex_};
        --coming_;
        auto batch = queue_.take();
        const bool start = calls_drain();
        lock.unlock();
        if (start)
            threads_.post([this] { drain(); });
        return batch;
    }

    /// Ends a batch. The same drain will take the next one. Returns the number of items that wait.
    std::size_t finish(const typename lanes::batch& batch)
    {
        const std::lock_guard lock{mutex_};
        queue_.end(batch);
        ++coming_;
        return queue_.size();
    }

    void answer(callers batch)
    {
        observer_.batch_taken(batch.size());
        std::vector<Item> items;
        items.reserve(batch.size());
        botcore::deadline until = batch.front()->until;
        for (const auto& caller : batch) {
            items.push_back(std::move(caller->item));
            until = std::max<botcore::deadline>(until, caller->until);
        }

        std::vector<Answer> answers;
        try {
            answers = work_(std::span{items}, until);
            if (answers.size() != batch.size())
                throw std::logic_error{"A batch got too few or too many answers."};
        } catch (const std::exception& failure) {
            answers.assign(batch.size(), failed_(failure.what()));
        }
        for (std::size_t at = 0; at < batch.size(); ++at)
            batch[at]->answer = std::move(answers[at]);
        resume_all<Item, Answer>(std::move(batch));
    }

    storage_threads& threads_;
    batch_work work_;
    coalescer_observer observer_;
    Answer expired_;
    failure_answer failed_;

    std::mutex mutex_;
    lanes queue_;
    std::size_t coming_ = 0;  ///< Drains, posted or running, that will take a batch.
    refusal_pace refusals_;
};

}  // namespace botapi::http
