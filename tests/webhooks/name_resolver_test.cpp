#include "adapters/webhooks/name_resolver.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include <chrono>
#include <cstdint>
#include <future>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>

using namespace botapi::webhooks;
using namespace std::chrono_literals;
using boost::asio::ip::make_address;
using boost::asio::ip::tcp;

namespace {

botcore::bot_id bot_of(std::uint8_t number)
{
    botcore::uuid::bytes_type bytes{};
    bytes[0] = number;
    return {botcore::uuid{bytes}};
}

/// A resolver whose look-ups of names that begin with `hang` block until `release`.
struct resolver_fixture {
    resolver_fixture() = default;

    ~resolver_fixture() { release(); }

    resolver_fixture(const resolver_fixture&) = delete;
    resolver_fixture& operator=(const resolver_fixture&) = delete;

    resolved_name look_up(const std::string& host, std::uint16_t port)
    {
        if (host.starts_with("hang")) {
            {
                const std::lock_guard lock{mutex};
                hanging.insert(host);
            }
            released.wait();
        }
        if (host == "unknown")
            return {.error = make_error_code(boost::asio::error::host_not_found)};
        return {.addresses = {tcp::endpoint{make_address("192.0.2.1"), port}}};
    }

    void release()
    {
        if (!std::exchange(is_released, true))
            releasing.set_value();
    }

    void resolve(std::uint8_t bot, std::string host, std::chrono::milliseconds time = 30s)
    {
        const auto until = std::chrono::steady_clock::now() + time;
        const auto done = [this](std::exception_ptr, std::optional<resolved_name> found) {
            ++(found ? answered : given_up);
            last = std::move(found);
        };
        boost::asio::co_spawn(io, names.resolve(bot_of(bot), std::move(host), 443, until), done);
    }

    /// Runs until `count` look-ups are over.
    void run_until(std::size_t count)
    {
        const auto limit = std::chrono::steady_clock::now() + 30s;
        while (answered + given_up < count && std::chrono::steady_clock::now() < limit) {
            io.restart();
            io.run_one_for(100ms);
        }
        REQUIRE(answered + given_up == count);
    }

    std::size_t hanging_count()
    {
        const std::lock_guard lock{mutex};
        return hanging.size();
    }

    std::promise<void> releasing;
    std::shared_future<void> released{releasing.get_future()};
    bool is_released = false;
    std::mutex mutex;
    std::multiset<std::string> hanging;
    std::size_t answered = 0;
    std::size_t given_up = 0;
    std::optional<resolved_name> last;
    boost::asio::io_context io;
    name_resolver names{8, [this](const std::string& host, std::uint16_t port) {
                            return look_up(host, port);
                        }};
};

}  // namespace

TEST_CASE_METHOD(resolver_fixture, "name_resolver: answers what the look-up found", "[webhooks]")
{
    resolve(1, "example.com");
    run_until(1);
    REQUIRE(last);
    CHECK_FALSE(last->error);
    CHECK(last->addresses == endpoints{tcp::endpoint{make_address("192.0.2.1"), 443}});

    resolve(1, "unknown");
    run_until(2);
    REQUIRE(last);
    CHECK(last->error == boost::asio::error::host_not_found);
}

TEST_CASE_METHOD(
    resolver_fixture,
    "name_resolver: names that hang leave threads for other bots",
    "[webhooks]"
)
{
    for (int count = 0; count < 40; ++count)
        resolve(static_cast<std::uint8_t>(1 + count % 2), "hang-" + std::to_string(count));
    for (int count = 0; count < 20; ++count)
        resolve(3, "good-" + std::to_string(count));

    run_until(20);

    CHECK(answered == 20);
    CHECK(hanging_count() <= 6);
    release();
    run_until(60);
    CHECK(answered == 60);
}

TEST_CASE_METHOD(
    resolver_fixture,
    "name_resolver: gives up in time, whether or not the look-up has begun",
    "[webhooks]"
)
{
    for (int count = 0; count < 40; ++count)
        resolve(1, "hang-" + std::to_string(count), 50ms);
    run_until(40);
    CHECK(given_up == 40);

    release();
    resolve(1, "good");
    run_until(41);
    CHECK(answered == 1);
    CHECK(hanging_count() <= 3);
}

TEST_CASE_METHOD(
    resolver_fixture,
    "name_resolver: names that are known to be quick have threads of their own",
    "[webhooks]"
)
{
    resolve(9, "known");
    run_until(1);
    for (std::uint8_t bot = 1; bot <= 8; ++bot)
        resolve(bot, "hang-" + std::to_string(bot));
    resolve(9, "new");
    resolve(9, "known");

    run_until(2);

    CHECK(answered == 2);
    CHECK(hanging_count() <= 6);
    release();
    run_until(11);
}
