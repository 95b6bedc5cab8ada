#include "tests/contract/fixture.hpp"

#include <array>
#include <atomic>
#include <thread>
#include <utility>

using namespace botcore;

namespace {

/// An id as a server makes it.
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

entry entry_of(const message_spec& spec)
{
    const auto stamp = stamp_of(spec.at);
    return {
        .draft =
            {
                .id = spec.id,
                .conversation = spec.in,
                .stamp = spec.is_time_given ? std::optional{stamp} : std::nullopt,
                .ends = {spec.from, spec.to},
                .content = {.text = spec.text, .metadata = spec.metadata},
            },
        .id = spec.id ? *spec.id : next_id(spec.in),
        .stamp = stamp,
    };
}

submission submission_of(const std::vector<message_spec>& specs)
{
    submission submission;
    for (const auto& spec : specs)
        submission.entries.push_back(entry_of(spec));
    return submission;
}

void race(unsigned threads, const std::function<void(unsigned)>& work)
{
    std::atomic<unsigned> ready{0};
    std::vector<std::thread> threads_running;
    for (unsigned number = 0; number < threads; ++number) {
        threads_running.emplace_back([&, number] {
            ++ready;
            while (ready < threads)
                std::this_thread::yield();
            work(number);
        });
    }
    for (auto& thread : threads_running)
        thread.join();
}

storage_contract::storage_contract(std::unique_ptr<backend> empty) : owned_backend{std::move(empty)}
{
    REQUIRE(add_bot(aureo, "Aureo"));
    REQUIRE(add_bot(bela, "Bela"));
}

result<registered_bot> storage_contract::add_bot(
    bot_id id,
    std::string_view name,
    std::optional<receipt> receipt
)
{
    const std::array<bot_registration, 1> batch{{{id, name_of(name), receipt}}};
    return bots.add(batch, soon()).at(0);
}

std::optional<bot> storage_contract::find_bot(bot_id id)
{
    const std::array<bot_id, 1> batch{id};
    const auto answer = bots.find(batch, soon());
    REQUIRE(answer);
    return answer->at(0);
}

result<> storage_contract::remove_bot(bot_id id, precondition expected)
{
    const std::array<bot_removal, 1> batch{{{id, std::move(expected)}}};
    return bots.remove(batch, soon()).at(0);
}

result<bot> storage_contract::rename_bot(bot_id id, std::string_view name, precondition expected)
{
    const std::array<bot_change, 1> batch{{{id, name_of(name), std::move(expected)}}};
    return bots.change(batch, soon()).at(0);
}

std::vector<result<std::vector<appended>>> storage_contract::append(
    const std::vector<submission>& submissions
)
{
    return messages.append(submissions, soon());
}

result<std::vector<appended>> storage_contract::append(const submission& submission)
{
    return append(std::vector{submission}).at(0);
}

message storage_contract::store(const message_spec& spec)
{
    const auto answer = append(submission_of({spec}));
    if (!answer)
        FAIL(answer.error().detail);
    return answer->at(0).stored;
}

std::optional<message> storage_contract::find(message_id id)
{
    const std::array<message_id, 1> batch{id};
    const auto answer = messages.find(batch, soon());
    REQUIRE(answer);
    return answer->at(0);
}

std::vector<message> storage_contract::list(const message_query& query)
{
    const auto answer = messages.list(query, soon());
    REQUIRE(answer);
    return answer->items;
}

std::vector<message> storage_contract::list(conversation_id conversation)
{
    return list({.filter = {.conversation = conversation}});
}

std::uint64_t storage_contract::version(const message_filter& filter)
{
    const std::array<message_filter, 1> batch{filter};
    const auto answer = messages.versions(batch, soon());
    REQUIRE(answer);
    return answer->at(0).revision;
}

std::optional<conversation> storage_contract::find(conversation_id id)
{
    const std::array<conversation_id, 1> batch{id};
    const auto answer = conversations.find(batch, {}, soon());
    REQUIRE(answer);
    return answer->at(0);
}
