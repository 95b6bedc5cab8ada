#include "tests/support/printers.hpp"

#include <botcore/domain/hexadecimal.hpp>
#include <botcore/domain/sha256.hpp>
#include <botcore/domain/webhook.hpp>
#include <botcore/domain/webhook_write.hpp>

#include <catch2/catch.hpp>

#include <array>
#include <string>
#include <vector>

using namespace botcore;

namespace {

webhook_write write_of(std::string_view name)
{
    return {
        .bot = {},
        .name = *webhook_name::parse(name),
        .url = *web_address::parse("https://example.com/"),
        .events = *webhook_events::from_bits(1),
        .fresh = {
            .id = {},
            .secret = webhook_secret{std::vector<std::uint8_t>(32, 1)},
            .version = 7}};
}

}  // namespace

TEST_CASE("sha256: the hash matches FIPS 180-4, however the input is split", "[sha256]")
{
    const std::string text = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";

    CHECK(
        to_hexadecimal(sha256{}.add(text).finish()) ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    );
    CHECK(
        sha256{}.add(text.substr(0, 3)).add(text.substr(3)).finish() == sha256{}.add(text).finish()
    );
}

TEST_CASE("hmac_sha256: the test cases of RFC 4231 pass", "[sha256]")
{
    const std::vector<std::uint8_t> key(20, 0x0b);
    CHECK(
        to_hexadecimal(hmac_sha256(key, "Hi There")) ==
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
    );
    const std::vector<std::uint8_t> long_key(131, 0xaa);
    CHECK(
        to_hexadecimal(
            hmac_sha256(long_key, "Test Using Larger Than Block-Size Key - Hash Key First")
        ) == "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
    );
}

TEST_CASE("webhook_name: a name is short and fits into a path", "[webhook]")
{
    CHECK(webhook_name::parse("a")->text() == "a");
    CHECK(webhook_name::parse("crm-2"));
    CHECK(webhook_name::parse(std::string(64, 'a')));
    const auto text = GENERATE(
        std::string{},
        std::string(65, 'a'),
        std::string{"-a"},
        std::string{"a-"},
        std::string{"A"},
        std::string{"a b"},
        std::string{"a/b"},
        std::string{"caf\xc3\xa9"}
    );
    CAPTURE(text);
    CHECK(webhook_name::parse(text).error().code == errc::invalid_argument);
}

TEST_CASE("webhook_secret: a secret is read back from its text", "[webhook]")
{
    for (std::size_t size = webhook_secret::size_min; size <= webhook_secret::size_max; ++size) {
        std::vector<std::uint8_t> bytes;
        for (std::size_t at = 0; at < size; ++at)
            bytes.push_back(static_cast<std::uint8_t>(251 * at + size));
        const webhook_secret made{bytes};

        const auto read = webhook_secret::parse(made.text());

        REQUIRE(read);
        CHECK(*read == made);
        CHECK(made.hint().size() == 13);
        CHECK(made.text().ends_with(made.hint().substr(9)));
    }
}

TEST_CASE("webhook_secret: other texts are refused, and never quoted", "[webhook]")
{
    const auto* const text = GENERATE(
        "",
        "whsec_",
        "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2La-aSw",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLQ==",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMR==",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwM===",
        "whsec_"
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    );
    CAPTURE(text);

    const auto refused = webhook_secret::parse(text);

    REQUIRE_FALSE(refused);
    CHECK(refused.error().detail.find("MfKQ") == std::string::npos);
}

