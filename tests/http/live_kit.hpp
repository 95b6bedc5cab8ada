#pragma once

#include "adapters/http/bridge/gateway.hpp"
#include "adapters/http/live/follower.hpp"
#include "adapters/http/live/hub.hpp"
#include "adapters/http/metrics/metrics.hpp"
#include "tests/http/echo_sender.hpp"
#include "tests/http/run.hpp"
#include "tests/http/silent_log.hpp"
#include "tests/unit/fakes.hpp"

#include <botcore/memory/memory_storage.hpp>
#include <botcore/system/system_clock.hpp>
#include <botcore/system/system_ids.hpp>
#include <botcore/system/system_secrets.hpp>

#include <boost/asio/io_context.hpp>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace botapi::http::testing {

/// The streams of another store, which can be broken or restored, and whose hints can get lost.
class frail_streams final : public botcore::stream_store {
public:
    explicit frail_streams(botcore::stream_store& real) : real_{&real} {}

    std::vector<botcore::result<botcore::stream_part>> read(
        std::span<const botcore::stream_query> queries,
        const botcore::read_terms& terms
    ) override
    {
        ++calls;
        queried += queries.size();
        if (const auto code = broken.load(); code != botcore::errc{})
            return {queries.size(), botcore::refuse(code, "It is broken.")};
        return real_.load()->read(queries, terms);
    }

    std::unique_ptr<botcore::stream_subscription> listen(listener on_change) override
    {
        return real_.load()->listen([this, on_change = std::move(on_change)](auto grown) {
            if (!drops_hints)
                on_change(grown);
        });
    }

    /// Reads another store from now on, as after a restore. Hints still come from the first one.
    void restore(botcore::stream_store& other) { real_ = &other; }

    std::atomic<std::size_t> calls{0};
    std::atomic<std::size_t> queried{0};
    std::atomic<botcore::errc> broken{};  ///< Why reads are refused, if they are.
    std::atomic<bool> drops_hints{false};

private:
    std::atomic<botcore::stream_store*> real_;
};

/// A hub over a storage in memory, and one loop for followers.
class live_fixture {
public:
    explicit live_fixture(live_options options = {.poll = std::chrono::hours{1}});
    ~live_fixture() { core.join(); }

    live_fixture(const live_fixture&) = delete;
    live_fixture& operator=(const live_fixture&) = delete;

    /// Stores messages of a bot in a conversation, one after another.
    void say(std::uint64_t conversation, std::uint64_t bot, std::size_t count = 1);

    /// Stores messages in another store, from an id on.
    static void say_in(
        botcore::storage& other,
        std::uint64_t conversation,
        std::uint64_t bot,
        std::uint64_t first_id,
        std::size_t count
    );

    /// Runs the loop until something is true. Fails if that takes too long.
    void wait_until(const std::function<bool()>& is_true);

    botcore::result<events> take(follower& from)
    {
        return run(loop, from.take(botcore::testing::soon));
    }

    /// The value of a metric.
    [[nodiscard]] double metric(const std::string& name) const;

    boost::asio::io_context loop;
    botcore::memory::memory_storage storage;
    botcore::memory::memory_storage restored;  ///< Empty, for `frail_streams::restore`.
    frail_streams store{storage.streams()};
    botcore::system::system_clock clock;
    botcore::system::system_ids ids{clock};
    botcore::bot_service bots{storage.bots(), ids};
    botcore::message_service messages{storage.messages(), clock, ids};
    botcore::conversation_service conversations{storage.conversations()};
    botcore::system::system_secrets secrets;
    botcore::key_service keys{storage.keys(), clock, ids, secrets};
    botcore::stream_service streams{store};
    botcore::token_service tokens{clock};
    echo_sender sender;
    botcore::webhook_service webhooks{storage.webhooks(), sender, clock, ids, secrets, {}};
    metrics counts{std::make_shared<prometheus::Registry>()};
    silent_log log;
    gateway core{
        {bots, messages, conversations, keys, streams, tokens, webhooks, storage},
        {.listen = {}},
        counts};
    hub live;

private:
    std::uint64_t next_id_ = 1;
};

/// A follower that notes when there is something to take.
struct noting_follower {
    noting_follower(
        live_fixture& home,
        const botcore::stream_id& stream,
        start_position start,
        const botcore::visible_bots& visible = {},
        const wire::message_extras& extras = {}
    )
        : follows{home.live, home.loop.get_executor(), {stream, visible, extras}, start, [this] {
                      ++wakes;
                  }}
    {
    }

    int wakes = 0;
    follower follows;
};

}  // namespace botapi::http::testing
