#pragma once

#include <botcore/domain/absence.hpp>
#include <botcore/domain/id.hpp>
#include <botcore/result.hpp>

#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace botcore {

/// Turns the result of a store into an answer for each id. An absent entity becomes `not_found`; a
/// refusal of the whole call becomes the answer for every id.
template <class Item, class Tag>
std::vector<result<Item>> each_found(
    result<std::vector<std::optional<Item>>> found,
    std::span<const id<Tag>> ids
)
{
    std::vector<result<Item>> answers;
    answers.reserve(ids.size());
    for (std::size_t at = 0; at < ids.size(); ++at) {
        if (!found)
            answers.push_back(found.error());
        else if (auto& item = (*found)[at])
            answers.push_back(std::move(*item));
        else
            answers.push_back(absent(ids[at]));
    }
    return answers;
}

}  // namespace botcore