// The example of the specification of Standard Webhooks, "Signature scheme".
TEST_CASE("signatures_for: there is a signature of Standard Webhooks for each secret", "[webhook]")
{
    const std::array one{*webhook_secret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")};
    const std::string id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const std::string body = R"({"test": 2432232314})";

    const auto signature = signatures_for(one, id, 1'614'265'330, body);
    CHECK(signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");

    const std::array two{webhook_secret{std::vector<std::uint8_t>(32, 5)}, one[0]};
    const auto both = signatures_for(two, id, 1'614'265'330, body);
    CHECK(both.size() == 2 * signature.size() + 1);
    CHECK(both.ends_with(' ' + signature));
}

TEST_CASE("decide_on: a webhook that is gone stays so until it is enabled", "[webhook]")
{
    auto existing = decide_on(write_of("a"), std::nullopt, 0)->webhook;
    existing.state = webhook_state::gone;
    auto off = write_of("a");
    off.is_enabled = false;

    CHECK(decide_on(off, existing, 1)->webhook.state == webhook_state::gone);
    CHECK(decide_on(off, std::nullopt, 0)->webhook.state == webhook_state::disabled);
    auto enabled = existing;
    enabled.state = webhook_state::enabled;
    CHECK(decide_on(off, enabled, 1)->webhook.state == webhook_state::disabled);
    const auto on = decide_on(write_of("a"), existing, 1);
    CHECK(on->webhook.state == webhook_state::enabled);
    CHECK(on->webhook.version == existing.version + 1);
}

TEST_CASE("decide_on: headers are kept until a write names others", "[webhook]")
{
    auto first = write_of("a");
    first.headers = {*webhook_header::parse("X-A", "1")};
    const auto made = decide_on(first, std::nullopt, 0)->webhook;
    auto second = write_of("a");
    second.headers = {*webhook_header::parse("X-B", "2")};
    auto none = write_of("a");
    none.headers.emplace();

    CHECK(made.headers == first.headers);
    CHECK(decide_on(write_of("a"), made, 1)->webhook.headers == first.headers);
    CHECK(decide_on(write_of("a"), made, 1)->webhook.version == made.version);
    CHECK(decide_on(second, made, 1)->webhook.headers == second.headers);
    CHECK(decide_on(second, made, 1)->webhook.version == made.version + 1);
    CHECK(decide_on(none, made, 1)->webhook.headers.empty());
    CHECK(decide_on(write_of("a"), std::nullopt, 0)->webhook.headers.empty());
}

TEST_CASE("webhook_events: only bits that stand for events are read", "[webhook]")
{
    for (std::uint64_t bits = 0; bits < 4; ++bits)
        CHECK(webhook_events::from_bits(bits).has_value());
    for (unsigned bit = 2; bit < 64; ++bit) {
        CHECK_FALSE(webhook_events::from_bits(std::uint64_t{1} << bit));
        CHECK_FALSE(webhook_events::from_bits((std::uint64_t{1} << bit) | 1U));
    }
}

TEST_CASE("decide_on: new secrets are distinguished from kept ones", "[webhook]")
{
    const auto made = decide_on(write_of("a"), std::nullopt, 0);
    REQUIRE(made);
    CHECK(made->is_new);
    CHECK(made->has_new_secrets);

    CHECK_FALSE(decide_on(write_of("a"), made->webhook, 1)->has_new_secrets);
    auto rotation = write_of("a");
    rotation.secrets = {webhook_secret{std::vector<std::uint8_t>(24, 9)}, made->webhook.secrets[0]};
    CHECK(decide_on(rotation, made->webhook, 1)->has_new_secrets);
}

TEST_CASE("webhook_header: takes fields, and keeps them as they are", "[webhook]")
{
    const auto header = webhook_header::parse("X-Custom_1!", "Bearer a:b\t~");
    REQUIRE(header);
    CHECK(header->name() == "X-Custom_1!");
    CHECK(header->value() == "Bearer a:b\t~");
    CHECK(header->has_name("x-cUSTOM_1!"));
    CHECK_FALSE(header->has_name("X-Custom_1"));
    CHECK(webhook_header::parse(std::string(128, 'x'), std::string(1'024, '!')));
    CHECK(webhook_header::parse("x", ""));
    for (const auto* const name : {"Webhook", "X-Webhook-Id", "Hosts", "Accept", "User-Agent"})
        CHECK(webhook_header::parse(name, "1"));
}

TEST_CASE("webhook_header: refuses names that are no tokens or that the server sets", "[webhook]")
{
    const std::string name = GENERATE(
        as<std::string>{},
        "",
        "a b",
        "a:",
        "a\r\nb",
        "caf\xc3\xa9",
        "a\x7f",
        "(a)",
        "Host",
        "HOST",
        "content-length",
        "Content-Type",
        "Content-Encoding",
        "Connection",
        "Proxy-Connection",
        "HTTP2-Settings",
        "Transfer-Encoding",
        "TE",
        "Upgrade",
        "Expect",
        "Trailer",
        "Keep-Alive",
        "webhook-id",
        "Webhook-Anything",
        "webhook-"
    );
    CAPTURE(name);
    CHECK_FALSE(webhook_header::parse(name, "1"));
    CHECK_FALSE(webhook_header::parse(std::string(129, 'x'), "1"));
}

TEST_CASE("webhook_header: refuses values that would end the field, and quotes none", "[webhook]")
{
    const std::string value = GENERATE(
        as<std::string>{},
        "a\r\nHost: b",
        "a\nb",
        "a\rb",
        std::string{"a\0b", 3},
        " a",
        "a\t",
        "caf\xc3\xa9",
        "a\x7f",
        std::string(1'025, 'x')
    );
    const auto header = webhook_header::parse("X", value);
    REQUIRE_FALSE(header);
    CHECK(header.error().code == errc::invalid_argument);
    CHECK(header.error().detail == webhook_header::parse("X", " ").error().detail);
}
