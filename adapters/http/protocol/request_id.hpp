#pragma once

#include "adapters/http/protocol/message.hpp"

#include <string>

namespace botapi::http {

/// The id of a request in logs and answers: the client's `X-Request-Id`, if that is 1 to 128
/// letters, digits and `-._~:/+=@`, or else a random one.
std::string request_id(const request& request);

}  // namespace botapi::http
