#pragma once

#include "adapters/soci/messages/plan_growth.hpp"
#include "adapters/soci/rows/message_columns.hpp"

#include <botcore/domain/append_plan.hpp>
#include <botcore/domain/id.hpp>

#include <cstdint>
#include <string_view>

namespace botapi::sql {

/// Gives the values of a new message to `parameters`, in the order of `appended_columns`.
///
/// `Parameters` has `give` for an id, a number and a text, and `give_null`.
template <class Parameters>
void bind_message(Parameters& parameters, const botcore::append_plan::row& row)
{
    const botcore::entry& entry = row.source;
    const auto& conversation = entry.draft.conversation;
    const auto& content = entry.draft.content;
    parameters.give(entry.id);
    parameters.give(std::int64_t{botcore::shard_of(conversation)});
    parameters.give(conversation);
    parameters.give(nanoseconds_of(entry.stamp));
    parameters.give(std::int64_t{entry.stamp.form()});
    parameters.give(row.way.bot);
    parameters.give(row.way.client);
    parameters.give(number_of(row.way.way));
    parameters.give(std::string_view{content.text});
    if (content.metadata) {
        parameters.give(std::string_view{*content.metadata});
    } else {
        parameters.give_null();
    }
}

}  // namespace botapi::sql
