#pragma once

#include <botcore/ports/secret_source.hpp>

namespace botcore::system {

/// Makes secrets of the kernel's random numbers, which nobody can foretell.
///
/// Thread safety: any number of threads may ask at once.
class system_secrets final : public secret_source {
public:
    /// Throws `std::system_error` if the kernel has no random numbers to give.
    key_secret next() override;
};

}  // namespace botcore::system
