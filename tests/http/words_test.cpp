#include "adapters/http/api/client_command.hpp"
#include "adapters/http/api/parameters.hpp"
#include "adapters/http/codec/bot_codec.hpp"
#include "adapters/http/codec/message_codec.hpp"
#include "adapters/http/codec/strict_json.hpp"
#include "adapters/http/codec/webhook_codec.hpp"
#include "adapters/http/connection/chunk_decoder.hpp"
#include "adapters/http/connection/head_scanner.hpp"
#include "adapters/http/protocol/idempotency_header.hpp"
#include "adapters/http/protocol/problem.hpp"
#include "tests/http/kit.hpp"
#include "tests/unit/fakes.hpp"

#include <botcore/memory/memory_storage.hpp>

#include <catch2/catch.hpp>

#include <string>
#include <string_view>

using namespace botapi::http;
using namespace botapi::http::testing;
using botcore::errc;

// The words of refusals: clients read them, and some programs compare them.

namespace {

std::string words(const problem& wrong)
{
    std::string all = wrong.detail;
    for (const auto& [where, name, detail] : wrong.parts)
        all.append(" | ").append(where).append(" ").append(name).append(": ").append(detail);
    return all;
}

std::string words(const botcore::error& why)
{
    return words(problem_from(why));
}

struct word_fixture {
    std::string command(const std::string& text)
    {
        const auto read = read_command(text, messages);
        const auto* const bad = std::get_if<bad_command>(&read);
        return bad == nullptr ? "accepted" : words(bad->fault);
    }

    botcore::memory::memory_storage storage;
    botcore::testing::manual_clock clock;
    botcore::testing::sequence_ids ids;
    botcore::message_service messages{storage.messages(), clock, ids};
    botcore::bot_service bots{storage.bots(), ids};
};

const std::string a_uuid = "must be a UUID, as in 7665ada8-3448-4acd-a1b7-d688e68fe9a1.";
const std::string own_id = "00000000-0000-0000-0000-000000000001";

std::string head_fault(std::string_view text)
{
    head_scanner scanner;
    scanner.scan(text);
    return std::string{scanner.fault()};
}

std::string chunk_fault(std::string_view text)
{
    chunk_decoder decoder{100};
    std::string content;
    decoder.decode(text, content, 1'000);
    return std::string{decoder.fault()};
}

}  // namespace

TEST_CASE("words: the query's faults", "[http]")
{
    const auto asked = make_request("/?a=1&b=x&c=x&d=x&e=x&f=x&g=x,y&g=1&z=1");
    parameter_reader read{asked, {"b", "c", "d", "e", "f", "g"}};
    read.id<botcore::bot_id>("b");
    read.instant("c");
    read.direction("d");
    read.order("e");
    read.limit("f");
    read.extras("g");

    const std::string unknown = ": is not known here. Known are: b c d e f g.";
    CHECK(
        words(*read.fault()) ==
        "The query has faulty parameters: a, g, z, b, c, d, e, f, g. | parameter a" + unknown +
            " | parameter g: occurs more than once. | parameter z" + unknown +
            " | parameter b: " + a_uuid +
            " | parameter c: must be an RFC 3339 date-time with a zone and at most 9 fractional "
            "digits, as in 2018-11-16T23:30:52.6917722Z. | parameter d: must be inbound (from the "
            "client) or outbound (from the bot). | parameter e: must be asc or desc. | parameter "
            "f: must be a whole number from 1 to 1000. | parameter g: has the unknown name \"x\". "
            "Known are: seq. Several are separated by commas."
    );
    CHECK(
        words(*refuse_parameters(make_request("/?a=1"))) ==
        "The query has faulty parameters: a. | parameter a: is not known: this route takes none."
    );
    auto by_id = make_request("/bots/x");
    by_id.path_id = std::string(70, 'x');
    CHECK(
        words(bad_path_id(by_id)) ==
        "The id in the path is not a UUID. | parameter id: must be a UUID, as in "
        "36b9f842-ee97-11e8-9443-0242ac120002, not \"" +
            std::string(64, 'x') + "\"."
    );
    CHECK(bad_path_id(by_id).kind == problem_kind::invalid_parameter);
}

TEST_CASE_METHOD(word_fixture, "words: a command's faults", "[http]")
{
    const std::string start = "The request has faulty fields: see errors.";
    const std::string no_id =
        " | pointer /id: is required: a text of 1 to 64 bytes, which the answer repeats.";

    CHECK(
        command(R"({"type":"subscribe"})") ==
        start + no_id + " | pointer /conversationId: is required, or botId instead."
    );
    CHECK(
        command(R"({"type":"subscribe","id":"1","conversationId":"x","after":"y"})") ==
        start + " | pointer /conversationId: " + a_uuid +
            " | pointer /after: must be start, now, or a cursor of this stream."
    );
    CHECK(
        command(
            R"({"type":"subscribe","id":"1","botId":")" + own_id + R"(","conversationId":")" +
            own_id + "\"}"
        ) == start + " | pointer /botId: can't be combined with conversationId: choose one stream."
    );
    CHECK(
        command(R"({"type":"send","id":"1","idempotencyKey":""})") ==
        start +
            " | pointer /message: is required: an object as in POST /messages. | pointer "
            "/idempotencyKey: An idempotency key has 1 to 255 printable ASCII characters."
    );
    CHECK(
        command(R"({"type":"send","id":"1","message":7})") ==
        start + " | pointer /message: must be an object."
    );
    const std::string unknown = "The request has an unknown type: see errors. | pointer ";
    CHECK(
        command(R"({"type":"x","id":"1"})") ==
        unknown + "/type: must be subscribe, unsubscribe, send or ping."
    );
    CHECK(command("[]") == unknown + ": must be a JSON object.");
    CHECK(command(R"({"type":"ping","id":")" + std::string(64, 'x') + "\"}") == "accepted");
    CHECK(command(R"({"type":"ping","id":")" + std::string(65, 'x') + "\"}") == start + no_id);
    CHECK(command(R"({"type":"ping","id":""})") == start + no_id);
    CHECK(
        command(R"({"type":"ping","id":"1","x":1})") ==
        start + " | pointer /x: is not a field of this object. Remove it."
    );
}

