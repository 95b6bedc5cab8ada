#pragma once

#include "adapters/http/protocol/wait_limit.hpp"

#include <botcore/ports/deadline.hpp>
#include <botcore/ports/freshness.hpp>
#include <botcore/result.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

namespace botapi::http {

/// An item of a read that waits in a coalescer, and how fresh its answer has to be.
template <class Item>
struct demanding {
    /// Takes the demand of `until`.
    demanding(Item wanted, const wait_limit& until) : item{std::move(wanted)}
    {
        const botcore::read_terms terms = until;
        freshness = terms.freshness;
        report = terms.report;
    }

    Item item;
    botcore::freshness freshness = botcore::freshness::latest();
    std::optional<botcore::read_report>* report =
        nullptr;  ///< Of the caller, which waits; or null.
};

/// The demand that includes both.
inline botcore::freshness stricter(
    const botcore::freshness& one,
    const botcore::freshness& other
) noexcept
{
    const auto first = one.position();
    const auto second = other.position();
    if (!first || !second)
        return first ? one : other;
    const auto order_of = [](const botcore::storage_position& position) {
        return std::tie(position.timeline, position.offset);
    };
    return order_of(*first) < order_of(*second) ? other : one;
}

/// Reads a batch by at most two calls of `read`: one for the items that demand the latest, and one
/// for the others, as fresh as the strictest of them demands. So the primary of a database with
/// copies serves only those that need it. `read` gets the items of a call and its terms, and
/// returns one answer for each.
template <class Answer, class Item, class Read>
std::vector<Answer> read_by_demand(
    std::span<demanding<Item>> batch,
    botcore::deadline until,
    Read read
)
{
    std::vector<std::optional<Answer>> found(batch.size());
    for (const bool is_latest : {true, false}) {
        std::vector<Item> items;
        std::vector<std::size_t> numbers;
        auto freshness = is_latest ? botcore::freshness::latest() : botcore::freshness::any();
        for (std::size_t number = 0; number < batch.size(); ++number) {
            auto& one = batch[number];
            if (one.freshness.is_latest() != is_latest)
                continue;
            items.push_back(std::move(one.item));
            numbers.push_back(number);
            if (!is_latest)
                freshness = stricter(freshness, one.freshness);
        }
        if (items.empty())
            continue;
        std::optional<botcore::read_report> report;
        auto answers = read(items, botcore::read_terms{until, freshness, &report});
        for (std::size_t at = 0; at < numbers.size(); ++at) {
            found[numbers[at]] = std::move(answers.at(at));
            if (auto* const wanted = batch[numbers[at]].report)
                *wanted = report;
        }
    }
    std::vector<Answer> all;
    all.reserve(found.size());
    for (auto& one : found)
        all.push_back(*std::move(one));
    return all;
}

}  // namespace botapi::http
