#include "tests/unit/fakes.hpp"

#include <botcore/memory/memory_storage.hpp>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

using namespace botcore;
using namespace botcore::testing;

// A storage that has no index and no plan, only the sentences of the ports written down; and many
// small random histories in which the real one has to answer as it does.

namespace {

class model {
public:
    struct kept_bot {
        std::string name;
        std::uint64_t version = 0;
        bool is_live = false;
    };

    result<std::vector<appended>> append(const submission& request)
    {
        const model before = *this;
        auto answer = append_unless_refused(request);
        if (!answer)
            *this = before;
        return answer;
    }

    /// All messages of the list, in its order.
    [[nodiscard]] std::vector<message> list(const message_query& query) const
    {
        std::vector<message> found;
        for (const auto& one : messages) {
            if (is_in(query, one))
                found.push_back(one);
        }
        std::ranges::sort(found, {}, [&](const message& one) { return key_in(query.filter, one); });
        if (query.order == sort_order::descending)
            std::ranges::reverse(found);
        return found;
    }

    [[nodiscard]] std::vector<conversation> list(const conversation_filter& filter) const
    {
        std::set<conversation_id> ids;
        for (const auto& one : messages) {
            if ((!filter.bot || *filter.bot == one.way.bot) &&
                (!filter.client || *filter.client == one.way.client))
                ids.insert(one.conversation);
        }
        std::vector<conversation> found;
        for (const auto& id : ids)
            found.push_back(describe(id));
        return found;
    }

    [[nodiscard]] conversation describe(conversation_id id) const
    {
        const auto inside = list(message_query{.filter = {.conversation = id}});
        std::set<pairing> pairings;
        for (const auto& one : inside)
            pairings.insert({one.way.bot, one.way.client});
        return {
            .id = id,
            .state =
                {.message_count = inside.size(),
                 .last_seq = inside.size(),
                 .revision = inside.size()},
            .participants = {pairings.begin(), pairings.end()},
            .first = inside.front().stamp,
            .last = inside.back(),
        };
    }

    std::vector<message> messages;
    std::map<uuid, std::uint64_t> receipts;
    std::map<bot_id, kept_bot> bots;

private:
    result<std::vector<appended>> append_unless_refused(const submission& request)
    {
        if (request.receipt) {
            const auto [kept, is_new] =
                receipts.emplace(request.receipt->key, request.receipt->digest);
            if (kept->second != request.receipt->digest)
                return refuse(errc::key_reused, "");
        }
        std::vector<appended> answer;
        for (const auto& one : request.entries) {
            const auto found = std::ranges::find(messages, one.id, &message::id);
            if (found != messages.end()) {
                if (!is_retry_of(one, *found))
                    return refusal(errc::content_mismatch, answer.size());
                answer.push_back({.stored = *found, .replayed = true});
                continue;
            }
            const auto way = route_between(
                one.draft.ends,
                is_bot(one.draft.ends.from),
                is_bot(one.draft.ends.to)
            );
            if (!way)
                return refusal(errc::unknown_bot, answer.size());
            messages.push_back(stored(one, *way));
            answer.push_back({.stored = messages.back()});
        }
        return answer;
    }

    static error refusal(errc code, std::size_t item)
    {
        auto why = refuse(code, "");
        why.item = item;
        return why;
    }

    [[nodiscard]] bool is_bot(participant_id id) const
    {
        const auto kept = bots.find(bot_id{id.value});
        return kept != bots.end() && kept->second.is_live;
    }

    [[nodiscard]] message stored(const entry& one, const route& way) const
    {
        const auto inside =
            std::ranges::count(messages, one.draft.conversation, &message::conversation);
        return {
            .id = one.id,
            .conversation = one.draft.conversation,
            .stamp = one.stamp,
            .way = way,
            .content = one.draft.content,
            .seq = static_cast<std::uint64_t>(inside) + 1,
            .arrival = messages.size() + 1,
        };
    }

    static bool is_in(const message_query& query, const message& one)
    {
        const auto& filter = query.filter;
        const auto written = ends_of(one.way);
        const auto fits = [](const auto& wanted, const auto& is) {
            return !wanted || *wanted == is;
        };
        return fits(filter.conversation, one.conversation) && fits(filter.bot, one.way.bot) &&
               fits(filter.client, one.way.client) && fits(filter.from, written.from) &&
               fits(filter.to, written.to) && fits(filter.way, one.way.way) &&
               !(filter.since && one.stamp.at() < *filter.since) &&
               !(filter.until && one.stamp.at() >= *filter.until) &&
               !(query.seq_max && one.seq > *query.seq_max);
    }
};

/// A history of a few participants, conversations, ids and instants, so that they often meet.
class history {
public:
    explicit history(unsigned seed) : random_{seed} {}

