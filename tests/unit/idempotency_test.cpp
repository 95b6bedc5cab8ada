#include "tests/unit/fakes.hpp"

#include <botcore/domain/idempotency.hpp>

#include <string>

using namespace botcore;

TEST_CASE("idempotency_key: has 1 to 255 printable ASCII characters")
{
    CHECK(idempotency_key::parse("a"));
    CHECK(idempotency_key::parse("8e03978e-40d5-43dd-bc93-6894a57f9324"));
    CHECK(idempotency_key::parse(std::string(255, '~')));
    CHECK(idempotency_key::parse(" "));

    CHECK_FALSE(idempotency_key::parse(""));
    CHECK_FALSE(idempotency_key::parse(std::string(256, '~')));
}

TEST_CASE("idempotency_key: every single byte is printable ASCII, or refused")
{
    for (int byte = 0; byte < 256; ++byte) {
        const std::string text(1, static_cast<char>(byte));
        const auto key = idempotency_key::parse("a" + text + "b");
        const bool printable = byte >= 0x20 && byte <= 0x7e;
        if (key.has_value() != printable)
            FAIL("wrong for byte " << byte);
        if (key && key->text() != "a" + text + "b")
            FAIL("changed byte " << byte);
    }
}

TEST_CASE("idempotency_key: a refusal has the code of invalid input")
{
    CHECK(idempotency_key::parse("\n").error().code == errc::invalid_argument);
}
