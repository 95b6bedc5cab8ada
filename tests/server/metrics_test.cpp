#include "adapters/metrics/measured_storage.hpp"
#include "adapters/metrics/process_metrics.hpp"
#include "tests/support/printers.hpp"

#include <botcore/app/bot_service.hpp>
#include <botcore/memory/memory_storage.hpp>

#include <catch2/catch.hpp>

#include <chrono>
#include <prometheus/text_serializer.h>
#include <stdexcept>

using namespace botcore;
using botapi::metrics::measured_storage;
using Catch::Matchers::Contains;

namespace {

const deadline soon = deadline::max();

bot_id id_of(char digit)
{
    return bot_id{*uuid::parse("36b9f842-ee97-11e8-9443-0242ac12000" + std::string{digit})};
}

bot_registration registration(char digit)
{
    return {.id = id_of(digit), .name = *bot_name::parse("Aureo")};
}

/// A message store that refuses every call with the codes in `codes`.
class faulty_messages final : public message_store {
public:
    std::vector<result<std::vector<appended>>> append(
        std::span<const submission> submissions,
        deadline /*until*/
    ) override
    {
        if (submissions.empty())
            throw std::runtime_error{"broken"};
        std::vector<result<std::vector<appended>>> answers;
        for (std::size_t at = 0; at < submissions.size(); ++at)
            answers.emplace_back(refuse(codes.at(at % codes.size()), "no"));
        return answers;
    }

    result<std::vector<std::optional<message>>> find(
        std::span<const message_id> /*ids*/,
        const read_terms& /*terms*/
    ) override
    {
        return refuse(codes.front(), "no");
    }

    result<message_page> list(const message_query& /*query*/, const read_terms& /*terms*/) override
    {
        return refuse(codes.front(), "no");
    }

    result<std::vector<botcore::list_version>> versions(
        std::span<const message_filter> /*filters*/,
        const read_terms& /*terms*/
    ) override
    {
        return refuse(codes.front(), "no");
    }

    std::vector<errc> codes{errc::unavailable};
};

class faulty_storage final : public storage {
public:
    bot_store& bots() noexcept override { return rest.bots(); }
    message_store& messages() noexcept override { return faulty; }
    conversation_store& conversations() noexcept override { return rest.conversations(); }
    key_store& keys() noexcept override { return rest.keys(); }
    stream_store& streams() noexcept override { return rest.streams(); }
    webhook_store& webhooks() noexcept override { return rest.webhooks(); }
    botcore::consistency& consistency() noexcept override { return rest.consistency(); }
    result<> ready(deadline /*until*/) override { return refuse(errc::unavailable, "no"); }
    std::optional<outage> last_outage() override { return outage{.began = soon}; }

    memory::memory_storage rest;
    faulty_messages faulty;
};

std::string text_of(const prometheus::Registry& registry)
{
    return prometheus::TextSerializer{}.Serialize(registry.Collect());
}

std::string calls(const std::string& operation, int count)
{
    return "botapi_storage_duration_seconds_count{operation=\"" + operation + "\"} " +
           std::to_string(count) + "\n";
}

std::string errors(const std::string& operation, const std::string& code, int count)
{
    return "botapi_storage_errors_total{code=\"" + code + "\",operation=\"" + operation + "\"} " +
           std::to_string(count) + "\n";
}

}  // namespace

TEST_CASE("measured_storage: answers are passed on unchanged")
{
    prometheus::Registry registry;
    memory::memory_storage memory;
    measured_storage measured{memory, registry};
    const std::vector both{registration('1'), registration('1')};

    const auto added = measured.bots().add(both, soon);
    REQUIRE(added.size() == 2);
    CHECK(added[0]);
    CHECK(added[1].error().code == errc::already_exists);

    const std::vector ids{id_of('1'), id_of('2')};
    const auto found = memory.bots().find(ids, soon);
    CHECK(*measured.bots().find(ids, soon) == *found);
    CHECK(measured.ready(soon));
    CHECK_FALSE(measured.last_outage());
}

