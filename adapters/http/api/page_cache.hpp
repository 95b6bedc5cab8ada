#pragma once

#include "adapters/http/metrics/page_cache_observer.hpp"

#include <botcore/ports/message_store.hpp>

#include <array>
#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace botapi::http {

/// An answer to a list, as it is sent.
struct rendered_page {
    std::string body;
    std::string links;     ///< The value of `Link`, empty if there is none.
    std::string cursor{};  ///< That of `Stream-Cursor`, likewise.
};

/// Pages of conversations in bounded memory. The one that was used least recently makes room.
///
/// A page is valid for one version of its list, for ever, because messages don't change and every
/// new message changes the version. After a restore the version has another history. The caller
/// reads the current version from the storage each time, and finds the page of exactly that
/// version, or none. So a page is never too old.
///
/// Thread safety: any number of threads may use it at once.
class page_cache {
public:
    /// `size_max` in bytes, bookkeeping included; nothing is kept if it is 0.
    page_cache(std::size_t size_max, page_cache_observer observer);

    page_cache(const page_cache&) = delete;
    page_cache& operator=(const page_cache&) = delete;
    ~page_cache() = default;

    /// The page, or nothing if the cache does not have it at this version. `key` identifies the
    /// request.
    std::shared_ptr<const rendered_page> find(
        std::string_view key,
        const botcore::list_version& version
    );

    /// As `find`, for a caller that does not need the page: this is no use of the cache, and counts
    /// as neither a hit nor a miss.
    std::shared_ptr<const rendered_page> peek(
        std::string_view key,
        const botcore::list_version& version
    );

    /// Keeps a page instead of an older one, or of one from another history, unless it fills more
    /// than a quarter of its part of the cache.
    void keep(
        std::string_view key,
        const botcore::list_version& version,
        std::shared_ptr<const rendered_page> page
    );

private:
    struct entry {
        std::string key;
        botcore::list_version version;
        std::shared_ptr<const rendered_page> page;

        [[nodiscard]] std::size_t size() const noexcept;
    };

    using entries = std::list<entry>;  // A list, whose elements never move.

    /// A part of the cache, so that threads seldom meet at one lock.
    struct part {
        /// The end of `by_use`, if the page is not there at this version. Needs the lock.
        entries::iterator find(std::string_view key, const botcore::list_version& version);

        std::mutex mutex;
        entries by_use;  ///< The page that was used last comes first.
        std::unordered_map<std::string_view, entries::iterator> by_key;
        std::size_t size = 0;
    };

    part& part_of(std::string_view key);
    void remove(part& from, entries::iterator which);

    std::array<part, 16> parts_;
    std::size_t part_size_max_;
    page_cache_observer observer_;
};

}  // namespace botapi::http
