#pragma once

#include "adapters/http/bridge/coalescer.hpp"
#include "adapters/http/bridge/demanding.hpp"
#include "adapters/http/bridge/failover_gate.hpp"
#include "adapters/http/bridge/services.hpp"
#include "adapters/http/bridge/storage_threads.hpp"
#include "adapters/http/metrics/metrics.hpp"
#include "adapters/http/options.hpp"
#include "adapters/http/protocol/wait_limit.hpp"

#include <botcore/domain/grant.hpp>
#include <botcore/error.hpp>
#include <botcore/result.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace botapi::http {

/// The services of the core as coroutines call them. Frequent calls are coalesced, other calls run
/// one by one, and all run on the storage threads.
///
/// While too many calls wait, a further call is soon answered with `overloaded`.
///
/// While the storage is away, calls wait at a gate, and calls that the storage has refused because
/// of the outage are repeated: see `failover_gate`. That is safe, because `unavailable` promises
/// that nothing was stored. A call whose outcome is unknown is never repeated.
class gateway {
public:
    template <class T>
    using awaitable = boost::asio::awaitable<botcore::result<T>>;

    /// `callers` may be null: see `failover_gate`.
    gateway(
        services services,
        const server_options& options,
        metrics& metrics,
        const caller_check* callers = nullptr
    );

    /// `sender` identifies the sender of the request: see `request::sender`.
    awaitable<std::vector<botcore::appended>> append(
        botcore::submission submission,
        std::size_t sender,
        wait_limit until
    );

    /// Stores lines of an import, each on its own, and returns one answer for each line, in order.
    /// Clients take turns, as with `append`. Two calls with the same `lane` never run at once. The
    /// lines must live until the answer.
    awaitable<std::vector<botcore::result<std::vector<botcore::appended>>>> append_lines(
        std::span<const botcore::submission> lines,
        std::size_t lane,
        std::size_t sender,
        wait_limit until
    );

    /// A message that `grant` hides is not found.
    awaitable<botcore::message> get(
        botcore::message_id id,
        const botcore::grant& grant,
        wait_limit until
    );
    awaitable<botcore::bot> get(
        botcore::bot_id id,
        const botcore::visible_bots& visible,
        wait_limit until
    );
    awaitable<botcore::conversation> get(
        botcore::conversation_id id,
        const botcore::visible_bots& visible,
        wait_limit until
    );
    awaitable<botcore::list_version> version(botcore::message_filter filter, wait_limit until);
    awaitable<botcore::stream_part> read(botcore::stream_query query, wait_limit until);

    /// A page of a list. Lists that `may_scan` are read one at a time, so that they never occupy
    /// all storage threads and all processors.
    awaitable<botcore::message_page> list(botcore::message_query query, wait_limit until);

    /// Whether the storage can serve. The answer is at most `server_options::readiness_age_max`
    /// old, so that many callers share one query to the database.
    boost::asio::awaitable<botcore::result<>> ready(wait_limit until);

    /// Runs `work`, which gets the services and answers with a `result` or a vector of results.
    /// Runs it again if all of these are `unavailable` because of an outage.
    template <class Work>
    auto run(Work work, wait_limit until)
        -> boost::asio::awaitable<std::invoke_result_t<Work&, services&>>
    {
        using answer_type = std::invoke_result_t<Work&, services&>;

        auto bound = [this, &work] { return work(services_); };
        for (;;) {
            if (gate_.is_shut() && !can_copy_serve(until)) {
                const auto verdict = co_await gate_.wait(until, 1);
                if (verdict != failover_gate::verdict::open)
                    co_return answer_type{refusal_of(verdict)};
            }
            const auto began = std::chrono::steady_clock::now();
            auto answer = co_await threads_.try_run(bound);
            if (!answer)
                co_return answer_type{busy()};
            if (!is_unavailable(*answer) || !gate_.may_repeat(began))
                co_return std::move(*answer);
        }
    }

    /// Runs `work`, which gets the services, later on a storage thread, however much waits already.
    template <class Work>
    void post(Work work)
    {
        threads_.post([this, work = std::move(work)]() mutable { work(services_); });
    }

