#include <botcore/ports/stream_listeners.hpp>

#include <mutex>
#include <utility>

namespace botcore {

class stream_listeners::one_of final : public stream_subscription {
public:
    one_of(stream_listeners& all, stream_store::listener told) : all_{all}
    {
        const std::lock_guard lock{all_.mutex_};
        place_ = all_.all_.insert(all_.all_.end(), std::move(told));
    }
    ~one_of() override
    {
        const std::lock_guard lock{all_.mutex_};
        all_.all_.erase(place_);
    }

    one_of(const one_of&) = delete;
    one_of& operator=(const one_of&) = delete;

private:
    stream_listeners& all_;
    std::list<stream_store::listener>::iterator place_;
};

std::unique_ptr<stream_subscription> stream_listeners::add(stream_store::listener told)
{
    return std::make_unique<one_of>(*this, std::move(told));
}

void stream_listeners::tell(std::span<const stream_id> grown) const
{
    const std::shared_lock lock{mutex_};
    for (const auto& told : all_)
        told(grown);
}

}  // namespace botcore
