#include "adapters/http/connection/head_scanner.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <string_view>

using botapi::http::head_scanner;
using scan_state = head_scanner::state;

namespace {

const std::string head = "GET /bots HTTP/1.1\r\nHost: x\r\nX-A: \xe4 b\tc\r\n\r\n";

}  // namespace

TEST_CASE("head scanner: a header ends with its empty line", "[http]")
{
    head_scanner scanner;

    CHECK(scanner.scan(head + "body\n\x01") == scan_state::complete);
    CHECK(scanner.size() == head.size());
    CHECK(scanner.field_count() == 2);
}

TEST_CASE("head scanner: it makes no difference where the parts are cut", "[http]")
{
    for (std::size_t cut = 0; cut < head.size(); ++cut) {
        head_scanner scanner;
        CHECK(scanner.scan(head.substr(0, cut)) == scan_state::incomplete);
        CHECK(scanner.scan(head) == scan_state::complete);
        CHECK(scanner.size() == head.size());
    }
    head_scanner scanner;
    for (std::size_t size = 0; size < head.size(); ++size)
        CHECK(scanner.scan(head.substr(0, size)) == scan_state::incomplete);
    CHECK(scanner.scan(head) == scan_state::complete);
}

TEST_CASE("head scanner: a fault is reported as soon as it has arrived", "[http]")
{
    const auto wrong = GENERATE(
        "GET /bots HTTP/1.1\n",
        "GET /bots\x01",
        "GET /bots HTTP/1.1\rX",
        "GET /b\xf6ts HTTP/1.1\r\n",
        "GET /bots HTTP/1.1\r\n X: folded\r\n",
        "GET /bots HTTP/1.1\r\nHost : x\r\n",
        "GET /bots HTTP/1.1\r\nHost: x\r\n folded\r\n",
        "GET /bots HTTP/1.1\r\nHost: x\n",
        "GET /bots HTTP/1.1\r\nno colon\r\n",
        "\r\n",
        "\n"
    );
    const std::string text{wrong};

    head_scanner at_once;
    CHECK(at_once.scan(text) == scan_state::malformed);
    CHECK_FALSE(at_once.fault().empty());

    head_scanner in_parts;
    auto seen = scan_state::incomplete;
    for (std::size_t size = 1; size <= text.size() && seen == scan_state::incomplete; ++size)
        seen = in_parts.scan(text.substr(0, size));
    CHECK(seen == scan_state::malformed);
}

TEST_CASE("head scanner: a line break before the header is not skipped", "[http]")
{
    const std::string_view buffer = "\r\nGET / HTTP/1.1\r\n\r\n";

    head_scanner scanner;

    CHECK(scanner.scan(buffer.substr(1)) == scan_state::malformed);
    CHECK(scanner.fault() == "A line ends with a line feed alone. It must end with CR LF.");
}

TEST_CASE("head scanner: a lone line feed is refused at the end of any line", "[http]")
{
    for (const std::string_view text :
         {"GET / HTTP/1.1\n", "GET / HTTP/1.1\r\n\n", "GET / HTTP/1.1\r\nHost: x\r\n\n"}) {
        head_scanner scanner;
        CHECK(scanner.scan(text) == scan_state::malformed);
        CHECK(scanner.fault() == "A line ends with a line feed alone. It must end with CR LF.");
    }
}

TEST_CASE("head scanner: a method that is longer than any is refused at once", "[http]")
{
    const std::string longest(head_scanner::method_size_max, 'M');

    head_scanner fits;
    CHECK(fits.scan(longest) == scan_state::incomplete);
    CHECK(fits.scan(longest + " / HTTP/1.1\r\n\r\n") == scan_state::complete);

    head_scanner endless;
    CHECK(endless.scan(longest) == scan_state::incomplete);
    CHECK(endless.scan(longest + "M") == scan_state::unknown_method);

    head_scanner whole;
    CHECK(whole.scan(longest + "M / HTTP/1.1\r\n\r\n") == scan_state::unknown_method);

    // A fault after the method makes no difference: if the line arrived in parts, the scanner would
    // not have seen it.
    head_scanner faulty;
    CHECK(faulty.scan(longest + "M\x01 /\n") == scan_state::unknown_method);
}

TEST_CASE("head scanner: a long target is no method", "[http]")
{
    head_scanner scanner;

    CHECK(scanner.scan("GET /" + std::string(500, 'x')) == scan_state::incomplete);
    CHECK(scanner.scan("GET /" + std::string(1'000, 'x')) == scan_state::incomplete);
}
