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

/// Selects the messages of a list: a message must match every member that is set. At least one of
/// the first three is set.
struct message_filter {
    std::optional<conversation_id> conversation{};
    std::optional<bot_id> bot{};        ///< As `route::bot`.
    std::optional<client_id> client{};  ///< As `route::client`.
    std::optional<instant> since{};     ///< This instant or later.
    std::optional<instant> until{};     ///< Before this instant.
    std::optional<participant_id> from{};
    std::optional<participant_id> to{};
    std::optional<direction> way{};
    visible_bots visible{};  ///< Messages of other bots are left out.

    friend bool operator==(const message_filter&, const message_filter&) = default;
};

/// Whether a filter names a bot that the caller may not see. Then the list is empty.
template <class Filter>
[[nodiscard]] bool asks_for_hidden(const Filter& filter) noexcept
{
    return filter.bot && !filter.visible.contains(*filter.bot);
}

/// Whether a list with this filter may have to read many messages that it leaves out. A list
/// follows the order of one conversation, bot or client. Every other condition skips messages.
[[nodiscard]] inline bool may_scan(const message_filter& filter) noexcept
{
    const auto orders = (filter.conversation ? 1 : 0) + (filter.bot ? 1 : 0) +
                        (filter.client ? 1 : 0);
    return orders > 1 || filter.from || filter.to || filter.way;
}

/// One page of a list of messages, ordered by instant, then by `message_key::order`.
struct message_query {
    message_filter filter;
    sort_order order = sort_order::ascending;
    std::size_t limit = page_size_max;  ///< 1 to `page_size_max`.
    std::optional<cursor<message_key>> from{};

    /// Bytes of text and metadata in one page. The page ends with the message that reaches this
    /// size.
    std::optional<std::size_t> size_max{};

    /// Messages with a greater `seq` are left out. So all pages of a list show the conversation as
    /// it was at one moment. Precondition: `filter.conversation` is set.
    std::optional<std::uint64_t> seq_max{};
};

/// Selects the conversations of a list: those in which this bot and this client exchanged messages.
/// At least one of the two is set.
struct conversation_filter {
    std::optional<bot_id> bot{};
    std::optional<client_id> client{};
    visible_bots visible{};  ///< Messages with other bots are left out.

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

/// Makes a page from the messages that a storage finds, and says when the page is full.
class message_page_builder {
public:
    /// `query` must outlive the builder.
    explicit message_page_builder(const message_query& query) : query_{query}, limit_{query.limit}
    {
    }

    /// Adds the next message in *reading* order, which is reversed for a backwards cursor. False if
    /// the builder needs no more messages.
    bool take(message found);

    /// Call it once, after the last message.
    [[nodiscard]] message_page page() &&;

private:
    const message_query& query_;
    std::size_t limit_;  ///< The query's limit, or less once `size_max` is reached.
    std::size_t size_ = 0;
    std::vector<message> found_{};
};

/// Identifies the list in its cursors, so that a cursor of another list is refused.
std::uint32_t scope_of(const message_filter& filter, sort_order order);
std::uint32_t scope_of(const conversation_filter& filter);
inline constexpr std::uint32_t scope_of_bots = 0xb0750000;

}  // namespace botcore
