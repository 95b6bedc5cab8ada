#include "adapters/http/api/page_cache.hpp"

#include <iterator>
#include <utility>

namespace botapi::http {

namespace {

/// The approximate size of a list node, a map node and the page's own fields.
constexpr std::size_t overhead = 256;

}  // namespace

std::size_t page_cache::entry::size() const noexcept
{
    return key.capacity() + page->body.capacity() + page->links.capacity() +
           page->cursor.capacity() + overhead;
}

page_cache::page_cache(std::size_t size_max, page_cache_observer observer)
    : part_size_max_{size_max / parts_.size()}, observer_{std::move(observer)}
{
}

std::shared_ptr<const rendered_page> page_cache::find(
    std::string_view key,
    const botcore::list_version& version
)
{
    std::shared_ptr<const rendered_page> page;
    {
        part& here = part_of(key);
        const std::lock_guard lock{here.mutex};
        if (const auto found = here.find(key, version); found != here.by_use.end()) {
            here.by_use.splice(here.by_use.begin(), here.by_use, found);
            page = found->page;
        }
    }
    (page ? observer_.hit : observer_.missed)();
    return page;
}

std::shared_ptr<const rendered_page> page_cache::peek(
    std::string_view key,
    const botcore::list_version& version
)
{
    part& here = part_of(key);
    const std::lock_guard lock{here.mutex};
    const auto found = here.find(key, version);
    return found != here.by_use.end() ? found->page : nullptr;
}

void page_cache::keep(
    std::string_view key,
    const botcore::list_version& version,
    std::shared_ptr<const rendered_page> page
)
{
    entry made{std::string{key}, version, std::move(page)};
    if (made.size() > part_size_max_ / 4)
        return;

    part& here = part_of(key);
    const std::lock_guard lock{here.mutex};
    if (const auto found = here.by_key.find(key); found != here.by_key.end()) {
        const auto& kept = found->second->version;
        if (kept.history == version.history && kept.revision >= version.revision)
            return;
        remove(here, found->second);
    }
    here.size += made.size();
    observer_.size_changed(static_cast<std::ptrdiff_t>(made.size()));
    here.by_use.push_front(std::move(made));
    here.by_key.emplace(here.by_use.front().key, here.by_use.begin());
    while (here.size > part_size_max_) {
        remove(here, std::prev(here.by_use.end()));
        observer_.evicted();
    }
}

page_cache::entries::iterator page_cache::part::find(
    std::string_view key,
    const botcore::list_version& version
)
{
    const auto found = by_key.find(key);
    const bool is_there = found != by_key.end() && found->second->version == version;
    return is_there ? found->second : by_use.end();
}

page_cache::part& page_cache::part_of(std::string_view key)
{
    return parts_.at(std::hash<std::string_view>{}(key) % parts_.size());
}

void page_cache::remove(part& from, entries::iterator which)
{
    const auto size = which->size();
    from.by_key.erase(which->key);
    from.by_use.erase(which);
    from.size -= size;
    observer_.size_changed(-static_cast<std::ptrdiff_t>(size));
}

}  // namespace botapi::http
