// Input: the text of a timestamp.
#include "tests/fuzz/fuzz.hpp"

#include <botcore/domain/timestamp.hpp>

#include <cstring>

namespace botapi::fuzz {

namespace {

using botcore::timestamp;

void require_whole(const timestamp& stamp)
{
    require(stamp.at() >= botcore::instant_min, "no instant is earlier than the first");
    require(
        timestamp::from_parts(stamp.at(), stamp.form()) == stamp,
        "a storage can keep every timestamp"
    );
    const auto again = timestamp::parse(stamp.text());
    require(again && *again == stamp, "no two timestamps have one text");
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
        require_whole(*made);
    require_whole(timestamp::from_clock(at));
}

}  // namespace

void try_input(std::string_view input)
{
    try_parts(input);
    const auto read = timestamp::parse(input);
    if (!read) {
        require(!read.error().detail.empty(), "a refusal says why");
        return;
    }
    require(read->text() == input, "a timestamp comes back byte for byte");
    require_whole(*read);
}

}  // namespace botapi::fuzz