TEST_CASE_METHOD(word_fixture, "words: a body's faults, in the order of its fields", "[http]")
{
    const auto message = [&](const std::string& text) {
        const auto read = read_message(*parse_json(text), text, messages);
        return read ? "accepted" : words(read.error());
    };
    const std::string start = "The body has faulty fields: see errors.";

    CHECK(
        message(R"({"x":1,"metadata":7,"text":1,"to":1,"from":1,"timestamp":1,
                    "conversationId":1,"id":null})") ==
        start +
            " | pointer /id: must not be null. | pointer /conversationId: must be a string. | "
            "pointer /timestamp: must be a string. | pointer /from: must be a string. | pointer "
            "/to: must be a string. | pointer /text: must be a string. | pointer /metadata: must "
            "be an object. | pointer /x: is not a field of this object. Remove it."
    );
    CHECK(message("7") == start + " | pointer : must be a JSON object.");

    const auto registration = [&](const std::string& text) {
        const auto read = read_registration(*parse_json(text), {}, {}, bots, {});
        return read ? "accepted" : words(read.error());
    };
    CHECK(
        registration(R"({"name":1,"id":1})") ==
        start + " | pointer /id: must be a string. | pointer /name: must be a string."
    );
    const auto change = read_change(*parse_json(R"({"name":1,"id":1})"), {}, false);
    CHECK(
        words(change.error()) ==
        start + " | pointer /id: must be a string. | pointer /name: must be a string."
    );
    const auto replay = read_replay(*parse_json(R"({"after":"x"})"), {});
    CHECK(
        words(replay.error()) ==
        start + " | pointer /after: must be \"start\", or the cursor of a message of this bot."
    );
    CHECK(read_replay(*parse_json(R"({"after":"start"})"), {})->is_start());
}

TEST_CASE("words: faults of JSON texts", "[http]")
{
    const auto fault = [](std::string_view text) { return parse_json(text, 3).error().detail; };

    CHECK(fault("") == "This is not JSON: the text is empty.");
    CHECK(fault("[[[[") == "The JSON text is nested deeper than 3 levels (at byte 3).");
    CHECK(fault(R"({"a":1,"a":2})") == "The key \"a\" occurs twice in one object (at byte 9).");
    CHECK(
        fault("\"\\ud83d\"") ==
        "An escape stands for half of a surrogate pair (at byte 7). Write both halves, as in "
        "\\ud83d\\ude00, or the character itself."
    );
    CHECK(
        fault("\xEF\xBB\xBF{}") ==
        "A byte order mark stands before the text. Only the first line may have one."
    );
    CHECK(fault("[1,]").starts_with("This is not JSON: "));
    CHECK(fault("[1,]").ends_with(" (at byte 3)."));
}

