#pragma once

#include <botcore/domain/api_key.hpp>

#include <string>

namespace botapi::wire {

/// Appends the public part of a key: a JSON object with the members of the API, in the order of the
/// API.
void append_json(std::string& out, const botcore::api_key& key);

}  // namespace botapi::wire
