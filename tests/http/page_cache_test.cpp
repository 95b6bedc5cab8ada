#include "adapters/http/api/page_cache.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

using namespace botapi::http;

namespace {

struct counted {
    std::atomic<int> hits{0};
    std::atomic<int> misses{0};
    std::atomic<int> evictions{0};
    std::atomic<std::ptrdiff_t> size{0};

    page_cache_observer observer()
    {
        return {
            .hit = [this] { ++hits; },
            .missed = [this] { ++misses; },
            .evicted = [this] { ++evictions; },
            .size_changed = [this](std::ptrdiff_t by) { size += by; },
        };
    }
};

std::shared_ptr<const rendered_page> page_of(std::string body)
{
    return std::make_shared<const rendered_page>(rendered_page{std::move(body), "<next>"});
}

constexpr std::size_t mib = 1'048'576;

}  // namespace

TEST_CASE("page_cache: a page is found at its version, and at no other")
{
    counted seen;
    page_cache cache{mib, seen.observer()};

    CHECK(cache.find("a", {3}) == nullptr);
    const auto page = page_of("[]");
    cache.keep("a", {3}, page);

    CHECK(cache.find("a", {3}) == page);
    CHECK(cache.find("a", {2}) == nullptr);
    CHECK(cache.find("a", {4}) == nullptr);
    CHECK(cache.find("b", {3}) == nullptr);
    CHECK(seen.hits == 1);
    CHECK(seen.misses == 4);
}

TEST_CASE("page_cache: a newer page replaces an older one, and never the other way")
{
    counted seen;
    page_cache cache{mib, seen.observer()};
    cache.keep("a", {3}, page_of("[3]"));
    const auto before = seen.size.load();

    cache.keep("a", {4}, page_of("[4]"));
    cache.keep("a", {2}, page_of("[2]"));

    REQUIRE(cache.find("a", {4}));
    CHECK(cache.find("a", {4})->body == "[4]");
    CHECK(cache.find("a", {2}) == nullptr);
    CHECK(seen.size == before);
    CHECK(seen.evictions == 0);
}

TEST_CASE("page_cache: a page of another history is not found, and makes room for one")
{
    counted seen;
    page_cache cache{mib, seen.observer()};
    const botcore::list_version before{.revision = 4, .history = 1};
    const botcore::list_version after{.revision = 3, .history = 2};
    const botcore::list_version again{.revision = 4, .history = 2};
    cache.keep("a", before, page_of("[before]"));

    CHECK(cache.find("a", again) == nullptr);
    cache.keep("a", after, page_of("[after]"));

    REQUIRE(cache.find("a", after));
    CHECK(cache.find("a", after)->body == "[after]");
    CHECK(cache.find("a", before) == nullptr);
}

TEST_CASE("page_cache: its memory is bounded, and the pages used last stay")
{
    counted seen;
    page_cache cache{mib, seen.observer()};
    cache.keep("kept", {1}, page_of(std::string(1'000, 'x')));

    for (int number = 0; number < 5'000; ++number) {
        cache.keep(std::to_string(number), {1}, page_of(std::string(1'000, 'x')));
        REQUIRE(cache.find("kept", {1}));
    }

    CHECK(seen.evictions > 4'000);
    CHECK(seen.size <= static_cast<std::ptrdiff_t>(mib));
    CHECK(seen.size > static_cast<std::ptrdiff_t>(mib / 2));
    CHECK(cache.find("4999", {1}));
    CHECK(cache.find("0", {1}) == nullptr);
}

TEST_CASE("page_cache: a page that is too large is not kept, and evicts nothing")
{
    counted seen;
    page_cache cache{mib, seen.observer()};
    cache.keep("a", {1}, page_of("[]"));

    cache.keep("b", {1}, page_of(std::string(mib / 16, 'x')));

    CHECK(cache.find("b", {1}) == nullptr);
    CHECK(cache.find("a", {1}));
    CHECK(seen.evictions == 0);
}

TEST_CASE("page_cache: a cache of size zero keeps nothing")
{
    counted seen;
    page_cache cache{0, seen.observer()};

    cache.keep("a", {1}, page_of("[]"));

    CHECK(cache.find("a", {1}) == nullptr);
    CHECK(seen.size == 0);
}

TEST_CASE("page_cache: many threads at once never get the page of another version")
{
    counted seen;
    page_cache cache{mib / 4, seen.observer()};
    std::atomic<int> wrong{0};

    const auto work = [&](unsigned seed) {
        for (unsigned step = 0; step < 20'000; ++step) {
            const auto number = (step * 7 + seed) % 97;
            const std::uint64_t version = 1 + (step + seed) / 500;
            const auto key = std::to_string(number);
            const auto wanted = key + '@' + std::to_string(version) + std::string(400, ' ');
            if (const auto page = cache.find(key, {version}))
                wrong += page->body == wanted ? 0 : 1;
            else
                cache.keep(key, {version}, page_of(wanted));
        }
    };
    {
        std::vector<std::jthread> threads;
        for (unsigned seed = 0; seed < 4; ++seed)
            threads.emplace_back(work, seed);
    }

    CHECK(wrong == 0);
    CHECK(seen.hits > 0);
    CHECK(seen.size <= static_cast<std::ptrdiff_t>(mib / 4));
}
