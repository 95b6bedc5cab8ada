#pragma once

#include <botcore/ports/message_store.hpp>

#include <cstdint>
#include <span>
#include <vector>

namespace simulation {

/// What becomes of the next append.
enum class fault : std::uint8_t {
    none,
    unavailable,   ///< Refused, and nothing is written.
    storage_full,  ///< Likewise.
    vanished,      ///< Nobody knows, and nothing was written.
    landed,        ///< Nobody knows, and all was written.
    delayed,       ///< Nobody knows, and all is written later: see `land_late`.
};

/// What a storage might do wrong, to see that it is noticed.
enum class flaw : std::uint8_t {
    none,
    forgets,         ///< Says yes, and writes nothing.
    writes_refused,  ///< Says no, and writes.
    doubles,         ///< Writes something of what was asked for twice, under another id.
};

/// A store of messages that fails when it is told to.
class faulty_messages final : public botcore::message_store {
public:
    /// Keeps a reference.
    explicit faulty_messages(botcore::message_store& sound, flaw flaw = flaw::none) noexcept
        : sound_{sound}, flaw_{flaw}
    {
    }

    void fail_next(fault what) noexcept { next_ = what; }

    /// Writes a batch that was `delayed`, as a database does to which a lost connection delivers it
    /// late: all of it, or nothing if something of it was written meanwhile. Returns whether it was
    /// written.
    bool land_late(std::span<const botcore::submission> submissions, botcore::deadline until);

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

    answers append_flawed(std::vector<botcore::submission> asked, botcore::deadline until);

    botcore::message_store& sound_;
    flaw flaw_;
    fault next_ = fault::none;
    bool is_flawed_next_ = false;
};

}  // namespace simulation
