#pragma once

#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

namespace botapi::http {

/// Threads for work that blocks, so that the threads that serve sockets never block. One half is
/// for single calls, the other half for batches. So batches never wait for many single calls.
///
/// This and `coalescer`, which runs on these threads, are the only ways from coroutines to the
/// blocking core. This object outlives every coroutine that waits for it.
class storage_threads {
public:
    /// `threads` in total, but at least one of each kind. Accepts at most `waiting_max` single
    /// calls at a time, running or waiting for a thread.
    storage_threads(std::size_t threads, std::size_t waiting_max)
        : callers_{std::max<std::size_t>(threads / 2, 1)},
          batches_{std::max<std::size_t>(threads - threads / 2, 1)},
          waiting_max_{waiting_max}
    {
    }

    /// Waits until all work is done.
    ~storage_threads() { join(); }

    storage_threads(const storage_threads&) = delete;
    storage_threads& operator=(const storage_threads&) = delete;

    /// Runs `work` on one of the threads for single calls, then resumes the caller on its executor.
    ///
    /// Returns nothing, at once and without running `work`, if too many calls wait already.
    /// Rethrows an exception of `work`.
    template <class Work>
    boost::asio::awaitable<std::optional<std::invoke_result_t<Work&>>> try_run(Work work)
    {
        using answer_type = std::optional<std::invoke_result_t<Work&>>;

        const call_slot slot{waiting_, waiting_max_};
        if (!slot)
            co_return answer_type{};

        // Named, not written inside the co_await, because of GCC PR 107288.
        auto start = [&](auto then) {
            auto back = boost::asio::make_work_guard(then);
            auto run = [&work, back = std::move(back), then = std::move(then)]() mutable {
                std::exception_ptr failure;
                answer_type answer;
                try {
                    answer.emplace(work());
                } catch (...) {
                    failure = std::current_exception();
                }
                const auto executor = back.get_executor();
                boost::asio::post(
                    executor,
                    [then = std::move(then), failure, answer = std::move(answer)]() mutable {
                        std::move(then)(failure, std::move(answer));
                    }
                );
            };
            boost::asio::post(callers_, std::move(run));
        };
        co_return co_await boost::asio::async_initiate<
            const boost::asio::use_awaitable_t<>,
            void(std::exception_ptr, answer_type)>(start, boost::asio::use_awaitable);
    }

    /// Runs `work` later on one of the threads for batches. For coalescers.
    template <class Work>
    void post(Work work)
    {
        boost::asio::post(batches_, std::move(work));
    }

    /// Waits until all work is done. Later work is never done.
    void join()
    {
        callers_.join();
        batches_.join();
    }

private:
    /// Counts one call for as long as this exists, if the limit allows it.
    class call_slot {
    public:
        call_slot(std::atomic<std::size_t>& count, std::size_t max) noexcept
            : count_{count}, is_free_{count.fetch_add(1) < max}
        {
        }
        ~call_slot() { count_.fetch_sub(1); }

        call_slot(const call_slot&) = delete;
        call_slot& operator=(const call_slot&) = delete;

        explicit operator bool() const noexcept { return is_free_; }

    private:
        std::atomic<std::size_t>& count_;
        bool is_free_;
    };

    boost::asio::thread_pool callers_;
    boost::asio::thread_pool batches_;
    std::size_t waiting_max_;
    std::atomic<std::size_t> waiting_{0};
};

}  // namespace botapi::http
