#pragma once

#include <botcore/ports/storage.hpp>

#include <chrono>
#include <memory>

/// Owns an empty storage of the kind under test, and everything that it depends on.
class backend {
public:
    virtual ~backend() = default;

    virtual botcore::storage& storage() noexcept = 0;

    /// Lets time pass for what is due, and for leases.
    virtual void advance(std::chrono::nanoseconds time) = 0;
};

/// Each contract executable links one definition.
std::unique_ptr<backend> make_backend();
