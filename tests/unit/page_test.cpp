#include "tests/unit/fakes.hpp"

#include <botcore/domain/page.hpp>

#include <algorithm>
#include <numeric>
#include <vector>

using namespace botcore;

namespace {

using numbers = std::vector<int>;
using number_cursor = cursor<int>;

/// An item without a default, as those of the domain are.
struct item {
    explicit item(int value) noexcept : number{value} {}
    int number;
};

/// Reads from the cursor on, one item more than the limit, as a storage does.
page<item, int> read(
    const numbers& all,
    std::size_t limit,
    const std::optional<number_cursor>& from = std::nullopt
)
{
    std::vector<item> found;
    const auto take = [&](int number) {
        if (found.size() <= limit)
            found.emplace_back(number);
    };
    if (from && from->backwards) {
        for (auto item = all.rbegin(); item != all.rend(); ++item) {
            if (*item < from->key)
                take(*item);
        }
    } else {
        for (const int number : all) {
            if (!from || number > from->key)
                take(number);
        }
    }
    return make_page(std::move(found), limit, from, [](const item& one) { return one.number; });
}

numbers of(const page<item, int>& page)
{
    numbers found;
    for (const auto& one : page.items)
        found.push_back(one.number);
    return found;
}

const numbers five{1, 2, 3, 4, 5};

}  // namespace

TEST_CASE("make_page: a list that fits has no neighbours")
{
    const auto all = read(five, 5);

    CHECK(of(all) == five);
    CHECK_FALSE(all.next);
    CHECK_FALSE(all.previous);
}

TEST_CASE("make_page: an empty list is a page without neighbours")
{
    const auto none = read({}, 5);

    CHECK(none.items.empty());
    CHECK_FALSE(none.next);
    CHECK_FALSE(none.previous);
}

TEST_CASE("make_page: the first page names the next, and no other")
{
    const auto first = read(five, 2);

    CHECK(of(first) == numbers{1, 2});
    CHECK(first.next == number_cursor{2, false});
    CHECK_FALSE(first.previous);
}

TEST_CASE("make_page: a page in the middle names both neighbours")
{
    const auto middle = read(five, 2, number_cursor{2, false});

    CHECK(of(middle) == numbers{3, 4});
    CHECK(middle.next == number_cursor{4, false});
    CHECK(middle.previous == number_cursor{3, true});
}

TEST_CASE("make_page: the last page names the one before, and no other")
{
    const auto last = read(five, 2, number_cursor{4, false});

    CHECK(of(last) == numbers{5});
    CHECK_FALSE(last.next);
    CHECK(last.previous == number_cursor{5, true});
}

TEST_CASE("make_page: a page read backwards is in the order of the list")
{
    const auto middle = read(five, 2, number_cursor{5, true});
    const auto first = read(five, 2, number_cursor{3, true});

    CHECK(of(middle) == numbers{3, 4});
    CHECK(middle.next == number_cursor{4, false});
    CHECK(middle.previous == number_cursor{3, true});
    CHECK(of(first) == numbers{1, 2});
    CHECK(first.next == number_cursor{2, false});
    CHECK_FALSE(first.previous);
}

TEST_CASE("make_page: an empty page has no neighbours to name")
{
    CHECK_FALSE(read(five, 2, number_cursor{5, false}).previous);
    CHECK_FALSE(read(five, 2, number_cursor{1, true}).next);
}

TEST_CASE("make_page: following the cursors shows every item once, there and back")
{
    for (int size = 0; size <= 12; ++size) {
        numbers all(static_cast<std::size_t>(size));
        std::iota(all.begin(), all.end(), 1);
        for (std::size_t limit = 1; limit <= 5; ++limit) {
            auto here = read(all, limit);
            numbers there = of(here);
            while (here.next) {
                here = read(all, limit, here.next);
                CHECK_FALSE(here.items.empty());
                const auto more = of(here);
                there.insert(there.end(), more.begin(), more.end());
            }
            numbers back = of(here);
            while (here.previous) {
                here = read(all, limit, here.previous);
                const auto more = of(here);
                back.insert(back.begin(), more.begin(), more.end());
            }
            CHECK(there == all);
            CHECK(back == all);
        }
    }
}
