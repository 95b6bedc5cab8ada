#include "adapters/http/live/loop_followers.hpp"

#include "adapters/http/live/follower.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>

namespace botapi::http {

void loop_followers::add(const feed& followed, follower& one)
{
    followers_[&followed].push_back(&one);
}

void loop_followers::remove(const feed& followed, follower& one)
{
    const auto found = followers_.find(&followed);
    if (found == followers_.end())
        return;
    auto& here = found->second;
    const auto position = std::ranges::find(here, &one);
    if (position != here.end()) {
        *position = here.back();
        here.pop_back();
    }
    if (here.empty())
        followers_.erase(found);
}

void loop_followers::notify(std::shared_ptr<feed> grown)
{
    {
        const std::lock_guard lock{mutex_};
        news_.push_back(std::move(grown));
        if (news_.size() > 1)
            return;
    }
    boost::asio::post(loop_, [this] { wake(); });
}

void loop_followers::wake()
{
    std::vector<std::shared_ptr<feed>> news;
    {
        const std::lock_guard lock{mutex_};
        news.swap(news_);
    }
    for (const auto& grown : news) {
        const auto found = followers_.find(grown.get());
        if (found == followers_.end())
            continue;
        for (follower* const one : found->second)
            one->wake();
    }
}

}  // namespace botapi::http
