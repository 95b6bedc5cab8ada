#pragma once

#include <botcore/ports/message_store.hpp>

#include <cstdint>
#include <span>
#include <vector>

namespace simulation {

/// The outcome of the next append.
enum class fault : std::uint8_t {
    none,
    unavailable,   ///< Refused, and nothing is written.
    storage_full,  ///< Likewise.
    vanished,      ///< Nothing was written, and the outcome is reported as unknown.
    committed,     ///< All was written, and the outcome is reported as unknown.
    delayed,  ///< The outcome is reported as unknown, and all is written later: see `write_late`.
};

/// Errors of a storage that the simulation must detect.
enum class flaw : std::uint8_t {
    none,
    forgets,         ///< Says yes, and writes nothing.
    writes_refused,  ///< Says no, and writes.
    doubles,         ///< Writes a message of the request twice, under another id.
};

/// A store of messages that fails on command.
class faulty_messages final : public botcore::message_store {
public:
    /// Keeps a reference.
    explicit faulty_messages(botcore::message_store& sound, flaw flaw = flaw::none) noexcept
        : sound_{sound}, flaw_{flaw}
    {
    }

    void fail_next(fault what) noexcept { next_ = what; }

    /// Writes a `delayed` batch, like a database that receives it late from a lost connection.
    /// Writes all of it, or nothing if a part was written meanwhile. Returns whether it was
    /// written.
    bool write_late(std::span<const botcore::submission> submissions, botcore::deadline until);

    /// Whether the flaw would show in the next append.
    void be_flawed_next() noexcept { is_flawed_next_ = flaw_ != flaw::none; }

    std::vector<botcore::result<std::vector<botcore::appended>>> append(
        std::span<const botcore::submission> submissions,
        botcore::deadline until
    ) override;

    botcore::result<std::vector<std::optional<botcore::message>>> find(
        std::span<const botcore::message_id> ids,
        const botcore::read_terms& terms
    ) override
    {
        return sound_.find(ids, terms);
    }

    botcore::result<botcore::message_page> list(
        const botcore::message_query& query,
        const botcore::read_terms& terms
    ) override
    {
        return sound_.list(query, terms);
    }

    botcore::result<std::vector<botcore::list_version>> versions(
        std::span<const botcore::message_filter> filters,
        const botcore::read_terms& terms
    ) override
    {
        return sound_.versions(filters, terms);
    }

private:
    using answers = std::vector<botcore::result<std::vector<botcore::appended>>>;

    answers append_flawed(std::vector<botcore::submission> requests, botcore::deadline until);

    botcore::message_store& sound_;
    flaw flaw_;
    fault next_ = fault::none;
    bool is_flawed_next_ = false;
};

}  // namespace simulation
