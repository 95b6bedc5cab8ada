#pragma once

#include <botcore/domain/draft.hpp>
#include <botcore/domain/message.hpp>
#include <botcore/domain/stream.hpp>
#include <botcore/result.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <unordered_map>
#include <unordered_set>
#include <variant>
#include <vector>

namespace botcore {

/// The facts that a storage reads before it decides on submissions.
struct append_facts {
    std::unordered_set<bot_id> bots{};  ///< Senders and recipients that are bots.
    /// The stored messages with the ids of entries, and with the ids that the entries of a request
    /// got when it was carried out (`first_id_of`).
    std::unordered_map<message_id, message> existing{};
    std::unordered_map<uuid, receipt> receipts{};  ///< The stored receipts, by key.

    /// How many more messages each account of the submissions may store.
    std::map<key_id, std::uint64_t> quota_left{};
};

/// The rows to write for some submissions, and the answer to each caller.
///
/// The facts must still hold when the rows are written: a storage reads the facts and writes the
/// rows in one transaction, or makes a new plan.
class append_plan {
public:
    /// One message to write.
    struct row {
        std::reference_wrapper<const botcore::entry> source;
        route way;
    };

    /// The numbers that the storage assigned to a written row.
    struct row_numbers {
        std::uint64_t seq = 0;
        std::uint64_t arrival = 0;
    };

    /// Decides on each submission in order, as if the earlier ones were stored already. A refused
    /// submission has no rows. Linear in the number of entries. The plan keeps references to both
    /// arguments: they must outlive it.
    ///
    /// Refusals: `unknown_bot`, `content_mismatch` (both with `item`, the entry's index),
    /// `key_reused`, `quota_exceeded`. An entry never counts as a retry of a message that its
    /// sender may not see.
    append_plan(std::span<const submission> submissions, const append_facts& facts);

    /// The messages to write, in order of arrival.
    [[nodiscard]] const std::vector<row>& rows() const noexcept { return rows_; }

    /// The receipts to write beside them.
    [[nodiscard]] const std::vector<receipt>& receipts() const noexcept { return receipts_; }

    /// The streams that the rows extend, each once.
    [[nodiscard]] std::vector<stream_id> grown_streams() const;

    /// How many of the rows count against each account's quota.
    [[nodiscard]] const std::map<key_id, std::uint64_t>& spent() const noexcept { return spent_; }

    /// Whether a submission is refused.
    [[nodiscard]] bool refuses_any() const noexcept;

    /// The answer to each caller once the rows are durable. `numbers` has one element for each row.
    [[nodiscard]] std::vector<result<std::vector<appended>>> answers(
        std::span<const row_numbers> numbers
    ) const;

private:
    /// The answer to one entry.
    struct decision {
        /// The index of a row, or a stored message.
        std::variant<std::size_t, const botcore::message*> message;
        bool replayed;
    };

    result<std::vector<decision>> decide(const submission& submission, const append_facts& facts);
    /// `id` is the id that the message has, or had when its request was carried out.
    result<decision> decide(
        const entry& entry,
        message_id id,
        const append_facts& facts,
        bool was_carried_out
    );
    /// Charges rows to the quota of an account. False if too little of the quota is left.
    bool spend(key_id account, std::uint64_t row_count, const append_facts& facts);
    void roll_back_to(std::size_t row_count);

    std::vector<row> rows_;
    std::vector<receipt> receipts_;
    std::vector<result<std::vector<decision>>> decisions_;
    std::unordered_map<message_id, std::size_t> row_by_id_;
    std::unordered_map<uuid, receipt> receipt_by_key_;
    std::map<key_id, std::uint64_t> spent_;
};

}  // namespace botcore
