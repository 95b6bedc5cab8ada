#pragma once

#include "adapters/http/bridge/coalescer.hpp"
#include "adapters/http/bridge/demanding.hpp"
#include "adapters/http/bridge/services.hpp"
#include "adapters/http/bridge/storage_threads.hpp"
#include "adapters/http/metrics/metrics.hpp"
#include "adapters/http/options.hpp"
#include "adapters/http/protocol/wait_limit.hpp"

#include <botcore/domain/grant.hpp>
#include <botcore/error.hpp>
#include <botcore/result.hpp>

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
class gateway {
public:
    template <class T>
    using awaitable = boost::asio::awaitable<botcore::result<T>>;

    gateway(services services, const server_options& options, metrics& metrics);

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
    template <class Work>
    auto run(Work work) -> boost::asio::awaitable<std::invoke_result_t<Work&, services&>>
    {
        auto bound = [this, &work] { return work(services_); };
        auto answer = co_await threads_.try_run(bound);
        if (!answer)
            co_return std::invoke_result_t<Work&, services&>{busy()};
        co_return std::move(*answer);
    }

    /// Runs `work`, which gets the services, later on a storage thread, however much waits already.
    template <class Work>
    void post(Work work)
    {
        threads_.post([this, work = std::move(work)]() mutable { work(services_); });
    }

    /// Waits until all work is done. Later calls are never answered.
    void join() { threads_.join(); }

    /// The services, for functions that do not block.
    [[nodiscard]] services& direct() noexcept { return services_; }

private:
    template <class Item, class T>
    using queue = coalescer<Item, botcore::result<T>>;

    template <class Item, class T>
    using read_queue = queue<demanding<Item>, T>;

    struct readiness_question {};

    /// The last answer of the storage about its readiness.
    struct readiness {
        botcore::result<> answer{};
        std::chrono::steady_clock::time_point at{};
        bool is_known = false;
    };

    static botcore::error busy();
    botcore::result<> look_at_readiness(botcore::deadline until);

    services services_;
    const std::chrono::milliseconds readiness_age_max_;
    storage_threads threads_;

    queue<botcore::submission, std::vector<botcore::appended>> appends_;
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
