#pragma once

#include <botcore/ports/storage.hpp>

#include <memory>

/// An empty storage of the kind under test, and what it needs to live.
class backend {
public:
    virtual ~backend() = default;

    virtual botcore::storage& storage() noexcept = 0;
};

/// Each contract executable links one definition.
std::unique_ptr<backend> make_backend();
