#pragma once

#include "tests/support/printers.hpp"

#include <botcore/domain/draft.hpp>
#include <botcore/domain/message.hpp>
#include <botcore/ports/clock.hpp>
#include <botcore/ports/deadline.hpp>
#include <botcore/ports/id_source.hpp>
#include <botcore/ports/secret_source.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// How failed checks print what they compared.
namespace botcore {

inline std::ostream& operator<<(std::ostream& out, const uuid& id)
{
    return out << id.text();
}

template <class Tag>
std::ostream& operator<<(std::ostream& out, const id<Tag>& id)
{
    return out << id.text();
}

inline std::ostream& operator<<(std::ostream& out, const timestamp& stamp)
{
    return out << stamp.text();
}

inline std::ostream& operator<<(std::ostream& out, const fault& one)
{
    return out << one.pointer << ": " << one.detail;
}

inline std::ostream& operator<<(std::ostream& out, const message& one)
{
    return out << "message{" << one.id.text() << ", seq " << one.seq << ", arrival " << one.arrival
               << ", " << one.stamp.text() << ", \"" << one.content.text << "\"}";
}

}  // namespace botcore

namespace botcore::testing {

/// Later than any test waits.
inline const deadline soon = std::chrono::steady_clock::now() + std::chrono::hours{1};

/// A clock that moves on command.
class manual_clock final : public clock {
public:
    explicit manual_clock(instant start = {}) noexcept : now_{start} {}

    [[nodiscard]] instant now() const override { return now_; }
    [[nodiscard]] deadline steady_now() const override { return steady_now_; }
    void set(instant now) noexcept { now_ = now; }
    void set_steady(deadline now) noexcept { steady_now_ = now; }

private:
    instant now_;
    deadline steady_now_{};  ///< Before any deadline of a test.
};

/// The UUID that ends in `number`.
inline uuid uuid_of(std::uint64_t number)
{
    uuid::bytes_type bytes{};
    for (std::size_t at = 0; at < 8; ++at)
        bytes[15 - at] = static_cast<std::uint8_t>(number >> (8 * at));
    return uuid{bytes};
}

template <class Id>
Id id_of(std::uint64_t number)
{
    return Id{uuid_of(number)};
}

/// Counts: 1, 2, 3, and so on, with the shard where a real source puts it.
class sequence_ids final : public id_source {
public:
    uuid next(shard_number shard) override
    {
        ++count_;
        return make_uuid_v7(std::chrono::milliseconds{count_}, 0, 0, shard);
    }

    [[nodiscard]] int count() const noexcept { return count_; }

private:
    int count_ = 0;
};

/// Makes distinguishable secrets.
class counted_secrets final : public secret_source {
public:
    key_secret next() override
    {
        key_secret made{};
        made[0] = ++count_;
        return made;
    }

private:
    std::uint8_t count_ = 0;
};

/// `text` must be a timestamp.
inline timestamp stamp_of(std::string_view text)
{
    return *timestamp::parse(text);
}

/// `text` must be a key.
inline idempotency_key key_of(std::string_view text)
{
    return *idempotency_key::parse(text);
}

/// A small message with distinguishable parts.
struct sample {
    std::uint64_t id = 1;
    std::uint64_t conversation = 100;
    std::uint64_t from = 11;
    std::uint64_t to = 21;
    std::string text = "Oi!";
    std::string stamp = "2018-11-16T23:30:52.6917722Z";
    std::optional<std::string> metadata{};

    [[nodiscard]] botcore::draft draft() const
    {
        return {
            .id = id_of<message_id>(id),
            .conversation = id_of<conversation_id>(conversation),
            .stamp = stamp_of(stamp),
            .ends = {id_of<participant_id>(from), id_of<participant_id>(to)},
            .content = {.text = text, .metadata = metadata},
        };
    }

    [[nodiscard]] entry as_entry() const
    {
        return {.draft = draft(), .id = id_of<message_id>(id), .stamp = stamp_of(stamp)};
    }

    /// As stored. The one who wrote it is a bot.
    [[nodiscard]] message stored(std::uint64_t seq, std::uint64_t arrival) const
    {
        return {
            .id = id_of<message_id>(id),
            .conversation = id_of<conversation_id>(conversation),
            .stamp = stamp_of(stamp),
            .way = *route_between(draft().ends, true, false),
            .content = {.text = text, .metadata = metadata},
            .seq = seq,
            .arrival = arrival,
        };
    }
};

inline submission submission_of(
    const std::vector<sample>& samples,
    std::optional<receipt> receipt = std::nullopt
)
{
    submission made{.entries = {}, .receipt = receipt};
    for (const auto& one : samples)
        made.entries.push_back(one.as_entry());
    return made;
}

}  // namespace botcore::testing
