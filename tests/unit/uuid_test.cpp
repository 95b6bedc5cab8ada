#include "tests/unit/fakes.hpp"

#include <botcore/domain/uuid.hpp>

#include <algorithm>
#include <unordered_set>

using namespace botcore;
using namespace botcore::testing;

namespace {

constexpr uuid::bytes_type counted{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

}  // namespace

TEST_CASE("uuid: the text is the bytes in order, in lower case")
{
    CHECK(uuid{counted}.text() == "00010203-0405-0607-0809-0a0b0c0d0e0f");
    CHECK(uuid{}.text() == "00000000-0000-0000-0000-000000000000");
}

TEST_CASE("uuid: a printed UUID is parsed back")
{
    CHECK(uuid::parse(uuid{counted}.text()) == uuid{counted});
    CHECK(uuid::parse(uuid{}.text()) == uuid{});
    CHECK(uuid::parse("36b9f842-ee97-11e8-9443-0242ac120002")->bytes()[0] == 0x36);
}

TEST_CASE("uuid: upper and mixed case are the same id")
{
    const auto lower = uuid::parse("abcdefab-cdef-abcd-efab-cdefabcdef01");

    REQUIRE(lower);
    CHECK(uuid::parse("ABCDEFAB-CDEF-ABCD-EFAB-CDEFABCDEF01") == lower);
    CHECK(uuid::parse("AbCdEfaB-cDeF-aBcD-EfAb-cdefABCDEF01") == lower);
}

TEST_CASE("uuid: no other spelling is accepted")
{
    const std::string_view text = GENERATE(
        "",
        "36b9f842",
        "36b9f842ee9711e894430242ac120002",
        "{36b9f842-ee97-11e8-9443-0242ac120002}",
        "urn:uuid:36b9f842-ee97-11e8-9443-0242ac120002",
        "36b9f842-ee97-11e8-9443-0242ac12000",
        "36b9f842-ee97-11e8-9443-0242ac1200022",
        " 36b9f842-ee97-11e8-9443-0242ac12000",
        "36b9f842-ee97-11e8-9443-0242ac12000 ",
        "36b9f842-ee97-11e8-9443-0242ac12000g",
        "36b9f842-ee97-11e8-9443-0242ac12000G",
        "36b9f842-ee97-11e8-9443-0242ac12000:",
        "36b9f842-ee97-11e8-9443-0242ac12000@",
        "36b9f842-ee97-11e8-9443-0242ac12000`",
        "36b9f842-ee97-11e8-9443-0242ac12000/",
        "36b9f842+ee97-11e8-9443-0242ac120002",
        "36b9f842-ee97_11e8-9443-0242ac120002",
        "36b9f84-2ee97-11e8-9443-0242ac120002",
        "36b9f842-ee97-11e8-94430-242ac120002",
        "----------------------------------36",
        "36b9f842-ee97-11e8-9443-0242ac1200\xc3\xa9"
    );

    CHECK_FALSE(uuid::parse(text));
}

TEST_CASE("uuid: a byte that is not a digit is refused at every index")
{
    const std::string good = "36b9f842-ee97-11e8-9443-0242ac120002";
    for (std::size_t at = 0; at < good.size(); ++at) {
        for (const char wrong : {'\0', ' ', 'g', 'x', '\xff'}) {
            std::string bad = good;
            bad[at] = wrong;
            CHECK_FALSE(uuid::parse(bad));
        }
    }
}

TEST_CASE("uuid: ids sort like their texts")
{
    const auto low = *uuid::parse("00000000-0000-0000-0000-0000000000ff");
    const auto high = *uuid::parse("80000000-0000-0000-0000-000000000000");

    CHECK(low < high);
    CHECK(low.text() < high.text());
}

TEST_CASE("uuid: the version is the first half of the seventh byte")
{
    CHECK(uuid::parse("36b9f842-ee97-11e8-9443-0242ac120002")->version() == 1);
    CHECK(uuid::parse("7665ada8-3448-4acd-a1b7-d688e68fe9a1")->version() == 4);
    CHECK(uuid{}.version() == 0);
    CHECK(uuid::parse("ffffffff-ffff-ffff-ffff-ffffffffffff")->version() == 15);
}

TEST_CASE("uuid: a version 7 id has the documented layout of time, sequence, random bits and shard")
{
    using std::chrono::milliseconds;
    const milliseconds time{0x0123456789ab};

    const auto empty = make_uuid_v7(time, 0, 0, 0);
    const auto full = make_uuid_v7(time, 0xffff, ~std::uint64_t{0}, 0xffff);

    CHECK(empty.text() == "01234567-89ab-7000-8000-000000000000");
    CHECK(full.text() == "01234567-89ab-7fff-bfff-ffffffffffff");
    CHECK(make_uuid_v7(time, 0x0abc, 0, 0x1234).text() == "01234567-89ab-7abc-8000-000000001234");
    CHECK(make_uuid_v7(milliseconds{0x7fff0123456789ab}, 0, 0, 0) == empty);
}

TEST_CASE("uuid: each random bit of a version 7 id has a place of its own")
{
    CHECK(make_uuid_v7({}, 0, 0x060504030201, 0).text() == "00000000-0000-7000-8102-030405060000");

    std::unordered_set<uuid> ids;
    for (unsigned bit = 0; bit < 64; ++bit)
        ids.insert(make_uuid_v7({}, 0, std::uint64_t{1} << bit, 0));
    // 48 bits are used, and the variant replaces two of them. All other numbers make the id of 0.
    CHECK(ids.size() == 48 - 2 + 1);
}

TEST_CASE("uuid: a version 7 id of RFC 9562 appendix A.6 has the same time and version")
{
    const auto example = *uuid::parse("017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
    const auto made = make_uuid_v7(std::chrono::milliseconds{0x017f22e279b0}, 0xcc3, 0, 0);

    CHECK(made.text().substr(0, 18) == example.text().substr(0, 18));
}

TEST_CASE("uuid: version 7 ids sort by time, then by sequence")
{
    using std::chrono::milliseconds;
    const auto most = ~std::uint64_t{0};

    CHECK(
        make_uuid_v7(milliseconds{1}, 0xfff, most, 0xffff) < make_uuid_v7(milliseconds{2}, 0, 0, 0)
    );
    CHECK(make_uuid_v7(milliseconds{1}, 1, most, 0xffff) < make_uuid_v7(milliseconds{1}, 2, 0, 0));
}

TEST_CASE("uuid: a version 8 id is the hash except version, variant and shard")
{
    const auto made = make_uuid_v8(counted, 0xabcd);
    uuid::bytes_type full{};
    full.fill(0xff);

    CHECK(made.text() == "00010203-0405-8607-8809-0a0b0c0dabcd");
    CHECK(make_uuid_v8(full, 0).text() == "ffffffff-ffff-8fff-bfff-ffffffff0000");
    CHECK(made.version() == 8);
}

TEST_CASE("uuid: the shard of an id is read back")
{
    for (const std::uint32_t shard : {0x0U, 0x1U, 0xffU, 0x100U, 0x8000U, 0xabcdU, 0xffffU}) {
        const auto number = static_cast<shard_number>(shard);
        CHECK(shard_hint(make_uuid_v7({}, 0, ~std::uint64_t{0}, number)) == number);
        CHECK(shard_hint(make_uuid_v8(counted, number)) == number);
    }
}

TEST_CASE("uuid: sequential ids have different hashes")
{
    std::unordered_set<std::size_t> hashes;
    for (std::uint64_t number = 0; number < 10'000; ++number)
        hashes.insert(std::hash<uuid>{}(uuid_of(number)));

    CHECK(hashes.size() == 10'000);
}
