#include "adapters/http/connection/chunk_decoder.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <string_view>

using botapi::http::chunk_decoder;
using chunk_state = chunk_decoder::state;

namespace {

constexpr std::size_t line_max = 100;
constexpr std::size_t no_limit = 1'000'000;

struct decoded {
    chunk_state result;
    std::string content;
    std::string left;
    std::string fault;
    std::size_t taken;  ///< Bytes that the decoder got before it came to its result.
};

/// Gives the decoder `body` in parts of `step` bytes.
decoded decode(std::string_view body, std::size_t step)
{
    chunk_decoder decoder{line_max};
    decoded made{chunk_state::incomplete, {}, {}, {}, 0};
    while (!body.empty() && decoder.result() == chunk_state::incomplete) {
        auto part = body.substr(0, step);
        const auto size = part.size();
        made.result = decoder.decode(part, made.content, no_limit);
        body.remove_prefix(size - part.size());
        made.taken += size;
    }
    made.left = body;
    if (made.result == chunk_state::malformed)
        made.fault = decoder.fault();
    return made;
}

}  // namespace

TEST_CASE("chunk decoder: the content comes out, wherever the parts are cut", "[http]")
{
    const std::string body =
        "1\r\na\r\n0a;x\r\n0123456789\r\n002 ; y = z;q=\"a\\\"b;\"\r\n\r\n\r\n0;e\r\nX: "
        "y\r\nZ:\r\n\r\n";

    for (std::size_t step = 1; step <= body.size(); ++step) {
        const auto made = decode(body + "GET / HTTP/1.1", step);
        CHECK(made.result == chunk_state::complete);
        CHECK(made.content == "a0123456789\r\n");
    }
    CHECK(decode(body + "GET", body.size() + 3).left == "GET");
}

TEST_CASE("chunk decoder: a fault is seen with the byte that makes it", "[http]")
{
    // The last byte of each is the first that can't be right.
    const std::string_view text = GENERATE(
        "z",
        "-",
        " ",
        "\n",
        "\r",
        "1\n",
        "1\rx",
        "1;a\n",
        "1;a=\"\r\"",
        "1\r\nab",
        "1\r\na\n",
        "1\r\na\rx",
        "0\n",
        "0\r\n\n",
        "0\r\nX: y\n",
        "0\r\nX: y\r\n\n",
        "0\r\nX: y\r\n ",
        "0\r\n\t",
        "0\r\nX: \x01",
        "0\r\n\rX"
    );
    for (const std::size_t step : {std::size_t{1}, text.size()}) {
        const auto made = decode(text, step);
        CHECK(made.result == chunk_state::malformed);
        CHECK(made.taken == text.size());
        CHECK_FALSE(made.fault.empty());
    }
    CHECK(decode(text.substr(0, text.size() - 1), 1).result == chunk_state::incomplete);
}

TEST_CASE("chunk decoder: a fault of a line is seen at the end of the line", "[http]")
{
    const std::string_view text = GENERATE(
        "1x\r\n",
        "0x1\r\n",
        "1 \r\n",
        "1\t\r\n",
        "1;\r\n",
        "1;=b\r\n",
        "1;a=\r\n",
        "1;a=b\"\r\n",
        "1;a=\"b\r\n",
        "1;a=\"b\\\r\n",
        "1;a b\r\n",
        "1 a\r\n",
        "1,2\r\n",
        "10000000000000000\r\n",
        "0\r\nno colon\r\n",
        "0\r\n: y\r\n",
        "0\r\nX : y\r\n"
    );
    CHECK(decode(text, text.size()).result == chunk_state::malformed);
    CHECK(decode(text, 1).result == chunk_state::malformed);
    CHECK(decode(text.substr(0, text.size() - 1), text.size()).result == chunk_state::incomplete);
}

TEST_CASE("chunk decoder: the largest size is a size", "[http]")
{
    CHECK(decode("ffffffffffffffff\r\nx", 99).result == chunk_state::incomplete);
    CHECK(decode("00000000000000000000000000\r\n\r\n", 99).result == chunk_state::complete);
}

TEST_CASE("chunk decoder: what came before a fault is content", "[http]")
{
    const auto made = decode("3\r\nabc\r\nzz", 99);

    CHECK(made.result == chunk_state::malformed);
    CHECK(made.content == "abc");
}

TEST_CASE("chunk decoder: content stops at its limit and goes on later", "[http]")
{
    chunk_decoder decoder{line_max};
    std::string_view body = "5\r\nabcde\r\n0\r\n\r\n";
    std::string content;

    CHECK(decoder.decode(body, content, 2) == chunk_state::incomplete);
    CHECK(content == "ab");
    content.clear();
    CHECK(decoder.decode(body, content, 2) == chunk_state::incomplete);
    CHECK(content == "cd");
    CHECK(decoder.decode(body, content, 9) == chunk_state::complete);
    CHECK(content == "cde");
}

TEST_CASE("chunk decoder: lines have a limit, and all trailers together", "[http]")
{
    const auto extension = [](std::size_t size) { return "1;" + std::string(size - 2, 'a'); };

    CHECK(decode(extension(line_max - 1) + "\r\n", 7).result == chunk_state::incomplete);
    CHECK(decode(extension(line_max + 1), 7).result == chunk_state::malformed);
    std::string trailers = "0\r\n";
    for (std::size_t count = 0; count < line_max; ++count)
        trailers += "X: y\r\n";
    CHECK(decode(trailers, 1).result == chunk_state::malformed);
}
