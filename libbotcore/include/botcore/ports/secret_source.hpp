#pragma once

#include <botcore/domain/api_key.hpp>

namespace botcore {

/// Makes secrets that nobody can guess.
///
/// Thread safety: any number of threads may call at once.
class secret_source {
public:
    virtual ~secret_source() = default;

    virtual key_secret next() = 0;
};

}  // namespace botcore
