#include "tests/contract/fixture.hpp"

#include <array>
#include <atomic>
#include <thread>
#include <utility>

using namespace botcore;

namespace {

/// An id that a server makes.
message_id next_id(conversation_id conversation)
{
    static std::atomic<std::uint64_t> last{0};
    const auto number = ++last;
    return message_id{make_uuid_v7(
        std::chrono::milliseconds{1'700'000'000'000 + static_cast<std::int64_t>(number / 4096)},
        static_cast<std::uint16_t>(number % 4096),
        number * 0x9e3779b97f4a7c15ULL,
        shard_of(conversation)
    )};
}

}  // namespace

entry entry_of(const said& one)
{
    const auto stamp = stamp_of(one.at);
    return {
        .draft =
            {
                .id = one.id,
                .conversation = one.in,
                .stamp = one.is_time_given ? std::optional{stamp} : std::nullopt,
                .ends = {one.from, one.to},
                .content = {.text = one.text, .metadata = one.metadata},
            },
        .id = one.id ? *one.id : next_id(one.in),
        .stamp = stamp,
    };
}

submission submission_of(const std::vector<said>& all)
{
    submission made;
    for (const auto& one : all)
        made.entries.push_back(entry_of(one));
    return made;
}

void race(unsigned threads, const std::function<void(unsigned)>& work)
{
    std::atomic<unsigned> ready{0};
    std::vector<std::thread> running;
    for (unsigned number = 0; number < threads; ++number) {
        running.emplace_back([&, number] {
            ++ready;
            while (ready < threads)
                std::this_thread::yield();
            work(number);
        });
    }
    for (auto& one : running)
        one.join();
}

storage_contract::storage_contract(std::unique_ptr<backend> empty) : held{std::move(empty)}
{
    REQUIRE(add_bot(aureo, "Aureo"));
    REQUIRE(add_bot(bela, "Bela"));
}

result<registered> storage_contract::add_bot(
    bot_id id,
    std::string_view name,
    std::optional<receipt> receipt
)
{
    const std::array<bot_registration, 1> one{{{id, name_of(name), receipt}}};
    return bots.add(one, soon()).at(0);
}

std::optional<bot> storage_contract::find_bot(bot_id id)
{
    const std::array<bot_id, 1> one{id};
    const auto found = bots.find(one, soon());
    REQUIRE(found);
    return found->at(0);
}

result<> storage_contract::remove_bot(bot_id id, precondition expected)
{
    const std::array<bot_removal, 1> one{{{id, std::move(expected)}}};
    return bots.remove(one, soon()).at(0);
}

result<bot> storage_contract::rename_bot(bot_id id, std::string_view name, precondition expected)
{
    const std::array<bot_change, 1> one{{{id, name_of(name), std::move(expected)}}};
    return bots.change(one, soon()).at(0);
}

std::vector<result<std::vector<appended>>> storage_contract::append(
    const std::vector<submission>& all
)
{
    return messages.append(all, soon());
}

result<std::vector<appended>> storage_contract::append(const submission& one)
{
    return append(std::vector{one}).at(0);
}

message storage_contract::store(const said& one)
{
    const auto done = append(submission_of({one}));
    if (!done)
        FAIL(done.error().detail);
    return done->at(0).stored;
}

std::optional<message> storage_contract::find(message_id id)
{
    const std::array<message_id, 1> one{id};
    const auto found = messages.find(one, soon());
    REQUIRE(found);
    return found->at(0);
}

std::vector<message> storage_contract::list(const message_query& query)
{
    const auto found = messages.list(query, soon());
    REQUIRE(found);
    return found->items;
}

std::vector<message> storage_contract::list(conversation_id of)
{
    return list({.filter = {.conversation = of}});
}

std::uint64_t storage_contract::version(const message_filter& filter)
{
    const std::array<message_filter, 1> one{filter};
    const auto found = messages.versions(one, soon());
    REQUIRE(found);
    return found->at(0).revision;
}

std::optional<conversation> storage_contract::find(conversation_id id)
{
    const std::array<conversation_id, 1> one{id};
    const auto found = conversations.find(one, {}, soon());
    REQUIRE(found);
    return found->at(0);
}
