#include "adapters/webhooks/answer_reader.hpp"

#include <catch2/catch.hpp>

#include <optional>
#include <string>
#include <string_view>

using botapi::webhooks::answer_reader;
using botapi::webhooks::header_fields;

namespace {

/// The reader of an answer that arrives in one piece, or byte by byte, before the connection ends.
answer_reader reader_of(std::string_view bytes, bool is_in_bytes)
{
    answer_reader reader;
    const std::size_t step = is_in_bytes ? 1 : bytes.size();
    for (std::size_t at = 0; at < bytes.size(); at += step)
        reader.add(bytes.substr(at, step));
    reader.end();
    return reader;
}

std::optional<unsigned> status_of(std::string_view bytes)
{
    const auto whole = reader_of(bytes, false).status();
    CHECK(reader_of(bytes, true).status() == whole);
    return whole;
}

}  // namespace

TEST_CASE("answer_reader: a readable status line decides, whatever follows it", "[webhooks]")
{
    const auto* const text = GENERATE(
        "HTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/1.1 204\r\n\r\n",
        "HTTP/1.1 204 \r\n\r\n",
        "HTTP/1.0 204 OK\r\n\r\n",
        "HTTP/1.9 204 OK\r\n\r\n",
        "HTTP/1.1 204 OK\n\n",
        "HTTP/1.1 204\n\n",
        "HTTP/1.1 204 OK\nA: b\r\n\n",
        "HTTP/1.1  204  OK\r\n\r\n",
        "HTTP/1.1\t204\tOK\r\n\r\n",
        "\r\n\r\nHTTP/1.1 204 OK\r\n\r\n",
        "HTTP/1.1 204 \xff\x01 caf\xe9\r\n\r\n",
        "HTTP/1.1 204",
        "HTTP/1.1 204 OK",
        "HTTP/1.1 204 OK\r\n",
        "HTTP/1.1 204 OK\r\nContent-Le",
        "HTTP/1.1 204 OK\r\n: x\r\nno colon\r\n folded\r\n\x00\r\n\r\n",
        "HTTP/1.1 204 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok",
        "HTTP/1.1 204 OK\r\nContent-Length: -2\r\n\r\n",
        "HTTP/1.1 204 OK\r\nContent-Length: 99999999999999999999999\r\n\r\n",
        "HTTP/1.1 204 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n",
        "HTTP/1.1 204 OK\r\nTransfer-Encoding: nonsense\r\n\r\nzz",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 OK\r\n\r\n",
        "HTTP/1.1 103\nLink: x\n\nHTTP/1.1 102\r\n\r\nHTTP/1.1 204\r\n"
    );
    CAPTURE(text);
    CHECK(status_of(text) == 204U);
}

TEST_CASE("answer_reader: without a readable status line there is no answer", "[webhooks]")
{
    const auto* const text = GENERATE(
        "",
        "\r\n",
        "H",
        "HTTP/1.1",
        "HTTP/1.1 ",
        "HTTP/1.1 20",
        "HTTP/1.1 2000 OK\r\n\r\n",
        "HTTP/1.1 20x OK\r\n\r\n",
        "HTTP/1.1 200OK\r\n\r\n",
        "HTTP/1.1 020 OK\r\n\r\n",
        "HTTP/1.1 -20 OK\r\n\r\n",
        "HTTP/1.1200 OK\r\n\r\n",
        "HTTP/1. 200 OK\r\n\r\n",
        "HTTP/1 200 OK\r\n\r\n",
        "HTTP/2 200 OK\r\n\r\n",
        "HTTP/11.1 200 OK\r\n\r\n",
        "http/1.1 200 OK\r\n\r\n",
        "ICY 200 OK\r\n\r\n",
        "200 OK\r\n\r\n",
        " HTTP/1.1 200 OK\r\n\r\n",
        "<html>HTTP/1.1 200 OK</html>",
        "HTTP/1.1 100 Continue\r\n\r\n",
        "HTTP/1.1 100 Continue\r\nHTTP/1.1 204 OK\r\n\r\n"
    );
    CAPTURE(text);
    CHECK_FALSE(status_of(text));
    CHECK(reader_of(text, false).is_unreadable());
}

