#pragma once

#include <botcore/domain/access.hpp>
#include <botcore/domain/bot.hpp>
#include <botcore/domain/conversation.hpp>
#include <botcore/domain/direction.hpp>
#include <botcore/domain/message.hpp>
#include <botcore/domain/page.hpp>
#include <botcore/domain/timestamp.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace botcore {

enum class sort_order : std::uint8_t { ascending, descending };

/// Which messages a list is about. What is set must hold; at least one of the first three is set.
struct message_filter {
    std::optional<conversation_id> conversation{};
    std::optional<bot_id> bot{};        ///< As `route::bot`.
    std::optional<client_id> client{};  ///< As `route::client`.
    std::optional<instant> since{};     ///< This instant or later.
    std::optional<instant> until{};     ///< Before this instant.
    std::optional<participant_id> from{};
    std::optional<participant_id> to{};
    std::optional<direction> way{};
    visible_bots visible{};  ///< Those of other bots are not there.

    friend bool operator==(const message_filter&, const message_filter&) = default;
};

/// Whether a filter asks for a bot that may not be seen: then there is nothing to find.
template <class Filter>
[[nodiscard]] bool asks_for_hidden(const Filter& filter) noexcept
{
    return filter.bot && !filter.visible.contains(*filter.bot);
}

/// One page of a list of messages, ordered by instant, then by `message_key::order`.
struct message_query {
    message_filter filter;
    sort_order order = sort_order::ascending;
    std::size_t limit = page_size_max;  ///< 1 to `page_size_max`.
    std::optional<cursor<message_key>> from{};

    /// Bytes of text and metadata: the page ends with the message that reaches them.
    std::optional<std::size_t> size_max{};

    /// Leaves out messages with a greater `seq`, so that pages read one after another show the
    /// conversation as it was at one moment. Only with `filter.conversation`.
    std::optional<std::uint64_t> seq_max{};
};

/// Which conversations a list is about: those in which this bot and this client spoke with each
/// other. At least one is set.
struct conversation_filter {
    std::optional<bot_id> bot{};
    std::optional<client_id> client{};
    visible_bots visible{};  ///< What was said with other bots is not there.

    friend bool operator==(const conversation_filter&, const conversation_filter&) = default;
};

/// One page of conversations, ordered by id.
struct conversation_query {
    conversation_filter filter;
    std::size_t limit = page_size_max;  ///< 1 to `page_size_max`.
    std::optional<cursor<uuid>> from{};
};

/// One page of the registered bots, ordered by id.
struct bot_query {
    std::size_t limit = page_size_max;  ///< 1 to `page_size_max`.
    std::optional<cursor<uuid>> from{};
};

using message_page = page<message, message_key>;
using conversation_page = page<conversation, uuid>;
using bot_page = page<bot, uuid>;

/// The key of `message` in a list with this filter.
[[nodiscard]] inline message_key key_in(const message_filter& filter, const message& message)
{
    return {message.stamp.at(), filter.conversation ? message.seq : message.arrival};
}

/// Makes a page of messages from what a storage finds, and says when that is enough.
class message_page_builder {
public:
    /// `query` must outlive the builder.
    explicit message_page_builder(const message_query& query) : query_{query}, limit_{query.limit}
    {
    }

    /// Takes the next message in *reading* order, which is reversed for a backwards cursor. False
    /// if it is the last one to be taken.
    bool take(message found);

    /// To be called once, after the last message.
    [[nodiscard]] message_page page() &&;

private:
    const message_query& query_;
    std::size_t limit_;  ///< Of the query, or less: as many as its `size_max` lets in.
    std::size_t size_ = 0;
    std::vector<message> found_{};
};

/// Tells lists apart, so that a cursor of one is no cursor of another.
std::uint32_t scope_of(const message_filter& filter, sort_order order);
std::uint32_t scope_of(const conversation_filter& filter);
inline constexpr std::uint32_t scope_of_bots = 0xb0750000;

}  // namespace botcore
