#include "tests/unit/fakes.hpp"

#include <botcore/domain/hexadecimal.hpp>
#include <botcore/domain/idempotency.hpp>

#include <string>
#include <utility>

using namespace botcore;
using namespace botcore::testing;
using namespace std::string_view_literals;

// The expected values are those of an independent SHA-256, over the bytes that the parts stand for:
// a text is its size in 8 bytes and itself, a number is 8 bytes, a UUID its 16, all big-endian.

namespace {

std::string hex(content_hash& hash)
{
    return to_hexadecimal(hash.finish());
}

}  // namespace

TEST_CASE("content_hash: the hash without parts is the SHA-256 of no bytes")
{
    content_hash hash;

    CHECK(hex(hash) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST_CASE("content_hash: each kind of part is hashed with SHA-256")
{
    const auto counted = *uuid::parse("00010203-0405-0607-0809-0a0b0c0d0e0f");

    CHECK(
        hex(content_hash{}.add(""sv)) ==
        "af5570f5a1810b7af78caf4bc70a660f0df51e42baf91d4de5b2328de0e83dfc"
    );
    CHECK(
        hex(content_hash{}.add("abc"sv)) ==
        "c3494ca1a2cf8eeb8a11ded316fb55b83c3bbbedb6313cd50415251e5d09e12f"
    );
    CHECK(
        hex(content_hash{}.add(0x0123456789abcdefU)) ==
        "55c53f5d490297900cefa825d0c8e8e9532ee8a118abe7d8570762cd38be9818"
    );
    CHECK(
        hex(content_hash{}.add(counted)) ==
        "be45cb2605bf36bebde684841a28f0fd43c69850a3dce5fedba69928ee3a8991"
    );
}

TEST_CASE("content_hash: parts are hashed one after another")
{
    const auto talk = *uuid::parse("7665ada8-3448-4acd-a1b7-d688e68fe9a1");

    content_hash hash;
    hash.add("messages"sv).add(talk).add(7U).add("Olá\0!"sv);

    CHECK(hex(hash) == "0729309648e03bbe581e12a2140c823e830c1fc03ee9f3882c5a7d09e04eada6");
}

TEST_CASE("content_hash: the hash is right around block boundaries")
{
    const auto& [size, expected] = GENERATE(
        std::pair{
            std::size_t{39},
            "70a98c956798383c35f94e8387a1e1cd7335ac6eebb6ce3a29ccca4859a6a6ea"sv},
        std::pair{
            std::size_t{40},
            "5c1abfad1817255d9b5be0802b68f3229335fb4aee111011a8b7a81305e1a721"sv},
        std::pair{
            std::size_t{46},
            "cbec69e138d41c9a3631f89faed0ce78e2719a717856124f5b472b1d546af015"sv},
        std::pair{
            std::size_t{47},
            "4970808a39517f62a7b687ada1ee99b9c33c88e0b0a403e8d84f31687fe49043"sv},
        std::pair{
            std::size_t{48},
            "01f5f961863cb06c362c23820237263455808bd472313caf44f30fe53479512f"sv},
        std::pair{
            std::size_t{49},
            "3ddaa19e171231aff1a538ac661324586be5536dbb2c2f147b53ddccb1bdbbba"sv},
        std::pair{
            std::size_t{55},
            "ca25fa2a5cf07eccbb2234ee7ddc83c3c733380662f25042e5e4a8ee2a6a379a"sv},
        std::pair{
            std::size_t{56},
            "7c28b52fd0bf7c450a954ef6126db6adc394d8d5119e6fba81830bece4dbfce5"sv},
        std::pair{
            std::size_t{63},
            "55ca0e25e70d3067da15e230d228e1f7f3e0fb18f8bb4811b43952887b6d8286"sv},
        std::pair{
            std::size_t{64},
            "ebadf2b19c3572f92af1912fa36a3455cc406e3a6cb4004b08490eb34bb275d1"sv},
        std::pair{
            std::size_t{111},
            "d052b1b16e229b115c816c0393efd7c8a8f48b24d7e1111d1e5c1d70c6aee314"sv},
        std::pair{
            std::size_t{112},
            "ada1b58e907f18b5d27f5fac2f1251585b027d05fd8e5325ce2c459fce0e3878"sv},
        std::pair{
            std::size_t{119},
            "d023acbcfb996c587d557cf4cd33071e77793a0fa2e79a80180c33cb4a1a8faf"sv},
        std::pair{
            std::size_t{120},
            "b9c22ce1bab670c49a9107399b3606d699695e64b49a67118a91873fca83c5f7"sv}
    );

    CHECK(hex(content_hash{}.add(std::string(size, 'a'))) == expected);
}

TEST_CASE("content_hash: the hash is right over many blocks")
{
    CHECK(
        hex(content_hash{}.add(std::string(1'000'000, 'a'))) ==
        "568bd6b0d11afeab4ef9956ba4d0edb0b606f9bd046a65267a76392edccc800c"
    );
}

TEST_CASE("content_hash: the same bytes in different parts have a different hash")
{
    CHECK(
        content_hash{}.add("ab"sv).add("c"sv).finish() !=
        content_hash{}.add("a"sv).add("bc"sv).finish()
    );
    CHECK(content_hash{}.add("a"sv).finish() != content_hash{}.add("a"sv).add(""sv).finish());
    CHECK(content_hash{}.add(1U).finish() != content_hash{}.add(2U).finish());
}
