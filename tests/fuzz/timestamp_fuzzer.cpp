// Input: the text of a timestamp.
#include "tests/fuzz/fuzz.hpp"

#include <botcore/domain/timestamp.hpp>

#include <cstring>

namespace botapi::fuzz {

namespace {

using botcore::timestamp;

void require_promises(const timestamp& stamp)
{
    require(stamp.at() >= botcore::instant_min, "no instant is earlier than the first");
    require(
        timestamp::from_parts(stamp.at(), stamp.form()) == stamp,
        "a storage can hold every timestamp"
    );
    const auto again = timestamp::parse(stamp.text());
    require(again && *again == stamp, "a timestamp can be read from its text");
}

void try_parts(std::string_view input)
{
    std::int64_t count = 0;
    std::uint16_t form = 0;
    if (input.size() < sizeof count + sizeof form)
        return;
    std::memcpy(&count, input.data(), sizeof count);
    std::memcpy(&form, input.data() + sizeof count, sizeof form);
    const botcore::instant at{std::chrono::nanoseconds{count}};
    if (const auto made = timestamp::from_parts(at, form))
        require_promises(*made);
    require_promises(timestamp::from_clock(at));
}

}  // namespace

void try_input(std::string_view input)
{
    try_parts(input);
    const auto stamp = timestamp::parse(input);
    if (!stamp) {
        require(!stamp.error().detail.empty(), "a refusal says why");
        return;
    }
    require(stamp->text() == input, "a timestamp is written byte for byte as it was read");
    require_promises(*stamp);
}

}  // namespace botapi::fuzz
