#pragma once

#include "adapters/http/protocol/message.hpp"

#include <string>

namespace botapi::http {

/// What a request is called in logs and answers: the client's `X-Request-Id`, if that has 1 to 128
/// letters, digits and `-._~:/+=@`, or else a random one.
std::string request_id(const request& asked);

}  // namespace botapi::http
