#pragma once

#include <botcore/domain/id.hpp>
#include <botcore/result.hpp>

#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace botcore {

/// Turns what a store found into an answer for each id: what is absent becomes `not_found`, and a
/// refusal of the whole is everyone's. `sentence` ends where the id follows.
template <class Item, class Tag>
std::vector<result<Item>> each_found(
    result<std::vector<std::optional<Item>>> found,
    std::span<const id<Tag>> ids,
    const std::string& sentence
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
            answers.push_back(refuse(errc::not_found, sentence + ids[at].text() + "."));
    }
    return answers;
}

}  // namespace botcore
