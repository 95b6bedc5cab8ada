#pragma once

#include <botcore/domain/message.hpp>

#include <string>

namespace botapi::wire {

/// Appends a message as every client sees it: an object with the members of the API, in its order.
/// Line breaks stand in it only between the tokens of metadata.
void append_json(std::string& out, const botcore::message& message);

}  // namespace botapi::wire
