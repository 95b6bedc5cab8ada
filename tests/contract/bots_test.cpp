#include "tests/contract/fixture.hpp"

#include <algorithm>
#include <array>

using namespace botcore;

namespace {

precondition is(std::uint64_t version)
{
    return {.any_of = std::vector{version}};
}

precondition is_not(std::uint64_t version)
{
    return {.none_of = {version}};
}

}  // namespace

TEST_CASE_METHOD(storage_contract, "bots: a lookup answers in the order of the ids", "[bots]")
{
    const std::array ids{bela, id_of<bot_id>(99), aureo, bela};

    const auto answer = bots.find(ids, soon());

    REQUIRE(answer);
    REQUIRE(answer->size() == 4);
    CHECK(answer->at(0) == bot{bela, name_of("Bela"), 1});
    CHECK(answer->at(1) == std::nullopt);
    CHECK(answer->at(2) == bot{aureo, name_of("Aureo"), 1});
    CHECK(answer->at(3) == answer->at(0));
}

TEST_CASE_METHOD(storage_contract, "bots: empty batches have empty answers", "[bots]")
{
    CHECK(bots.add({}, soon()).empty());
    CHECK(bots.change({}, soon()).empty());
    CHECK(bots.remove({}, soon()).empty());
    const auto answer = bots.find({}, soon());
    REQUIRE(answer);
    CHECK(answer->empty());
}

TEST_CASE_METHOD(storage_contract, "bots: an id can be registered once", "[bots]")
{
    const auto again = add_bot(aureo, "Another");

    REQUIRE_FALSE(again);
    CHECK(again.error().code == errc::already_exists);
    CHECK(find_bot(aureo)->name == name_of("Aureo"));
}

TEST_CASE_METHOD(
    storage_contract,
    "bots: each item of a batch has its own answer, and sees the items before it",
    "[bots]"
)
{
    const auto fresh = id_of<bot_id>(5);
    const receipt key{uuid_of(500), 7};
    const std::vector<bot_registration> batch{
        {aureo, name_of("Taken")},
        {fresh, name_of("First"), key},
        {fresh, name_of("Second")},
        {id_of<bot_id>(6), name_of("First"), key},
        {id_of<bot_id>(7), name_of("Other"), receipt{uuid_of(500), 8}},
        {id_of<bot_id>(8), name_of("Last")},
    };

    const auto done = bots.add(batch, soon());

    REQUIRE(done.size() == 6);
    CHECK(done[0].error().code == errc::already_exists);
    CHECK(*done[1] == registered_bot{{fresh, name_of("First"), 1}, false});
    CHECK(done[2].error().code == errc::already_exists);
    CHECK(*done[3] == registered_bot{{fresh, name_of("First"), 1}, true});
    CHECK(done[4].error().code == errc::key_reused);
    CHECK(*done[5] == registered_bot{{id_of<bot_id>(8), name_of("Last"), 1}, false});
    CHECK_FALSE(find_bot(id_of<bot_id>(6)));
    CHECK_FALSE(find_bot(id_of<bot_id>(7)));
}

TEST_CASE_METHOD(storage_contract, "bots: a removed bot is not found, and can be revived", "[bots]")
{
    REQUIRE(remove_bot(aureo));
    CHECK_FALSE(find_bot(aureo));
    CHECK(remove_bot(aureo).error().code == errc::not_found);
    CHECK(rename_bot(aureo, "Ghost").error().code == errc::not_found);

    const auto revived = add_bot(aureo, "Aureo II");

    REQUIRE(revived);
    CHECK(revived->bot == bot{aureo, name_of("Aureo II"), 3});
    CHECK_FALSE(revived->replayed);
    CHECK(find_bot(aureo) == revived->bot);
}

TEST_CASE_METHOD(
    storage_contract,
    "bots: a change makes a new version, and an empty change does not",
    "[bots]"
)
{
    const auto renamed = rename_bot(aureo, "Áureo");
    const auto same = rename_bot(aureo, "Áureo");
    const std::array<bot_change, 1> empty_changes{{{aureo}}};
    const auto unchanged = bots.change(empty_changes, soon()).at(0);

    REQUIRE(renamed);
    CHECK(*renamed == bot{aureo, name_of("Áureo"), 2});
    CHECK(*same == *renamed);
    CHECK(*unchanged == *renamed);
    CHECK(find_bot(aureo) == *renamed);
    CHECK(rename_bot(id_of<bot_id>(99), "X").error().code == errc::not_found);
}

TEST_CASE_METHOD(storage_contract, "bots: preconditions decide on changes and removals", "[bots]")
{
    CHECK(rename_bot(aureo, "X", is(2)).error().code == errc::precondition_failed);
    CHECK(rename_bot(aureo, "X", is_not(1)).error().code == errc::precondition_failed);
    CHECK(
        rename_bot(aureo, "X", {.any_of = std::vector<std::uint64_t>{}}).error().code ==
        errc::precondition_failed
    );
    CHECK(remove_bot(aureo, is(2)).error().code == errc::precondition_failed);
    CHECK(find_bot(aureo) == bot{aureo, name_of("Aureo"), 1});

    CHECK(rename_bot(aureo, "Aureo", is(1))->version == 1);
    CHECK(rename_bot(aureo, "X", {.any_of = std::vector<std::uint64_t>{7, 1}})->version == 2);
    CHECK(rename_bot(aureo, "Y", is_not(1))->version == 3);
    CHECK(remove_bot(aureo, is(3)));
    CHECK(rename_bot(aureo, "Z", is(4)).error().code == errc::not_found);
}

