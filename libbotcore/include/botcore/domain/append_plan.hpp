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

/// What a storage has to know before it can decide on submissions.
struct append_facts {
    std::unordered_set<bot_id> registered{};             ///< Of all ends, those that are bots.
    std::unordered_map<message_id, message> existing{};  ///< Stored under an id of the entries.
    std::unordered_map<uuid, std::uint64_t> receipts{};  ///< Digests by key, of those stored.

    /// How many messages more may be stored on the accounts of the submissions.
    std::map<key_id, std::uint64_t> left{};
};

/// The rows that carry out submissions, and what each caller is to be told.
///
/// A plan is made from facts that must still hold when its rows are written: a storage reads the
/// facts and writes the rows in one transaction, or makes a new plan.
class append_plan {
public:
    /// One message to write.
    struct row {
        std::reference_wrapper<const botcore::entry> source;
        route way;
    };

    /// The numbers that the storage gave to a written row.
    struct row_numbers {
        std::uint64_t seq = 0;
        std::uint64_t arrival = 0;
    };

    /// Decides on each submission in turn, as if the ones before it were stored already. A refused
    /// one leaves no row. Linear in the number of entries. Keeps references to both arguments.
    ///
    /// Refusals: `unknown_bot`, `content_mismatch` (both with `item`, the entry's number),
    /// `key_reused`, `quota_exceeded`. What the sender may not know of is no retry of it.
    append_plan(std::span<const submission> submissions, const append_facts& facts);

    /// The messages to write, in order of arrival.
    [[nodiscard]] const std::vector<row>& rows() const noexcept { return rows_; }

    /// The receipts to write beside them.
    [[nodiscard]] const std::vector<receipt>& receipts() const noexcept { return receipts_; }

    /// The streams to which the rows are added, each once.
    [[nodiscard]] std::vector<stream_id> grown() const;

    /// How many of the rows each account has to pay for.
    [[nodiscard]] const std::map<key_id, std::uint64_t>& spent() const noexcept { return spent_; }

    /// Whether a submission is refused.
    [[nodiscard]] bool refuses_any() const noexcept;

    /// What each caller is told once the rows are durable. `numbers` has one for each row.
    [[nodiscard]] std::vector<result<std::vector<appended>>> answers(
        std::span<const row_numbers> numbers
    ) const;

private:
    struct known {
        std::variant<std::size_t, const message*> where;  ///< A row's number, or the stored one.
        bool replayed;
    };

    result<std::vector<known>> decide(const submission& asked, const append_facts& facts);
    result<known> decide(const entry& asked, const append_facts& facts, bool was_carried_out);
    /// Pays for rows. False if the account has not as many left.
    bool spend(key_id account, std::uint64_t row_count, const append_facts& facts);
    void take_back_to(std::size_t row_count);

    std::vector<row> rows_;
    std::vector<receipt> receipts_;
    std::vector<result<std::vector<known>>> verdicts_;
    std::unordered_map<message_id, std::size_t> row_by_id_;
    std::unordered_map<uuid, std::uint64_t> digest_by_key_;
    std::map<key_id, std::uint64_t> spent_;
};

}  // namespace botcore
