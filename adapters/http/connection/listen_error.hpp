#pragma once

#include <stdexcept>

namespace botapi::http {

/// An address that can't be listened on. `what()` is one line for the operator.
struct listen_error : std::runtime_error {
    using std::runtime_error::runtime_error;
};

}  // namespace botapi::http
