#include "adapters/webhooks/sender.hpp"

#include "adapters/webhooks/exchange.hpp"
#include "adapters/webhooks/outbound.hpp"
#include "adapters/webhooks/outbox_worker.hpp"
#include "adapters/webhooks/payload.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <chrono>
#include <exception>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

namespace botapi::webhooks {

namespace asio = boost::asio;

using boost::system::error_code;

namespace {

asio::ssl::context make_tls(const sender_options& options)
{
    asio::ssl::context context{asio::ssl::context::tls_client};
    context.set_options(
        asio::ssl::context::default_workarounds | asio::ssl::context::no_sslv2 |
        asio::ssl::context::no_sslv3 | asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1
    );
    error_code error;
    context.set_default_verify_paths(error);
    if (!options.ca_file.empty())
        context.load_verify_file(options.ca_file, error);
    if (error) {
        throw options_error{
            "The certificates in " + options.ca_file + " can't be read: " + error.message()};
    }
    return context;
}

}  // namespace

/// The order of the members is the order of their destruction, reversed: `names` goes before `io`,
/// because its threads post to `io`. The destructor first ends the threads `working` and `serving`.
struct sender::state {
    state(
        sender_options initial_options,
        botcore::webhook_store& webhooks,
        const botcore::clock& wall_clock,
        botcore::log& log,
        prometheus::Registry& registry
    )
        : options{std::move(initial_options)},
          clock{wall_clock},
          policy{options.allowed_ranges},
          tls{make_tls(options)},
          metrics{registry},
          worker{options, webhooks, log, metrics},
          names{options.resolver_threads}
    {
        serving = std::thread{[this] { io.run(); }};
        working = std::thread{[this] {
            worker.run([this](const botcore::claimed_delivery& delivery) { begin(delivery); });
        }};
    }

    ~state()
    {
        worker.stop();
        working.join();
        io.stop();
        serving.join();
    }

    state(const state&) = delete;
    state& operator=(const state&) = delete;

    [[nodiscard]] exchange_tools tools() { return {policy, tls, names, options.timeout}; }

    asio::awaitable<void> deliver(botcore::claimed_delivery delivery)
    {
        exchange_answer answer{.failure = "this server failed"};
        try {
            auto request = request_for(
                delivery.webhook,
                delivery_name(delivery.webhook.id, delivery.message.id),
                payload_of(delivery.message),
                delivery.tries + 1,
                clock.now()
            );
            answer = co_await exchange(tools(), std::move(request));
            metrics.seconds.Observe(std::chrono::duration<double>{answer.duration}.count());
        } catch (const std::exception&) {  // Out of memory: a later attempt may succeed.
        }
        worker.finished(delivery, attempt_from(answer, clock.now()));
    }

    asio::awaitable<void> try_out(
        botcore::webhook webhook,
        std::function<void(botcore::webhook_trial)> done
    )
    {
        const auto now = clock.now();
        const auto id = "msg_test_" + std::to_string(now.time_since_epoch().count());
        auto request = request_for(webhook, id, sample_payload(webhook.bot, now), 1, now);
        request.shows_body = true;
        auto answer = co_await exchange(tools(), std::move(request));
        {
            const std::lock_guard lock{mutex};
            trials.erase(trials.find(webhook.bot));
        }
        done(trial_from(std::move(answer)));
    }

    bool admit_trial(botcore::bot_id bot)
    {
        const std::lock_guard lock{mutex};
        botcore::fair_slots slots{options.trials_max};
        for (const auto& bot_on_trial : trials)
            slots.take(bot_on_trial, botcore::pace::quick);
        const bool is_admitted = slots.admits(bot, botcore::pace::quick);
        if (is_admitted)
            trials.insert(bot);
        return is_admitted;
    }

    void begin(const botcore::claimed_delivery& delivery)
    {
        asio::co_spawn(io, deliver(delivery), asio::detached);
    }

    sender_options options;
    const botcore::clock& clock;
    address_policy policy;
    asio::ssl::context tls;
    sender_metrics metrics;
    outbox_worker worker;
    std::mutex mutex{};
    /// The bots of the sample requests under way. Guarded by `mutex`.
    std::multiset<botcore::bot_id> trials{};
    asio::io_context io{1};
    asio::executor_work_guard<asio::io_context::executor_type> guard{io.get_executor()};
    name_resolver names;
    std::thread serving{};
    std::thread working{};
};

sender::sender(
    sender_options options,
    botcore::webhook_store& webhooks,
    const botcore::clock& clock,
    botcore::log& log,
    prometheus::Registry& metrics
)
    : state_{std::make_unique<state>(std::move(options), webhooks, clock, log, metrics)}
{
}

sender::~sender() = default;

void sender::stop()
{
    state_->worker.stop();
}

void sender::wake()
{
    state_->worker.wake();
}

botcore::result<> sender::try_out(
    const botcore::webhook& webhook,
    std::function<void(botcore::webhook_trial)> done
)
{
    if (!state_->admit_trial(webhook.bot)) {
        return botcore::refuse(
            botcore::errc::overloaded,
            "Too many webhooks are tried out at once. Try again later."
        );
    }
    asio::co_spawn(state_->io, state_->try_out(webhook, std::move(done)), asio::detached);
    return {};
}

}  // namespace botapi::webhooks
