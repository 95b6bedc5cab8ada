#pragma once

#include "adapters/soci/messages/plan_growth.hpp"
#include "adapters/soci/rows/message_columns.hpp"

#include <botcore/domain/append_plan.hpp>
#include <botcore/domain/id.hpp>

#include <cstdint>
#include <string_view>

namespace botapi::sql {

/// Binds the values of a new message to `parameters`, in the order of `appended_columns`.
///
/// `Parameters` has `bind` for an id, a number and a text, and `bind_null`.
template <class Parameters>
void bind_message(Parameters& parameters, const botcore::append_plan::row& row)
{
    const botcore::entry& entry = row.source;
    const auto& conversation = entry.draft.conversation;
    const auto& content = entry.draft.content;
    parameters.bind(entry.id);
    parameters.bind(std::int64_t{botcore::shard_of(conversation)});
    parameters.bind(conversation);
    parameters.bind(nanoseconds_of(entry.stamp));
    parameters.bind(std::int64_t{entry.stamp.form()});
    parameters.bind(row.way.bot);
    parameters.bind(row.way.client);
    parameters.bind(number_of(row.way.way));
    parameters.bind(std::string_view{content.text});
    if (content.metadata) {
        parameters.bind(std::string_view{*content.metadata});
    } else {
        parameters.bind_null();
    }
}

}  // namespace botapi::sql
