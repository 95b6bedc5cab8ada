#pragma once

#include "adapters/memory/memory_bots.hpp"
#include "adapters/memory/memory_keys.hpp"
#include "adapters/memory/memory_webhooks.hpp"

#include <botcore/domain/append_plan.hpp>
#include <botcore/ports/conversation_store.hpp>
#include <botcore/ports/message_store.hpp>
#include <botcore/ports/stream_listeners.hpp>
#include <botcore/ports/stream_store.hpp>

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

namespace botcore::memory {

/// The messages, conversations and streams of a `memory_storage`, which owns the mutex, the bots,
/// the webhooks and the keys.
class memory_messages final : public message_store, public conversation_store, public stream_store {
public:
    memory_messages(
        std::mutex& mutex,
        const memory_bots& bots,
        memory_webhooks& webhooks,
        memory_keys& keys
    ) noexcept
        : mutex_{mutex}, bots_{bots}, webhooks_{webhooks}, keys_{keys}
    {
    }

    std::vector<result<std::vector<appended>>> append(
        std::span<const submission> submissions,
        deadline until
    ) override;

    result<std::vector<std::optional<message>>> find(
        std::span<const message_id> ids,
        const read_terms& terms
    ) override;

    result<message_page> list(const message_query& query, const read_terms& terms) override;

    result<std::vector<list_version>> versions(
        std::span<const message_filter> filters,
        const read_terms& terms
    ) override;

    result<std::vector<std::optional<conversation>>> find(
        std::span<const conversation_id> ids,
        const visible_bots& visible,
        const read_terms& terms
    ) override;

    result<conversation_page> list(const conversation_query& query, const read_terms& terms)
        override;

    std::vector<result<stream_part>> read(
        std::span<const stream_query> queries,
        const read_terms& terms
    ) override;

    [[nodiscard]] std::unique_ptr<stream_subscription> listen(listener on_change) override;

private:
    /// Messages in the order of a list.
    using message_list = std::map<message_key, const message*>;

    /// Messages in the order of a stream.
    using stream = std::vector<const message*>;

    struct conversation_record {
        message_list messages;
        std::set<pairing> participants;
        conversation_state state{};
    };

    /// The messages of a bot, of a client, or of the two with each other.
    struct ends_record {
        message_list messages;
        std::set<conversation_id> conversations;
    };

    /// A bot, a client, or both. At least one of the two is set.
    using ends_key = std::pair<std::optional<bot_id>, std::optional<client_id>>;

    std::vector<result<std::vector<appended>>> carry_out(
        std::span<const submission> submissions,
        std::vector<stream_id>& grown
    );
    [[nodiscard]] append_facts facts_for(std::span<const submission> submissions) const;
    append_plan::row_numbers write(const append_plan::row& row);
    [[nodiscard]] const message_list* list_for(const message_filter& filter) const;
    [[nodiscard]] result<stream_part> read(const stream_query& query) const;
    [[nodiscard]] list_version version_of(const message_filter& filter) const;
    [[nodiscard]] list_version version_in(conversation_id id, const message_filter& filter) const;

    /// The conversation as a caller with these visible bots sees it. Nothing if no message is
    /// visible.
    [[nodiscard]] static std::optional<conversation> describe(
        conversation_id id,
        const conversation_record& record,
        const visible_bots& visible
    );

    std::mutex& mutex_;
    const memory_bots& bots_;
    memory_webhooks& webhooks_;
    memory_keys& keys_;
    std::unordered_map<message_id, message> messages_;
    std::unordered_map<conversation_id, conversation_record> conversations_;
    std::map<ends_key, ends_record> by_ends_;
    std::map<stream_id, stream> streams_;
    std::unordered_map<uuid, receipt> receipts_;  ///< By key.
    std::uint64_t last_arrival_ = 0;
    stream_listeners listeners_;
};

}  // namespace botcore::memory