TEST_CASE("words: faults of a header and of a body's framing", "[http]")
{
    CHECK(head_fault("GET / HTTP/1.1\r\nA\x01: b\r\n") == "The header has a control character.");
    CHECK(head_fault("G\x01T / HTTP/1.1\r\n") == "The header has a control character.");
    CHECK(head_fault("GET /\x01") == "The header has a control character.");
    const std::string line = "GET / HTTP/1.1\r\n";
    CHECK(
        head_fault(line + "\tx\r\n") ==
        "A field continues on a second line, which HTTP no longer allows."
    );
    CHECK(head_fault(line + "x\r\n") == "A line of the header has no colon.");
    CHECK(
        head_fault(line + "a b: c\r\n") == "A field's name has a character that no name may have."
    );
    CHECK(head_fault(line + ": c\r\n") == "A field's name has a character that no name may have.");
    for (const std::string_view first :
         {"GET /\r\n",
          "GET  HTTP/1.1\r\n",
          "GET / HTTP/1\r\n",
          "GET / HTTP/1.x\r\n",
          "GET / HTTP/x.1\r\n",
          "GET / HTTP/1,1\r\n",
          "GET / http/1.1\r\n",
          "GET / HTTP/1.10\r\n",
          "G@T / HTTP/1.1\r\n",
          " / HTTP/1.1\r\n",
          "GET /a b HTTP/1.1\r\n"}) {
        CAPTURE(first);
        CHECK(
            head_fault(first) ==
            "The first line is not METHOD TARGET HTTP/VERSION, with one space between each, and "
            "every other character of the target encoded."
        );
    }

    CHECK(chunk_fault("x") == "A chunk does not begin with its size in hexadecimal.");
    CHECK(
        chunk_fault("1\n") ==
        "A line of the body's framing ends with a line feed alone. It must end with CR LF."
    );
    CHECK(chunk_fault("1\r\nab") == "A chunk is longer than its size says.");
    CHECK(chunk_fault("1;\x01") == "The framing of the body has a control character.");
    CHECK(
        chunk_fault("1;a=" + std::string(100, 'x')) == "A line of the body's framing is too long."
    );
    CHECK(chunk_fault("11111111111111111\r\n") == "The size of a chunk is too large.");
    CHECK(chunk_fault("1 x\r\n") == "What follows the size of a chunk is not an extension.");
    CHECK(
        chunk_fault("0\r\n x") == "A field continues on a second line, which HTTP no longer allows."
    );
}

TEST_CASE("words: an idempotency key's faults are those of its header", "[http]")
{
    const auto fault = [](const header_list& headers) {
        const auto read = read_idempotency_key(make_request("/", headers));
        return words(bad_idempotency_key(read.error()));
    };
    const auto twice = [](const std::string& why) {
        return why + " | header Idempotency-Key: " + why;
    };

    CHECK(
        fault({{"Idempotency-Key", "a"}, {"Idempotency-Key", "a"}}) ==
        twice("Idempotency-Key occurs more than once.")
    );
    CHECK(
        fault({{"Idempotency-Key", "\"a"}}) == twice("Idempotency-Key is not a well-formed string.")
    );
}

TEST_CASE("words: each refusal of the core is a problem of its own", "[http]")
{
    const std::vector<std::pair<errc, problem_kind>> kinds{
        {errc::invalid_argument, problem_kind::invalid_field},
        {errc::not_found, problem_kind::not_found},
        {errc::already_exists, problem_kind::bot_exists},
        {errc::unknown_bot, problem_kind::unknown_bot},
        {errc::same_participant, problem_kind::same_participant},
        {errc::identity_mismatch, problem_kind::identity_mismatch},
        {errc::content_mismatch, problem_kind::message_exists},
        {errc::key_reused, problem_kind::idempotency_key_reused},
        {errc::forbidden, problem_kind::forbidden},
        {errc::quota_exceeded, problem_kind::quota_exceeded},
        {errc::precondition_failed, problem_kind::precondition_failed},
        {errc::cursor_lost, problem_kind::cursor_lost},
        {errc::position_lost, problem_kind::position_lost},
        {errc::overloaded, problem_kind::overloaded},
        {errc::unavailable, problem_kind::unavailable},
        {errc::outcome_unknown, problem_kind::outcome_unknown},
        {errc::storage_full, problem_kind::storage_full},
        {errc::internal, problem_kind::internal}};

    for (const auto& [code, kind] : kinds)
        CHECK(problem_from(botcore::refuse(code, "x")).kind == kind);
    CHECK(problem_from(botcore::refuse(errc::internal, "x", {{"/a", "b"}})).parts.empty());
    CHECK(
        problem_from(botcore::refuse(errc::internal, "x")).detail ==
        "The server failed. The fault is ours, not yours."
    );
}
