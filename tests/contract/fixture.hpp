#pragma once

#include "tests/contract/backend.hpp"
#include "tests/support/printers.hpp"

#include <botcore/domain/append_plan.hpp>
#include <botcore/ports/storage.hpp>

#include <catch2/catch.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// An id that is the same for the same number, and differs in its first and last bytes.
inline botcore::uuid uuid_of(std::uint64_t number)
{
    botcore::uuid::bytes_type bytes{};
    for (unsigned at = 0; at < 8; ++at) {
        const auto byte = static_cast<std::uint8_t>(number >> (8 * at));
        bytes[15 - at] = byte;
        bytes[at] = static_cast<std::uint8_t>(byte * 37U);
    }
    return botcore::uuid{bytes};
}

template <class Id>
Id id_of(std::uint64_t number)
{
    return Id{uuid_of(number)};
}

inline botcore::deadline soon()
{
    return std::chrono::steady_clock::now() + std::chrono::seconds{30};
}

inline botcore::bot_name name_of(std::string_view text)
{
    return *botcore::bot_name::parse(text);
}

inline botcore::timestamp stamp_of(std::string_view text)
{
    return *botcore::timestamp::parse(text);
}

/// A message to append. A test sets the members that matter to it.
struct message_spec {
    botcore::conversation_id in{};
    botcore::participant_id from{};
    botcore::participant_id to{};
    std::string text = "Oi! Como posso te ajudar?";
    std::optional<botcore::message_id> id{};  ///< If not set, the server makes one.
    std::string at = "2018-11-16T23:30:52.6917722Z";
    bool is_time_given = true;
    std::optional<std::string> metadata{};
};

botcore::entry entry_of(const message_spec& spec);
botcore::submission submission_of(const std::vector<message_spec>& specs);

/// Runs `work` on many threads, which begin together. Catch2's checks work on one thread only:
/// `work` should count, and the test check the counts afterwards.
void race(unsigned threads, const std::function<void(unsigned)>& work);

/// A storage with the bots `aureo` and `bela`. Its functions fail the test on a refusal.
struct storage_contract {
    storage_contract() : storage_contract{make_backend()} {}
    explicit storage_contract(std::unique_ptr<backend> empty);

    std::unique_ptr<backend> owned_backend;
    botcore::storage& tested = owned_backend->storage();
    botcore::bot_store& bots = tested.bots();
    botcore::message_store& messages = tested.messages();
    botcore::conversation_store& conversations = tested.conversations();

    const botcore::bot_id aureo = id_of<botcore::bot_id>(1);
    const botcore::bot_id bela = id_of<botcore::bot_id>(2);
    const botcore::participant_id as_aureo{aureo.value};
    const botcore::participant_id as_bela{bela.value};
    const botcore::participant_id ana = id_of<botcore::participant_id>(11);
    const botcore::participant_id bruno = id_of<botcore::participant_id>(12);
    const botcore::conversation_id talk = id_of<botcore::conversation_id>(21);
    const botcore::conversation_id other_talk = id_of<botcore::conversation_id>(22);

    botcore::result<botcore::registered_bot> add_bot(
        botcore::bot_id id,
        std::string_view name,
        std::optional<botcore::receipt> receipt = std::nullopt
    );
    std::optional<botcore::bot> find_bot(botcore::bot_id id);
    botcore::result<> remove_bot(botcore::bot_id id, botcore::precondition expected = {});
    botcore::result<botcore::bot> rename_bot(
        botcore::bot_id id,
        std::string_view name,
        botcore::precondition expected = {}
    );

    std::vector<botcore::result<std::vector<botcore::appended>>> append(
        const std::vector<botcore::submission>& submissions
    );
    botcore::result<std::vector<botcore::appended>> append(const botcore::submission& submission);

    /// Appends a message. Fails the test if it is refused.
    botcore::message store(const message_spec& spec);

    std::optional<botcore::message> find(botcore::message_id id);
    std::vector<botcore::message> list(const botcore::message_query& query);
    std::vector<botcore::message> list(botcore::conversation_id conversation);
    std::uint64_t version(const botcore::message_filter& filter);
    std::optional<botcore::conversation> find(botcore::conversation_id id);
};
