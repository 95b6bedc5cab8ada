#include "tests/contract/fixture.hpp"

#include <utility>

using namespace botcore;

TEST_CASE_METHOD(storage_contract, "versions: the version is zero without messages", "[versions]")
{
    CHECK(version({.conversation = talk}) == 0);
    CHECK(version({.bot = aureo}) == 0);
    CHECK(version({.client = client_id{ana.value}}) == 0);
    const auto none = messages.versions({}, soon());
    REQUIRE(none);
    CHECK(none->empty());
}

TEST_CASE_METHOD(
    storage_contract,
    "versions: every message that may match increases the version",
    "[versions]"
)
{
    const client_id client{ana.value};
    const client_id other_client{bruno.value};
    store({.in = talk, .from = as_aureo, .to = ana});
    store({.in = talk, .from = ana, .to = as_aureo});
    store({.in = other_talk, .from = as_aureo, .to = bruno});

    CHECK(version({.conversation = talk}) == 2);
    CHECK(version({.conversation = other_talk}) == 1);
    CHECK(version({.bot = aureo}) == 3);
    CHECK(version({.client = client}) == 2);
    CHECK(version({.bot = aureo, .client = client}) == 2);
    CHECK(version({.conversation = talk, .bot = aureo}) == 2);
    CHECK(version({.conversation = talk, .client = other_client}) == 0);
    CHECK(version({.bot = bela}) == 0);

    // A message of others in the same conversation may make it grow; one elsewhere doesn't.
    store({.in = talk, .from = as_bela, .to = bruno});
    CHECK(version({.conversation = talk}) == 3);
    CHECK(version({.bot = aureo}) == 4);
    CHECK(version({.bot = bela}) == 3);
    CHECK(version({.client = client}) == 3);
    CHECK(version({.bot = bela, .client = client}) == 0);
    CHECK(version({.conversation = other_talk}) == 1);
}

TEST_CASE_METHOD(
    storage_contract,
    "versions: many filters are answered in their order",
    "[versions]"
)
{
    store({.in = talk, .from = as_aureo, .to = ana});
    store({.in = other_talk, .from = as_aureo, .to = ana});
    store({.in = other_talk, .from = as_bela, .to = ana});
    const std::vector<message_filter> filters{
        {.conversation = other_talk},
        {.bot = aureo},
        {.conversation = id_of<conversation_id>(99)},
        {.conversation = talk},
        {.conversation = other_talk, .bot = bela},
        {.conversation = other_talk},
    };

    auto answer = messages.versions(filters, soon());

    REQUIRE(answer);
    for (auto& version : *answer)
        CHECK(
            std::exchange(version.history, 0) == messages.versions(filters, soon())->at(0).history
        );
    CHECK(
        *answer ==
        std::vector<list_version>{
            {.revision = 2, .last_seq = 2},
            {.revision = 3, .last_seq = 0},
            {.revision = 0, .last_seq = 0},
            {.revision = 1, .last_seq = 1},
            {.revision = 2, .last_seq = 2},
            {.revision = 2, .last_seq = 2}}
    );
}

TEST_CASE_METHOD(storage_contract, "versions: a replay changes no version", "[versions]")
{
    const message_spec one{.in = talk, .from = as_aureo, .to = ana, .id = id_of<message_id>(1000)};
    store(one);

    REQUIRE(append(submission_of({one})));
    REQUIRE_FALSE(append(submission_of({{.in = talk, .from = ana, .to = bruno}})));

    CHECK(version({.conversation = talk}) == 1);
}
