#include <botcore/ports/stream_listeners.hpp>

#include <mutex>
#include <utility>

namespace botcore {

class stream_listeners::subscription final : public stream_subscription {
public:
    subscription(stream_listeners& all, stream_store::listener on_change) : all_{all}
    {
        const std::lock_guard lock{all_.mutex_};
        position_ = all_.all_.insert(all_.all_.end(), std::move(on_change));
    }
    ~subscription() override
    {
        const std::lock_guard lock{all_.mutex_};
        all_.all_.erase(position_);
    }

    subscription(const subscription&) = delete;
    subscription& operator=(const subscription&) = delete;

private:
    stream_listeners& all_;
    std::list<stream_store::listener>::iterator position_;
};

std::unique_ptr<stream_subscription> stream_listeners::add(stream_store::listener on_change)
{
    return std::make_unique<subscription>(*this, std::move(on_change));
}

void stream_listeners::notify(std::span<const stream_id> grown) const
{
    const std::shared_lock lock{mutex_};
    for (const auto& listener : all_)
        listener(grown);
}

}  // namespace botcore