TEST_CASE("answer_reader: 101 ends the exchange as a failure", "[webhooks]")
{
    CHECK(status_of("HTTP/1.1 101 Switching Protocols\r\n\r\nHTTP/1.1 200 OK\r\n\r\n") == 101U);
}

TEST_CASE("answer_reader: a head that never ends hides no status", "[webhooks]")
{
    answer_reader reader;
    reader.add("HTTP/1.1 200 OK\r\n");
    CHECK(reader.status() == 200U);
    CHECK_FALSE(reader.has_head());
    for (std::size_t size = 0; size < answer_reader::head_size_max; size += 1'000)
        reader.add("X-Filler: " + std::string(1'000, 'x'));

    CHECK(reader.has_head());
    CHECK(reader.status() == 200U);
    CHECK_FALSE(reader.is_unreadable());
}

TEST_CASE("answer_reader: interim answers without end are no answer", "[webhooks]")
{
    answer_reader reader;
    std::size_t count = 0;
    for (; !reader.is_unreadable() && count < 10'000; ++count)
        reader.add("HTTP/1.1 102 Processing\r\n\r\n");

    CHECK(reader.is_unreadable());
    CHECK(count < 3'000);
    answer_reader of_endless_head;
    of_endless_head.add("HTTP/1.1 102 " + std::string(answer_reader::head_size_max, 'x'));
    CHECK(of_endless_head.is_unreadable());
}

TEST_CASE("answer_reader: shows fields, however broken their neighbours are", "[webhooks]")
{
    const auto reader = reader_of(
        "HTTP/1.1 429\nno colon\n: x\r\nRetry-After : 7 \r\n folded: 1\r\nServer:x\n\n",
        true
    );

    CHECK(reader.headers() == header_fields{{"", "x"}, {"Retry-After", "7"}, {"Server", "x"}});
}

TEST_CASE("answer_reader: is complete as soon as the body is", "[webhooks]")
{
    const auto* const text = GENERATE(
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 200 OK\nContent-Length: 2\n\nok",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\no\r\n1;x=y\r\nk\r\n0\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\nContent-Length: 9\n\n2\nok\n0\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\nzz\r\n"
    );
    CAPTURE(text);
    const std::string_view bytes{text};
    answer_reader reader;
    reader.add(bytes.substr(0, bytes.size() - 1));
    CHECK_FALSE(reader.is_complete());
    reader.add(bytes.substr(bytes.size() - 1));
    CHECK(reader.is_complete());
    CHECK(reader.body() == "ok");
    reader.add("more");
    CHECK(reader.body() == "ok");
}

TEST_CASE("answer_reader: a status without a body is complete with its head", "[webhooks]")
{
    const auto* const text = GENERATE("204", "304", "101");
    answer_reader reader;
    reader.add(std::string{"HTTP/1.1 "} + text + "\r\nContent-Length: 5\r\n\r\n");
    CHECK(reader.is_complete());
    CHECK(reader.body().empty());
}

TEST_CASE("answer_reader: keeps the first bytes of a long body", "[webhooks]")
{
    const std::string head = "HTTP/1.1 200 OK\r\n";
    const std::string long_body(2 * answer_reader::body_size_max + 1, 'x');

    for (const std::string fields : {"", "Content-Length: 99999\r\n", "Content-Length: 1,2\r\n"}) {
        answer_reader reader;
        reader.add(head + fields + "\r\n" + long_body);
        CHECK(reader.is_complete());
        CHECK(reader.body() == long_body.substr(0, answer_reader::body_size_max));
    }
    answer_reader chunked;
    chunked.add(head + "Transfer-Encoding: chunked\r\n\r\nffff\r\n" + long_body);
    CHECK(chunked.is_complete());
    CHECK(chunked.body() == long_body.substr(0, answer_reader::body_size_max));
}
