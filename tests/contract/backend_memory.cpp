#include "tests/contract/backend.hpp"

#include <botcore/memory/memory_storage.hpp>

namespace {

class memory_backend final : public backend {
public:
    botcore::storage& storage() noexcept override { return storage_; }

private:
    botcore::memory::memory_storage storage_;
};

}  // namespace

std::unique_ptr<backend> make_backend()
{
    return std::make_unique<memory_backend>();
}
