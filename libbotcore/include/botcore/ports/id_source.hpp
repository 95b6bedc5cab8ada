#pragma once

#include <botcore/domain/uuid.hpp>

namespace botcore {

/// Makes unique ids.
///
/// Thread safety: any number of threads may call at once.
class id_source {
public:
    virtual ~id_source() = default;

    /// A version 7 UUID with `shard` in it. The ids of one source increase, even if its clock is
    /// set back.
    virtual uuid next(shard_number shard) = 0;
};

}  // namespace botcore