TEST_CASE_METHOD(storage_contract, "bots: changes in one batch apply in order", "[bots]")
{
    const std::vector<bot_change> changes{
        {aureo, name_of("A")},
        {aureo, name_of("B"), is(1)},
        {aureo, name_of("C"), is(2)},
    };
    const std::vector<bot_removal> removals{{aureo, is(2)}, {aureo, is(3)}, {aureo}};

    const auto changed = bots.change(changes, soon());
    const auto removed = bots.remove(removals, soon());

    CHECK(changed.at(0)->version == 2);
    CHECK(changed.at(1).error().code == errc::precondition_failed);
    CHECK(changed.at(2)->version == 3);
    CHECK(removed.at(0).error().code == errc::precondition_failed);
    CHECK(removed.at(1));
    CHECK(removed.at(2).error().code == errc::not_found);
}

TEST_CASE_METHOD(storage_contract, "bots: a receipt repeats the first answer for ever", "[bots]")
{
    const auto cleo = id_of<bot_id>(3);
    const receipt key{uuid_of(300), 0xffff'ffff'ffff'fff0ULL};
    const auto first = add_bot(cleo, "Cleo", key);
    REQUIRE(first);

    const auto check_replay = [&] {
        const auto again = add_bot(id_of<bot_id>(4), "Whatever", key);
        REQUIRE(again);
        CHECK(*again == registered_bot{first->bot, true});
        CHECK_FALSE(find_bot(id_of<bot_id>(4)));
    };
    check_replay();
    REQUIRE(rename_bot(cleo, "Cleópatra"));
    check_replay();
    REQUIRE(remove_bot(cleo));
    check_replay();
    CHECK_FALSE(find_bot(cleo));

    const auto other = add_bot(cleo, "Cleo", receipt{key.key, 1});
    REQUIRE_FALSE(other);
    CHECK(other.error().code == errc::key_reused);
}

TEST_CASE_METHOD(storage_contract, "bots: a refused registration leaves no receipt", "[bots]")
{
    const receipt key{uuid_of(301), 5};
    REQUIRE_FALSE(add_bot(aureo, "Taken", key));

    const auto later = add_bot(id_of<bot_id>(9), "Free", receipt{key.key, 6});

    REQUIRE(later);
    CHECK_FALSE(later->replayed);
}

TEST_CASE_METHOD(
    storage_contract,
    "bots: the list has all registered bots, in the order of their ids",
    "[bots]"
)
{
    std::vector<bot> expected{*find_bot(aureo), *find_bot(bela)};
    for (std::uint64_t number = 100; number < 125; ++number) {
        const auto added = add_bot(id_of<bot_id>(number * 7919), "Bot " + std::to_string(number));
        if (number % 5 == 0)
            REQUIRE(remove_bot(added->bot.id));
        else
            expected.push_back(added->bot);
    }
    std::ranges::sort(expected, {}, &bot::id);
    const std::size_t limit = GENERATE(1U, 2U, 7U, 21U, 22U, 23U, 1000U);

    std::vector<bot> forwards;
    std::vector<bot> backwards;
    bot_query query{.limit = limit};
    bot_page last;
    for (;;) {
        const auto read = bots.list(query, soon());
        REQUIRE(read);
        CHECK(read->items.size() <= limit);
        CHECK(read->previous.has_value() == !forwards.empty());
        forwards.insert(forwards.end(), read->items.begin(), read->items.end());
        last = *read;
        if (!read->next)
            break;
        query.from = read->next;
    }
    for (auto from = last.previous; from;) {
        const auto read = bots.list({.limit = limit, .from = from}, soon());
        REQUIRE(read);
        CHECK(read->next.has_value());
        backwards.insert(backwards.begin(), read->items.begin(), read->items.end());
        from = read->previous;
    }
    backwards.insert(backwards.end(), last.items.begin(), last.items.end());

    CHECK(forwards == expected);
    CHECK(backwards == expected);
}

TEST_CASE_METHOD(storage_contract, "bots: hostile names come back byte for byte", "[bots]")
{
    std::string longest;
    for (int count = 0; count < 255; ++count)
        longest += "\xF0\x9F\xA4\x96";
    const std::string name = GENERATE_COPY(
        as<std::string>{},
        longest,
        "'; DROP TABLE bots; --",
        "NULL",
        R"(:id $1 ? {"a\"b"} \ % _)",
        "\x01\x7f line\nbreak\ttab"
    );

    const auto added = add_bot(id_of<bot_id>(50), name, receipt{uuid_of(50), 1});
    const auto replayed = add_bot(id_of<bot_id>(50), name, receipt{uuid_of(50), 1});

    REQUIRE(added);
    CHECK(find_bot(id_of<bot_id>(50))->name.text() == name);
    CHECK(replayed->bot == added->bot);
}
