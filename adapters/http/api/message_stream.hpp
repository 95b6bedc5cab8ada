#pragma once

#include "adapters/http/bridge/background_task.hpp"
#include "adapters/http/bridge/gateway.hpp"
#include "adapters/http/protocol/message.hpp"
#include "adapters/wire/message_json.hpp"

#include <botcore/domain/message.hpp>
#include <botcore/domain/query.hpp>
#include <botcore/domain/stream_position.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace botapi::http {

/// The format of a list: one JSON array, or one JSON object for each line.
enum class list_format : std::uint8_t { json, ndjson };

/// The format of a list, and the optional members of its messages.
struct list_style {
    list_format format = list_format::json;
    wire::message_extras extras{};
};

/// The position behind the message that has this `seq`, in the stream of its conversation.
std::optional<botcore::stream_position> position_of(
    const std::vector<botcore::message>& items,
    std::optional<std::uint64_t> seq
);

/// Appends messages without the brackets of an array. `first` says whether the next message is the
/// list's first.
void append_items(
    std::string& out,
    const std::vector<botcore::message>& items,
    const list_style& style,
    bool& first
);

/// All messages of a list, a few at a time, so that memory stays bounded.
class message_stream final : public chunk_source {
public:
    /// Each part may take as long as `patience`. `gateway` must outlive the stream.
    message_stream(
        gateway& gateway,
        botcore::message_query query,
        const list_style& style,
        std::chrono::nanoseconds patience
    )
        : gateway_{gateway}, query_{std::move(query)}, style_{style}, patience_{patience}
    {
    }

    /// The first part. A refusal here can still be answered with a status. Later parts are as fresh
    /// as this one.
    boost::asio::awaitable<botcore::result<std::string>> begin(wait_limit until);

    /// Whether the list is complete.
    [[nodiscard]] bool is_done() const noexcept { return done_; }

    /// The position behind the message with the query's `seq_max`, if it was in the first part.
    [[nodiscard]] const std::optional<botcore::stream_position>& newest() const noexcept
    {
        return newest_;
    }

    /// Throws `std::runtime_error` if the storage refuses the next page.
    boost::asio::awaitable<std::optional<body_part>> next() override;

private:
    /// Messages and bytes of the first part: enough for most conversations, few enough to begin
    /// immediately, and to hold for many clients that do not read it.
    static constexpr std::size_t first_count = 128;
    static constexpr std::size_t first_size = 65'536;

    static constexpr std::size_t chunk_size = 262'144;  ///< Approximate bytes of a later part.
    static constexpr std::size_t frame_size = 256;      ///< Approximate bytes around a content.

    using answer = botcore::result<botcore::message_page>;

    static boost::asio::awaitable<answer> read(
        gateway& gateway,
        botcore::message_query query,
        std::chrono::nanoseconds patience,
        botcore::freshness freshness
    );
    boost::asio::awaitable<void> start_next();
    void go_on_after(const botcore::message_page& page);
    void render(std::string& text, const botcore::message_page& page);

    gateway& gateway_;
    botcore::message_query query_;
    list_style style_;
    std::chrono::nanoseconds patience_;
    botcore::freshness freshness_ = botcore::freshness::latest();  ///< Of later parts.
    /// The next page, which is read while the previous part is written.
    std::optional<background_task<answer>> next_{};
    std::optional<botcore::stream_position> newest_{};
    bool first_ = true;
    bool done_ = false;
};

}  // namespace botapi::http
