#pragma once

#include "adapters/http/api/parameters.hpp"
#include "adapters/http/codec/json_text.hpp"
#include "adapters/http/protocol/entity_tag.hpp"
#include "adapters/http/protocol/message.hpp"
#include "adapters/http/protocol/negotiation.hpp"
#include "adapters/http/protocol/problem.hpp"

#include <botcore/domain/page.hpp>

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace botapi::http {

/// An answer whose body is `body`, which is JSON.
response json_answer(unsigned status, std::string body);

/// Forbids caches to store an answer that contains a secret, or is about its holder.
response unkept(response made);

/// The answers to requests that can't be carried out.
response refused(const request& request, const problem& problem);
response refused(const request& request, const botcore::error& why);

/// A refusal whose faults are in parameters, not in a body. The parameters have the fields' names.
problem about_parameters(const botcore::error& why);

/// Why a GET for JSON can't be answered: `fault`, if there is one, or the `Accept` header. Nothing
/// if it can.
std::optional<problem> check_get(const request& request, std::optional<problem> fault);

/// Why a request with a JSON body can't be answered: it has parameters, which none of these routes
/// takes, or a wrong `Content-Type` or `Accept` header. `types` are the allowed types of the body.
std::optional<problem> check_json_exchange(
    const request& request,
    std::initializer_list<std::string_view> types
);

/// The problem of a request whose `Accept` excludes every offered type.
problem not_acceptable(std::string_view offered);

/// Returns `made`, or 304 with the same headers if the client already has what its `ETag` names.
response unless_known(const request& request, response made);

/// A page as a JSON array, with its links and entity tag. `mixes_people` as in the answer.
template <class Item, class Key>
response page_answer(
    const request& request,
    const botcore::page<Item, Key>& page,
    std::uint32_t scope,
    bool mixes_people = false
)
{
    const auto text_of = [&](const std::optional<botcore::cursor<Key>>& cursor) {
        return cursor ? std::optional{botcore::to_text(*cursor, scope)} : std::nullopt;
    };
    response made = json_answer(200, array_to_json(page.items));
    made.mixes_people = mixes_people;
    made.headers.emplace_back("ETag", tag_of_content(made.body));
    auto links = page_links(request, text_of(page.next), text_of(page.previous));
    if (!links.empty())
        made.headers.emplace_back("Link", std::move(links));
    return unless_known(request, std::move(made));
}

}  // namespace botapi::http
