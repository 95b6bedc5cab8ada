#include "tests/contract/backend.hpp"

#include <botcore/memory/memory_storage.hpp>

namespace {

class memory_backend final : public backend {
public:
    botcore::storage& storage() noexcept override { return storage_; }
    void advance(std::chrono::nanoseconds time) override { passed_ += time; }

private:
    std::chrono::nanoseconds passed_{};
    botcore::memory::memory_storage storage_{
        [this] { return std::chrono::steady_clock::now() + passed_; }};
};

}  // namespace

std::unique_ptr<backend> make_backend()
{
    return std::make_unique<memory_backend>();
}