    void step()
    {
        switch (pick(0, 9)) {
            case 0: add_bot(); break;
            case 1: remove_bot(); break;
            case 2: change_bot(); break;
            default: append(); break;
        }
    }

    void compare()
    {
        compare_bots();
        compare_messages();
        compare_conversations();
        compare_versions();
    }

private:
    std::uint64_t pick(std::uint64_t low, std::uint64_t high)
    {
        return std::uniform_int_distribution{low, high}(random_);
    }
    bool maybe() { return pick(0, 3) == 0; }
    bot_id any_bot() { return id_of<bot_id>(pick(1, 4)); }

    void add_bot()
    {
        const bot_registration added{any_bot(), *bot_name::parse(pick(0, 1) == 0 ? "a" : "b")};
        auto& kept = model_.bots[added.id];
        const auto answer = storage_.bots().add(std::vector{added}, soon).front();

        REQUIRE(answer.has_value() == !kept.is_live);
        if (!answer) {
            CHECK(answer.error().code == errc::already_exists);
            return;
        }
        kept = {added.name.text(), kept.version + 1, true};
        CHECK(answer->bot == bot{added.id, added.name, kept.version});
    }

    void remove_bot()
    {
        const auto id = any_bot();
        const auto expected = any_condition();
        auto& kept = model_.bots[id];
        const auto answer =
            storage_.bots().remove(std::vector<bot_removal>{{id, expected}}, soon).front();

        if (const auto why = refusal_of(kept, expected)) {
            REQUIRE_FALSE(answer);
            CHECK(answer.error().code == *why);
            return;
        }
        REQUIRE(answer);
        kept.is_live = false;
        ++kept.version;
    }

    void change_bot()
    {
        const auto id = any_bot();
        const auto expected = any_condition();
        const auto name = *bot_name::parse(pick(0, 1) == 0 ? "a" : "b");
        auto& kept = model_.bots[id];
        const auto answer =
            storage_.bots().change(std::vector<bot_change>{{id, name, expected}}, soon).front();

        if (const auto why = refusal_of(kept, expected)) {
            REQUIRE_FALSE(answer);
            CHECK(answer.error().code == *why);
            return;
        }
        kept.version += kept.name == name.text() ? 0U : 1U;
        kept.name = name.text();
        REQUIRE(answer);
        CHECK(*answer == bot{id, name, kept.version});
    }

    precondition any_condition()
    {
        precondition expected;
        if (maybe())
            expected.any_of = {pick(1, 3), pick(1, 6)};
        if (maybe())
            expected.none_of = {pick(1, 3)};
        return expected;
    }

    static std::optional<errc> refusal_of(const model::kept_bot& kept, const precondition& expected)
    {
        if (!kept.is_live)
            return errc::not_found;
        if (!expected.holds_for(kept.version))
            return errc::precondition_failed;
        return std::nullopt;
    }

    sample any_message()
    {
        const auto id = pick(1, 400);
        const auto from = pick(1, 8);
        // Mostly one content for one id, so that retries are retries.
        return {
            .id = id,
            .conversation = 100 + id % 5,
            .from = from,
            .to = from % 8 + 1,
            .text = maybe() ? "other" : "text",
            .stamp = "2018-11-16T23:30:0" + std::to_string(id % 7) + "Z",
        };
    }

    void append()
    {
        std::vector<submission> submissions(pick(1, 3));
        for (auto& one : submissions) {
            std::vector<sample> samples(pick(1, 3));
            std::ranges::generate(samples, [this] { return any_message(); });
            one = maybe() && !sent_.empty() ? sent_[pick(0, sent_.size() - 1)]
                                            : submission_of(samples);
            if (maybe() && !one.receipt)
                one.receipt = receipt{.key = uuid_of(pick(1, 50)), .digest = pick(1, 1'000'000)};
            sent_.push_back(one);
        }

        const auto answers = storage_.messages().append(submissions, soon);

        REQUIRE(answers.size() == submissions.size());
        for (std::size_t at = 0; at < submissions.size(); ++at) {
            const auto expected = model_.append(submissions[at]);
            REQUIRE(answers[at].has_value() == expected.has_value());
            if (expected) {
                CHECK(*answers[at] == *expected);
            } else {
                CHECK(answers[at].error().code == expected.error().code);
                CHECK(answers[at].error().item == expected.error().item);
            }
        }
    }

