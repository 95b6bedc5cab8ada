#include "adapters/http/connection/inflated_body.hpp"

#include "adapters/http/codec/compressor.hpp"
#include "adapters/http/protocol/body_failure.hpp"
#include "tests/http/kit.hpp"
#include "tests/http/run.hpp"

#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <variant>

using namespace botapi::http;
using namespace botapi::http::testing;

namespace {

constexpr std::uint64_t small = 10'000;

std::string coded(content_coding coding, std::string_view content)
{
    return compressed(coding, compressor::effort::most, content);
}

std::vector<std::string> cut(std::string_view text, std::size_t size)
{
    std::vector<std::string> parts;
    for (; !text.empty(); text.remove_prefix(std::min(size, text.size())))
        parts.emplace_back(text.substr(0, size));
    return parts;
}

/// All of a body, or the problem that it ends with.
std::variant<std::string, problem_kind> read(
    content_coding coding,
    std::vector<std::string> parts,
    std::size_t memory = 10'000'000
)
{
    given_body arriving{std::move(parts)};
    memory_budget held{memory, memory};
    inflated_body body{arriving, coding, small, held, "client"};
    boost::asio::io_context loop;
    auto all = [&]() -> boost::asio::awaitable<std::string> {
        std::string whole;
        while (auto part = co_await body.next()) {
            CHECK_FALSE(part->empty());
            CHECK(part->size() <= inflated_body::part_size_max);
            whole += *part;
        }
        CHECK_FALSE(body.has_more_now());
        co_return whole;
    };
    try {
        return run(loop, all());
    } catch (const body_failure& failure) {
        return failure.problem().kind;
    }
}

/// Text that shrinks as texts do.
std::string text_of(std::size_t size)
{
    std::string text;
    for (std::size_t number = 0; text.size() < size; ++number)
        text += R"({"text":"Oi! )" + std::to_string(number * 7'919) + "\"}\n";
    return text;
}

}  // namespace

TEST_CASE("inflated_body: what was compressed comes back, however it is cut", "[http]")
{
    const auto coding = GENERATE(content_coding::gzip, content_coding::zstd);
    const auto size = GENERATE(0U, 1U, 5'000U, 65'536U, 400'000U);
    const auto step = GENERATE(1U, 1'000U, 1'000'000U);
    const auto text = text_of(size);

    CHECK(std::get<std::string>(read(coding, cut(coded(coding, text), step))) == text);
}

TEST_CASE("inflated_body: what follows in the same part is there without waiting", "[http]")
{
    const auto coding = GENERATE(content_coding::gzip, content_coding::zstd);
    const auto text = text_of(300'000);
    given_body arriving{{coded(coding, text)}};
    memory_budget held{1'000'000, 1'000'000};
    inflated_body body{arriving, coding, small, held, "client"};
    boost::asio::io_context loop;

    std::size_t size = run(loop, body.next())->size();
    std::size_t parts = 1;
    for (; body.has_more_now(); ++parts)
        size += run(loop, body.next())->size();

    CHECK(size == text.size());
    CHECK(parts > 2);
}

TEST_CASE("inflated_body: several members are one body", "[http]")
{
    const auto coding = GENERATE(content_coding::gzip, content_coding::zstd);
    const auto body = coded(coding, "one ") + coded(coding, "") + coded(coding, "two");

    CHECK(std::get<std::string>(read(coding, {body})) == "one two");
    CHECK(std::get<std::string>(read(coding, cut(body, 1))) == "one two");
    CHECK(std::get<std::string>(read(coding, {})).empty());
}

TEST_CASE("inflated_body: a body that is cut, or followed by something, is malformed", "[http]")
{
    const auto coding = GENERATE(content_coding::gzip, content_coding::zstd);
    const auto whole = coded(coding, "{\"name\":\"Aureo\"}");

    for (std::size_t size = 1; size < whole.size(); ++size)
        CHECK(
            std::get<problem_kind>(read(coding, {whole.substr(0, size)})) ==
            problem_kind::malformed_request
        );
    for (const auto* const more : {"x", "{}", "garbage that is long enough to be a header"})
        CHECK(
            std::get<problem_kind>(read(coding, {whole, more})) == problem_kind::malformed_request
        );
    CHECK(std::get<problem_kind>(read(coding, {"{}"})) == problem_kind::malformed_request);
}

TEST_CASE("inflated_body: it grows to its limit, or as far as texts do", "[http]")
{
    const auto coding = GENERATE(content_coding::gzip, content_coding::zstd);
    const auto at_limit = coded(coding, std::string(small, '0'));
    std::string zeros;
    zeros.resize(100'000'000, '0');
    const auto bomb = coded(coding, zeros);

    CHECK(std::get<std::string>(read(coding, {at_limit})).size() == small);
    CHECK(std::get<problem_kind>(read(coding, cut(bomb, 65'536))) == problem_kind::body_too_large);
    CHECK(
        std::get<problem_kind>(read(coding, cut(coded(coding, std::string(10 * small, '0')), 5))) ==
        problem_kind::body_too_large
    );
    const auto text = text_of(100 * small);
    CHECK(std::get<std::string>(read(coding, cut(coded(coding, text), 65'536))) == text);
}

TEST_CASE("inflated_body: its memory counts", "[http]")
{
    const auto coding = GENERATE(content_coding::gzip, content_coding::zstd);
    const auto body = coded(coding, "{}");

    CHECK(std::get<problem_kind>(read(coding, {body}, 1'000)) == problem_kind::overloaded);
    CHECK(std::get<std::string>(read(coding, {body}, 500'000)) == "{}");
}
