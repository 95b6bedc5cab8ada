#pragma once

#include <botcore/app/message_service.hpp>
#include <botcore/domain/draft.hpp>
#include <botcore/result.hpp>

#include <boost/json/value.hpp>

#include <string_view>

namespace botapi::http {

/// Reads a message from its JSON object. `text` is the text of `value`: metadata is kept as it is
/// written there.
///
/// Errors: `invalid_argument` with a fault for each faulty or unknown field; `same_participant`.
botcore::result<botcore::draft> read_message(
    const boost::json::value& value,
    std::string_view text,
    const botcore::message_service& messages
);

}  // namespace botapi::http
