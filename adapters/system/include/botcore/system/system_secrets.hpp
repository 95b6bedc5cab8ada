#pragma once

#include <botcore/ports/secret_source.hpp>

namespace botcore::system {

/// Makes secrets from the kernel's random numbers, which nobody can predict.
///
/// Thread safety: any number of threads may call at once.
class system_secrets final : public secret_source {
public:
    /// Throws `std::system_error` if the kernel provides no random numbers.
    key_secret next() override;
};

}  // namespace botcore::system
