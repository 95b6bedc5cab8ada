#pragma once

#include "adapters/http/bridge/waiting_terms.hpp"
#include "adapters/http/protocol/wait_limit.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/error_code.hpp>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace botapi::http {

/// A caller in a coalescer's queue, with its item.
template <class Item, class Answer>
struct waiting_caller {
    waiting_caller(
        Item submitted,
        wait_limit limit,
        const waiting_terms& own_terms,
        boost::asio::any_io_executor own_executor
    )
        : item{std::move(submitted)},
          until{limit},
          terms{own_terms},
          executor{std::move(own_executor)}
    {
    }
    virtual ~waiting_caller() = default;

    waiting_caller(const waiting_caller&) = delete;
    waiting_caller& operator=(const waiting_caller&) = delete;

    /// Resumes the caller with its answer. Runs on `executor`.
    virtual void resume() = 0;

    Item item;
    wait_limit until;
    waiting_terms terms;
    boost::asio::any_io_executor executor;
    std::optional<Answer> answer{};
    std::chrono::steady_clock::time_point since = std::chrono::steady_clock::now();
    std::unique_ptr<waiting_caller> next{};  ///< For `fair_queue`.
};

template <class Item, class Answer>
using waiting_callers = std::vector<std::unique_ptr<waiting_caller<Item, Answer>>>;

/// A caller that is resumed by calling an Asio handler.
template <class Item, class Answer, class Handler>
struct resumable_caller final : waiting_caller<Item, Answer> {
    resumable_caller(
        Item submitted,
        wait_limit limit,
        const waiting_terms& own_terms,
        Handler continuation
    )
        : waiting_caller<
              Item,
              Answer>{std::move(submitted), limit, own_terms, boost::asio::get_associated_executor(continuation)},
          then{std::move(continuation)},
          work{boost::asio::make_work_guard(then)}
    {
    }

    void resume() override
    {
        auto continuation = std::move(then);
        work.reset();
        std::move(continuation)(std::move(this->answer));
    }

    Handler then;
    boost::asio::executor_work_guard<boost::asio::associated_executor_t<Handler>> work;
};

/// Resumes callers on their executors. All callers of one executor are resumed together, because
/// waking a thread costs more than a small answer.
template <class Item, class Answer>
void resume_all(waiting_callers<Item, Answer> callers)
{
    while (!callers.empty()) {
        const auto executor = callers.front()->executor;
        const auto is_elsewhere = [&](const auto& one) { return one->executor != executor; };
        const auto here = std::stable_partition(callers.begin(), callers.end(), is_elsewhere);
        waiting_callers<Item, Answer> together{
            std::make_move_iterator(here),
            std::make_move_iterator(callers.end())};
        callers.erase(here, callers.end());
        boost::asio::post(executor, [together = std::move(together)] {
            for (const auto& one : together)
                one->resume();
        });
    }
}

/// Calls `then` with the caller at the time `until`, on the caller's executor.
template <class Caller, class Then>
void hold(std::unique_ptr<Caller> caller, std::chrono::steady_clock::time_point until, Then then)
{
    auto timer = std::make_unique<boost::asio::steady_timer>(caller->executor, until);
    auto& pause = *timer;
    auto call = [caller = std::move(caller),
                 timer = std::move(timer),
                 then = std::move(then)](const boost::system::error_code&) mutable {
        then(std::move(caller));
    };
    pause.async_wait(std::move(call));
}

}  // namespace botapi::http
