#pragma once

#include <botcore/domain/uuid.hpp>

namespace botcore {

/// Makes ids that nobody made before.
///
/// Thread safety: any number of threads may ask at once.
class id_source {
public:
    virtual ~id_source() = default;

    /// A version 7 UUID with `shard` in it. Those of one source grow, whatever the clock does.
    virtual uuid next(shard_number shard) = 0;
};

}  // namespace botcore
