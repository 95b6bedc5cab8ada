#include "tests/http/live_kit.hpp"

#include <catch2/catch.hpp>

#include <sstream>

namespace botapi::http::testing {

using botcore::testing::id_of;
using botcore::testing::sample;
using botcore::testing::soon;

namespace {

void add_bots(botcore::storage& to)
{
    for (const std::uint64_t bot : {11U, 12U}) {
        const std::vector<botcore::bot_registration> one{
            {.id = id_of<botcore::bot_id>(bot), .name = *botcore::bot_name::parse("Aureo")}};
        REQUIRE(to.bots().add(one, soon).front());
    }
}

}  // namespace

live_fixture::live_fixture(live_options options) : live{core, options, counts.hub_observer(), log}
{
    add_bots(storage);
    add_bots(restored);
}

void live_fixture::say(std::uint64_t conversation, std::uint64_t bot, std::size_t count)
{
    say_in(storage, conversation, bot, next_id_, count);
    next_id_ += count;
}

void live_fixture::say_in(
    botcore::storage& other,
    std::uint64_t conversation,
    std::uint64_t bot,
    std::uint64_t first_id,
    std::size_t count
)
{
    for (std::size_t at = 0; at < count; ++at) {
        const sample spec{.id = first_id + at, .conversation = conversation, .from = bot};
        const std::vector one{botcore::testing::submission_of({spec})};
        REQUIRE(other.messages().append(one, soon).front());
    }
}

void live_fixture::wait_until(const std::function<bool()>& is_true)
{
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    while (!is_true()) {
        REQUIRE(std::chrono::steady_clock::now() < deadline);
        loop.restart();
        loop.run_one_for(std::chrono::milliseconds{10});
    }
}

double live_fixture::metric(const std::string& name) const
{
    std::istringstream lines{counts.text()};
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with(name + ' '))
            return std::stod(line.substr(name.size() + 1));
    }
    FAIL("there is no metric " << name);
    return 0;
}

}  // namespace botapi::http::testing
