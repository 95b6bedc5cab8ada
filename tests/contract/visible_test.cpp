#include "tests/contract/fixture.hpp"

#include <array>

using namespace botcore;

namespace {

/// In `talk`, Aureo and Bela exchange messages with Ana; elsewhere, each of them with Bruno.
struct visible_contract : storage_contract {
    const conversation_id belas = id_of<conversation_id>(23);
    const visible_bots aureo_alone{{aureo}};
    const visible_bots bela_alone{{bela}};
    const visible_bots both{{bela, aureo}};
    const visible_bots nobody{{id_of<bot_id>(99)}};

    visible_contract()
    {
        store({.in = talk, .from = as_aureo, .to = ana, .text = "1"});
        store({.in = talk, .from = as_bela, .to = ana, .text = "2", .at = "2018-01-01T00:00:00Z"});
        store({.in = talk, .from = ana, .to = as_aureo, .text = "3", .at = "2019-01-01T00:00:00Z"});
        store({.in = other_talk, .from = as_aureo, .to = bruno, .text = "4"});
        store({.in = belas, .from = as_bela, .to = bruno, .text = "5"});
    }

    std::vector<std::string> texts(message_filter filter, const visible_bots& visible)
    {
        filter.visible = visible;
        std::vector<std::string> texts;
        for (const auto& one : list({.filter = filter}))
            texts.push_back(one.content.text);
        return texts;
    }

    std::uint64_t version(message_filter filter, const visible_bots& visible)
    {
        filter.visible = visible;
        return storage_contract::version(filter);
    }

    std::optional<conversation> find(conversation_id id, const visible_bots& visible)
    {
        const std::array ids{id};
        const auto answer = conversations.find(ids, visible, soon());
        REQUIRE(answer);
        return answer->front();
    }

    std::vector<conversation_id> of_client(participant_id client, const visible_bots& visible)
    {
        const auto page = conversations.list(
            {.filter = {.client = client_id{client.value}, .visible = visible}},
            soon()
        );
        REQUIRE(page);
        std::vector<conversation_id> ids;
        for (const auto& one : page->items)
            ids.push_back(one.id);
        return ids;
    }
};

using words = std::vector<std::string>;

}  // namespace

TEST_CASE_METHOD(
    visible_contract,
    "visible: a list has the messages with visible bots",
    "[visible]"
)
{
    const message_filter of_talk{.conversation = talk};

    CHECK(texts(of_talk, {}) == words{"2", "1", "3"});
    CHECK(texts(of_talk, both) == words{"2", "1", "3"});
    CHECK(texts(of_talk, aureo_alone) == words{"1", "3"});
    CHECK(texts(of_talk, bela_alone) == words{"2"});
    CHECK(texts(of_talk, nobody).empty());
    CHECK(texts({.conversation = belas}, aureo_alone).empty());
    CHECK(texts({.client = client_id{bruno.value}}, bela_alone) == words{"5"});
    CHECK(texts({.bot = bela}, both) == words{"2", "5"});
}

TEST_CASE_METHOD(visible_contract, "visible: a version counts visible messages", "[visible]")
{
    const message_filter of_talk{.conversation = talk};

    CHECK(version(of_talk, {}) == 3);
    CHECK(version(of_talk, both) == 3);
    CHECK(version(of_talk, aureo_alone) == 2);
    CHECK(version(of_talk, bela_alone) == 1);
    CHECK(version(of_talk, nobody) == 0);
    CHECK(version({.conversation = belas}, aureo_alone) == 0);
    CHECK(version({.bot = aureo}, aureo_alone) == 3);
    CHECK(version({.bot = bela}, aureo_alone) == 0);
    CHECK(version({.client = client_id{bruno.value}}, aureo_alone) == 1);
}

TEST_CASE_METHOD(visible_contract, "visible: hidden messages change no version", "[visible]")
{
    const auto before = version({.conversation = talk}, bela_alone);
    store({.in = talk, .from = as_aureo, .to = ana, .text = "6"});
    CHECK(version({.conversation = talk}, bela_alone) == before);

    store({.in = talk, .from = as_bela, .to = ana, .text = "7"});
    CHECK(version({.conversation = talk}, bela_alone) > before);
}

TEST_CASE_METHOD(visible_contract, "visible: a conversation shows its visible part", "[visible]")
{
    const auto whole = find(talk, both);
    REQUIRE(whole);
    CHECK(whole == find(talk, visible_bots{}));
    CHECK(whole->participants.size() == 2);

    const auto part = find(talk, bela_alone);
    REQUIRE(part);
    CHECK(part->state.last_seq == 1);
    CHECK(part->participants == std::vector{pairing{bela, client_id{ana.value}}});
    CHECK(part->first == stamp_of("2018-01-01T00:00:00Z"));
    CHECK(part->last.content.text == "2");

    CHECK_FALSE(find(talk, nobody));
    CHECK_FALSE(find(belas, aureo_alone));
}

TEST_CASE_METHOD(
    visible_contract,
    "visible: a list of conversations shows visible ones",
    "[visible]"
)
{
    CHECK(of_client(bruno, {}).size() == 2);
    CHECK(of_client(bruno, both).size() == 2);
    CHECK(of_client(bruno, aureo_alone) == std::vector{other_talk});
    CHECK(of_client(bruno, bela_alone) == std::vector{belas});
    CHECK(of_client(bruno, nobody).empty());
    CHECK(of_client(ana, aureo_alone) == std::vector{talk});
}

TEST_CASE_METHOD(
    visible_contract,
    "visible: a bot that the sender may not see counts as a client",
    "[visible]"
)
{
    auto request = submission_of({{.in = belas, .from = as_bela, .to = as_aureo, .text = "x"}});
    request.entries[0].from_may_be_bot = false;

    const auto stored = append(request);
    REQUIRE(stored);
    CHECK(stored->front().stored.way.bot == aureo);
    CHECK(stored->front().stored.way.way == direction::inbound);

    auto without_bot = submission_of({{.in = belas, .from = as_bela, .to = bruno, .text = "x"}});
    without_bot.entries[0].from_may_be_bot = false;
    CHECK(append(without_bot).error().code == errc::unknown_bot);
}
