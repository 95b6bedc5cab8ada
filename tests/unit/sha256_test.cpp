#include <botcore/domain/hexadecimal.hpp>
#include <botcore/domain/sha256.hpp>

#include <catch2/catch.hpp>

#include <string>
#include <string_view>
#include <vector>

using namespace botcore;
using namespace std::string_literals;
using namespace std::string_view_literals;

namespace {

std::vector<std::uint8_t> bytes_of(std::string_view text)
{
    return {text.begin(), text.end()};
}

}  // namespace

TEST_CASE("sha256: the hash matches FIPS 180-4")
{
    CHECK(
        to_hexadecimal(sha256{}.finish()) ==
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    );
    CHECK(
        to_hexadecimal(sha256{}.add("abc"sv).finish()) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
    CHECK(
        to_hexadecimal(sha256{}
                           .add("abcdbcdecdefdefgefghfghighijhi"sv)
                           .add("jkijkljklmklmnlmnomnopnopq"sv)
                           .finish()) ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    );
}

TEST_CASE("sha256: bytes and text are hashed alike")
{
    const std::string text = "Olá\0\xff"s;

    CHECK(sha256{}.add(text).finish() == sha256{}.add(bytes_of(text)).finish());
}

TEST_CASE("hmac_sha256: the code matches RFC 4231")
{
    struct vector {
        std::string secret;
        std::string message;
        std::string_view expected;
    };
    std::string counted;
    for (char byte = 1; byte <= 25; ++byte)
        counted += byte;
    const auto& [secret, message, expected] = GENERATE_COPY(
        vector{
            std::string(20, '\x0b'),
            "Hi There",
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
        vector{
            "Jefe",
            "what do ya want for nothing?",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
        vector{
            std::string(20, '\xaa'),
            std::string(50, '\xdd'),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
        vector{
            counted,
            std::string(50, '\xcd'),
            "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
        vector{
            std::string(131, '\xaa'),
            "Test Using Larger Than Block-Size Key - Hash Key First",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
        vector{
            std::string(131, '\xaa'),
            "This is a test using a larger than block-size key and a larger than block-size data. "
            "The key needs to be hashed before being used by the HMAC algorithm.",
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"}
    );

    CHECK(to_hexadecimal(hmac_sha256(bytes_of(secret), message)) == expected);
}