TEST_CASE("measured_storage: every call is measured under its name")
{
    prometheus::Registry registry;
    memory::memory_storage memory;
    measured_storage measured{memory, registry};
    const message_filter of_bot{.bot = id_of('1')};

    (void)measured.bots().add({}, soon);
    (void)measured.bots().find({}, soon);
    (void)measured.bots().list({}, soon);
    (void)measured.bots().change({}, soon);
    (void)measured.bots().remove({}, soon);
    (void)measured.messages().append({}, soon);
    (void)measured.messages().find({}, soon);
    (void)measured.messages().list({.filter = of_bot}, soon);
    (void)measured.messages().versions({}, soon);
    (void)measured.conversations().find({}, {}, soon);
    (void)measured.conversations().list({.filter = {.bot = id_of('1')}}, soon);
    (void)measured.streams().read({}, soon);
    (void)measured.ready(soon);

    const auto text = text_of(registry);
    for (const auto* const name :
         {"bots.add",
          "bots.find",
          "bots.list",
          "bots.change",
          "bots.remove",
          "messages.append",
          "messages.find",
          "messages.list",
          "messages.versions",
          "conversations.find",
          "conversations.list",
          "streams.read",
          "ready"}) {
        CHECK_THAT(text, Contains(calls(name, 1)));
        CHECK_THAT(text, Contains(errors(name, "unavailable", 0)));
    }
}

TEST_CASE("measured_storage: refusals of a client's request are not storage errors")
{
    prometheus::Registry registry;
    memory::memory_storage memory;
    measured_storage measured{memory, registry};
    const std::vector removals{bot_removal{.id = id_of('1')}};

    REQUIRE(measured.bots().remove(removals, soon)[0].error().code == errc::not_found);

    const auto text = text_of(registry);
    for (const auto* const code :
         {"overloaded", "unavailable", "outcome_unknown", "storage_full", "internal"})
        CHECK_THAT(text, Contains(errors("bots.remove", code, 0)));
    CHECK_THAT(text, !Contains("not_found"));
}

TEST_CASE("measured_storage: a call counts once for each code in its answer")
{
    prometheus::Registry registry;
    faulty_storage faulty;
    measured_storage measured{faulty, registry};
    faulty.faulty.codes = {errc::storage_full, errc::outcome_unknown, errc::unknown_bot};
    const std::vector<submission> six(6);

    REQUIRE(measured.messages().append(six, soon).size() == 6);
    (void)measured.messages().find({}, soon);
    (void)measured.ready(soon);

    const auto text = text_of(registry);
    CHECK_THAT(text, Contains(calls("messages.append", 1)));
    CHECK_THAT(text, Contains(errors("messages.append", "storage_full", 1)));
    CHECK_THAT(text, Contains(errors("messages.append", "outcome_unknown", 1)));
    CHECK_THAT(text, Contains(errors("messages.append", "unavailable", 0)));
    CHECK_THAT(text, Contains(errors("messages.find", "storage_full", 1)));
    CHECK_THAT(text, Contains(errors("ready", "unavailable", 1)));
}

TEST_CASE("measured_storage: an exception is passed on, and counts as internal")
{
    prometheus::Registry registry;
    faulty_storage faulty;
    measured_storage measured{faulty, registry};

    CHECK_THROWS_AS(measured.messages().append({}, soon), std::runtime_error);

    const auto text = text_of(registry);
    CHECK_THAT(text, Contains(calls("messages.append", 1)));
    CHECK_THAT(text, Contains(errors("messages.append", "internal", 1)));
}

TEST_CASE("process_metrics: the build and the start time are reported")
{
    prometheus::Registry registry;
    const std::chrono::system_clock::time_point start{std::chrono::seconds{1'500'000'000}};

    botapi::metrics::describe_process(registry, {{"version", "0.1.0"}}, start);

    const auto text = text_of(registry);
    CHECK_THAT(text, Contains("botapi_build_info{version=\"0.1.0\"} 1\n"));
    CHECK_THAT(text, Contains("process_start_time_seconds 1500000000\n"));
}