    /// Whether further calls have to wait for the storage to come back.
    [[nodiscard]] bool is_shut() { return gate_.is_shut(); }

    /// Decides on the calls that wait for the storage to come back. Somebody has to call it several
    /// times a second.
    void look_around(std::chrono::steady_clock::time_point now) { gate_.look_around(now); }

    /// No call waits beyond `end` for the storage to come back.
    void give_up_at(std::chrono::steady_clock::time_point end) noexcept { gate_.give_up_at(end); }

    /// Waits until all work is done. Later calls are never answered.
    void join() { threads_.join(); }

    /// The services, for functions that do not block.
    [[nodiscard]] services& direct() noexcept { return services_; }

private:
    template <class Item, class T>
    using queue = coalescer<Item, botcore::result<T>>;

    template <class Item, class T>
    using read_queue = queue<demanding<Item>, T>;

    /// Whether a copy of the database can serve a read that demands what `until` says: then it need
    /// not wait for the primary.
    [[nodiscard]] bool can_copy_serve(const wait_limit& until) const;

    /// Submits an item to a queue, at the gate's leave, and again after an outage. `Item` is cheap
    /// to copy.
    template <class Item, class T>
    awaitable<T> ask(queue<Item, T>& asked, Item item, wait_limit until, waiting_terms terms = {})
    {
        for (;;) {
            if (gate_.is_shut() && !can_copy_serve(until)) {
                const auto verdict = co_await gate_.wait(until, terms.weight);
                if (verdict != failover_gate::verdict::open)
                    co_return refusal_of(verdict);
            }
            const auto began = std::chrono::steady_clock::now();
            auto answer = co_await asked.submit(item, until, terms);
            if (!answer)
                co_return busy();
            if (!is_unavailable(*answer) || !gate_.may_repeat(began))
                co_return std::move(*answer);
        }
    }

    template <class T>
    static bool is_unavailable(const botcore::result<T>& answer)
    {
        return !answer && answer.error().code == botcore::errc::unavailable;
    }

    /// Whether the storage refused all parts of a call.
    template <class T>
    static bool is_unavailable(const std::vector<botcore::result<T>>& answers)
    {
        const auto is_refused = [](const auto& one) { return is_unavailable(one); };
        return !answers.empty() && std::ranges::all_of(answers, is_refused);
    }

    template <class T>
    static bool is_unavailable(const botcore::result<std::vector<botcore::result<T>>>& answers)
    {
        return answers ? is_unavailable(*answers)
                       : answers.error().code == botcore::errc::unavailable;
    }

    struct readiness_question {};

    /// The last answer of the storage about its readiness.
    struct readiness {
        botcore::result<> answer{};
        std::chrono::steady_clock::time_point at{};
        bool is_known = false;
    };

    static botcore::error busy();
    static botcore::error refusal_of(failover_gate::verdict verdict);
    std::vector<botcore::result<std::vector<botcore::appended>>> append_all(
        std::span<botcore::submission*> items,
        botcore::deadline until
    );
    botcore::result<> look_at_readiness(botcore::deadline until);

    services services_;
    const std::chrono::milliseconds readiness_age_max_;
    const caller_check* callers_;
    failover_gate gate_;
    storage_threads threads_;

    queue<botcore::submission*, std::vector<botcore::appended>> appends_;
    queue<
        std::span<const botcore::submission>,
        std::vector<botcore::result<std::vector<botcore::appended>>>>
        lines_;
    read_queue<botcore::message_id, botcore::message> messages_;
    read_queue<botcore::bot_id, botcore::bot> bots_;
    read_queue<botcore::conversation_id, botcore::conversation> conversations_;
    read_queue<botcore::message_filter, botcore::list_version> versions_;
    read_queue<botcore::stream_query, botcore::stream_part> streams_;
    read_queue<botcore::message_query, botcore::message_page> scans_;
    readiness readiness_{};  ///< Only batches of `readiness_questions_` use it, one at a time.
    coalescer<readiness_question, botcore::result<>> readiness_questions_;
};

}  // namespace botapi::http