    message_filter any_filter()
    {
        message_filter filter;
        const auto second = [&](std::uint64_t number) {
            return stamp_of("2018-11-16T23:30:0" + std::to_string(number) + "Z").at();
        };
        const auto kind = pick(0, 3);
        if (kind == 0 || maybe())
            filter.conversation = id_of<conversation_id>(pick(100, 105));
        if (kind == 1 || kind == 3 || maybe())
            filter.bot = any_bot();
        if (kind == 2 || kind == 3 || maybe())
            filter.client = id_of<client_id>(pick(1, 8));
        if (maybe())
            filter.since = second(pick(0, 7));
        if (maybe())
            filter.until = second(pick(0, 7));
        if (maybe())
            filter.from = id_of<participant_id>(pick(1, 8));
        if (maybe())
            filter.to = id_of<participant_id>(pick(1, 8));
        if (maybe())
            filter.way = pick(0, 1) == 0 ? direction::inbound : direction::outbound;
        return filter;
    }

    /// Reads a list page by page to its end and back, and compares both with `expected`.
    template <class Query, class Item, class List>
    void compare_pages(Query query, const std::vector<Item>& expected, List list)
    {
        query.limit = pick(1, 6);
        auto page = list(query);
        std::vector<Item> there = page.items;
        while (page.next) {
            query.from = page.next;
            page = list(query);
            REQUIRE_FALSE(page.items.empty());
            REQUIRE(page.items.size() <= query.limit);
            there.insert(there.end(), page.items.begin(), page.items.end());
            REQUIRE(there.size() <= expected.size());
        }
        std::vector<Item> back = page.items;
        while (page.previous) {
            query.from = page.previous;
            page = list(query);
            REQUIRE_FALSE(page.items.empty());
            back.insert(back.begin(), page.items.begin(), page.items.end());
            REQUIRE(back.size() <= expected.size());
        }
        CHECK(there == expected);
        CHECK(back == expected);
    }

    void compare_messages()
    {
        message_query query{.filter = any_filter()};
        query.order = pick(0, 1) == 0 ? sort_order::ascending : sort_order::descending;
        if (query.filter.conversation && maybe())
            query.seq_max = pick(0, 10);

        compare_pages(query, model_.list(query), [this](const message_query& page) {
            return *storage_.messages().list(page, soon);
        });
    }

    void compare_conversations()
    {
        conversation_query query;
        if (const auto kind = pick(0, 2); kind != 0)
            query.filter.bot = any_bot();
        if (!query.filter.bot || maybe())
            query.filter.client = id_of<client_id>(pick(1, 8));
        const auto expected = model_.list(query.filter);

        compare_pages(query, expected, [this](const conversation_query& page) {
            return *storage_.conversations().list(page, soon);
        });
        for (const auto& one : expected)
            CHECK(storage_.conversations().find(std::vector{one.id}, {}, soon)->front() == one);
    }

    void compare_bots()
    {
        std::vector<bot> expected;
        for (const auto& [id, kept] : model_.bots) {
            if (kept.is_live)
                expected.push_back({id, *bot_name::parse(kept.name), kept.version});
        }

        compare_pages(bot_query{}, expected, [this](const bot_query& page) {
            return *storage_.bots().list(page, soon);
        });
    }

    void compare_versions()
    {
        const auto whole = any_filter();
        const message_filter filter{whole.conversation, whole.bot, whole.client};
        std::set<conversation_id> touched;
        for (const auto& one : model_.list(message_query{.filter = filter}))
            touched.insert(one.conversation);
        std::uint64_t expected = 0;
        for (const auto& id : touched)
            expected += model_.describe(id).state.revision;

        const auto versions = storage_.messages().versions(std::vector{whole}, soon);
        CHECK(versions->front().revision == expected);
    }

    std::mt19937 random_;
    memory::memory_storage storage_;
    model model_;
    std::vector<submission> sent_;
};

}  // namespace

TEST_CASE("memory_storage: random histories have the results that the ports document")
{
    for (unsigned seed = 0; seed < 20; ++seed) {
        INFO("seed " << seed);
        history one{seed};
        for (int round = 0; round < 150; ++round) {
            one.step();
            one.compare();
        }
    }
}
