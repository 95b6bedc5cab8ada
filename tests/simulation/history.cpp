#include "tests/simulation/history.hpp"

#include "tests/simulation/model.hpp"
#include "tests/unit/fakes.hpp"

#include <botcore/app/message_service.hpp>
#include <botcore/memory/memory_storage.hpp>

#include <algorithm>
#include <chrono>
#include <functional>
#include <map>
#include <random>
#include <utility>
#include <vector>

namespace simulation {

using namespace botcore;
using namespace botcore::testing;
using namespace std::chrono_literals;
using std::chrono::milliseconds;

namespace {

using answer = result<std::vector<appended>>;

/// A request that a client repeats until it has a final answer.
struct intent {
    std::vector<draft> drafts;
    std::optional<idempotency_key> key;
    bool may_retry = true;  ///< Whether sending it again can't store it twice.
    unsigned tries = 0;
    bool is_done = false;
    bool is_in_doubt = false;  ///< Whether an answer was lost or `outcome_unknown`.
    std::optional<std::vector<message>>
        first_answer;  ///< The messages of the first acknowledgement.
};

/// One attempt of an intent.
struct request {
    std::size_t of;
    unsigned number;
    botcore::submission submission;
};

class world {
public:
    world(std::uint64_t seed, flaw flaw) : chance_{seed}, messages_{storage_.messages(), flaw}
    {
        std::vector<bot_registration> bots;
        for (std::uint64_t number = 1; number <= bots_max; ++number) {
            bots.push_back({.id = id_of<bot_id>(number), .name = *bot_name::parse("Aureo")});
            model_.add_bot(bots.back().id);
        }
        storage_.bots().add(bots, soon);
        for (std::size_t number = 0; number < intents_max; ++number) {
            intents_.push_back(make_intent());
            at(now_ + pause(3'000), [this, number] { send(number); });
        }
        at(now_ + 1ms, [this] { carry_out(); });
    }

    history_report run()
    {
        while (!report_.broken && !events_.empty()) {
            const auto next = events_.begin();
            now_ = next->first.first;
            const auto happen = std::move(next->second);
            events_.erase(next);
            happen();
        }
        if (!report_.broken)
            compare();
        report_.stored = static_cast<unsigned>(model_.messages().size());
        return report_;
    }

private:
    static constexpr std::uint64_t bots_max = 3;
    static constexpr std::uint64_t strangers_max = 3;
    static constexpr std::size_t intents_max = 40;
    static constexpr milliseconds calm{6'000};  ///< No faults after it.

    std::uint64_t pick(std::uint64_t count)
    {
        return std::uniform_int_distribution<std::uint64_t>{0, count - 1}(chance_);
    }

    bool is_likely(unsigned percent) { return pick(100) < percent; }

    milliseconds pause(std::uint64_t longest) { return milliseconds{1 + pick(longest)}; }

    /// Events of the same time happen in a random order.
    void at(milliseconds when, std::function<void()> happen)
    {
        events_.emplace(std::pair{when, chance_()}, std::move(happen));
    }

    /// Ids, keys and contents are few, so that they meet.
    draft make_draft()
    {
        draft made{
            .conversation = id_of<conversation_id>(100 + pick(4)),
            .ends =
                {id_of<participant_id>(1 + pick(bots_max + strangers_max)),
                 id_of<participant_id>(50 + pick(2))},
            .content = {"text " + std::to_string(pick(3))},
        };
        if (is_likely(50))
            made.stamp = stamp_of("2026-01-01T00:00:0" + std::to_string(pick(3)) + ".5Z");
        if (is_likely(60))
            made.id = id_of<message_id>(1'000 + pick(60));
        return made;
    }

    intent make_intent()
    {
        intent made;
        const auto count = is_likely(70) ? 1 : 1 + pick(4);
        for (std::uint64_t number = 0; number < count; ++number)
            made.drafts.push_back(make_draft());
        if (is_likely(40))
            made.key = key_of("key " + std::to_string(pick(12)));
        const auto has_id = [](const draft& one) { return one.id.has_value(); };
        made.may_retry = made.key || std::ranges::all_of(made.drafts, has_id);
        return made;
    }

    void send(std::size_t number)
    {
        auto& wanted = intents_[number];
        if (wanted.is_done || (wanted.is_in_doubt && !wanted.may_retry))
            return;
        ++report_.sent;
        const auto attempt = ++wanted.tries;
        at(now_ + pause(50), [this, number, attempt] { arrive(number, attempt); });
        // A client that has waited for long sends it again: then two tries are on their way.
        at(now_ + 200ms + pause(400), [this, number, attempt] {
            if (intents_[number].tries == attempt && !intents_[number].is_done) {
                intents_[number].is_in_doubt = true;
                send(number);
            }
        });
    }

    void arrive(std::size_t number, unsigned attempt)
    {
        if (is_likely(3)) {
            const auto day = std::chrono::hours{24};
            clock_.set(clock_.now() + (is_likely(50) ? day : -day));
        }
        auto& wanted = intents_[number];
        queue_.push_back({number, attempt, *service_.prepare(wanted.drafts, wanted.key)});
    }

    /// A batch of what waits, in an order of its own.
    void carry_out()
    {
        std::ranges::shuffle(queue_, chance_);
        const auto size = std::min<std::size_t>(queue_.size(), 1 + pick(6));
        const std::vector<request> taken{
            queue_.end() - static_cast<std::ptrdiff_t>(size),
            queue_.end()};
        queue_.resize(queue_.size() - size);
        if (!taken.empty())
            carry_out(taken);
        const bool has_end = std::ranges::all_of(intents_, [](const intent& one) {
            return one.is_done || (one.is_in_doubt && !one.may_retry);
        });
        if (!has_end || !queue_.empty())
            at(now_ + pause(40), [this] { carry_out(); });
    }

    void carry_out(const std::vector<request>& taken)
    {
        const auto what = choose_fault();
        messages_.fail_next(what);
        if (is_likely(10))
            messages_.be_flawed_next();
        std::vector<submission> submissions;
        for (const auto& one : taken)
            submissions.push_back(one.submission);
        const auto actual = messages_.append(submissions, soon);
        if (what == fault::delayed)
            at(now_ + pause(1'500), [this, submissions] { write_late(submissions); });
        for (std::size_t at_item = 0; at_item < taken.size(); ++at_item) {
            if (what == fault::none || what == fault::committed) {
                const auto expected = model_.append(taken[at_item].submission);
                if (what == fault::none)
                    check_answer(actual.at(at_item), expected);
            }
            deliver(taken[at_item], actual.at(at_item));
        }
    }

    void write_late(const std::vector<submission>& submissions)
    {
        if (!messages_.write_late(submissions, soon))
            return;
        ++report_.written_late;
        for (const auto& one : submissions)
            static_cast<void>(model_.append(one));
    }

    fault choose_fault()
    {
        if (now_ > calm || is_likely(60))
            return fault::none;
        ++report_.faults;
        return static_cast<fault>(1 + pick(5));
    }

    void check_answer(const answer& actual, const answer& expected)
    {
        const bool is_same = actual && expected ? *actual == *expected
                                                : !actual && !expected &&
                                                      actual.error().code == expected.error().code;
        if (!is_same)
            break_off("an answer is not the model's");
        if (actual)
            report_.replays += actual->front().replayed ? 1U : 0U;
    }

    void deliver(const request& done, const answer& actual)
    {
        if (now_ < calm && is_likely(15)) {
            ++report_.lost_answers;
            return;  // The client will find out by waiting in vain.
        }
        at(now_ + pause(300), [this, done, actual] { receive(done, actual); });
    }

    void receive(const request& done, const answer& actual)
    {
        auto& wanted = intents_[done.of];
        if (actual) {
            acknowledge(wanted, *actual);
            return;
        }
        const auto code = actual.error().code;
        if (code == errc::outcome_unknown)
            wanted.is_in_doubt = true;
        const bool passes = code == errc::outcome_unknown || code == errc::unavailable ||
                            code == errc::storage_full;
        if (!passes)
            wanted.is_done = true;  // The refusal is final.
        else if (wanted.tries == done.number)
            at(now_ + pause(500), [this, number = done.of] { send(number); });
    }

    /// Whatever try it was, and however often: always the same messages.
    void acknowledge(intent& wanted, const std::vector<appended>& actual)
    {
        std::vector<message> stored;
        for (const auto& one : actual)
            stored.push_back(one.stored);
        if (wanted.first_answer && wanted.may_retry && *wanted.first_answer != stored)
            break_off("two attempts of one request got different messages");
        wanted.first_answer = std::move(stored);
        wanted.is_done = true;
    }

    void compare()
    {
        for (std::uint64_t number = 100; number < 104; ++number) {
            const auto conversation = id_of<conversation_id>(number);
            const auto page = service_.list({.filter = {.conversation = conversation}}, soon);
            if (!page)
                return break_off("a list is refused");
            auto stored = page->items;
            std::ranges::sort(stored, {}, &message::seq);
            for (std::size_t at_item = 0; at_item < stored.size(); ++at_item) {
                if (stored[at_item].seq != at_item + 1)
                    return break_off("the numbers of a conversation have a gap");
            }
            if (stored != model_.stored(conversation))
                return break_off("what is stored is not what the model has");
        }
        for (const auto& wanted : intents_) {
            for (const auto& one : wanted.first_answer.value_or(std::vector<message>{})) {
                const auto found = model_.messages().find(one.id);
                if (found == model_.messages().end() || found->second != one)
                    return break_off("what was acknowledged is not there");
            }
        }
    }

    void break_off(std::string why)
    {
        if (!report_.broken)
            report_.broken = std::move(why);
    }

    std::mt19937_64 chance_;
    memory::memory_storage storage_;
    faulty_messages messages_;
    manual_clock clock_{stamp_of("2026-01-01T00:00:00Z").at()};
    sequence_ids ids_;
    message_service service_{messages_, clock_, ids_};
    model model_;
    std::vector<intent> intents_;
    std::vector<request> queue_;
    std::map<std::pair<milliseconds, std::uint64_t>, std::function<void()>> events_;
    milliseconds now_{0};
    history_report report_;
};

}  // namespace

history_report play(std::uint64_t seed, flaw flaw)
{
    return world{seed, flaw}.run();
}

}  // namespace simulation
