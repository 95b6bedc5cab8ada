#pragma once

#include <cstddef>
#include <functional>

namespace botapi::http {

/// The events of a page cache. Each function is called often and from several threads.
struct page_cache_observer {
    std::function<void()> hit;
    std::function<void()> missed;
    std::function<void()> evicted;
    std::function<void(std::ptrdiff_t change)> size_changed;  ///< In bytes.
};

}  // namespace botapi::http
