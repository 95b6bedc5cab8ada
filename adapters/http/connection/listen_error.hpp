#pragma once

#include <stdexcept>

namespace botapi::http {

/// The server can't listen on an address. `what()` is one line for the operator.
struct listen_error : std::runtime_error {
    using std::runtime_error::runtime_error;
};

}  // namespace botapi::http
