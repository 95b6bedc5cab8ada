#include "adapters/logging/descriptor_log.hpp"
#include "tests/server/pipe.hpp"

#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>

#include <array>
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <thread>
#include <unistd.h>

using namespace botapi::logging;
using botcore::severity;

namespace {

constexpr options as_json{.format = format::json, .level = level::debug};

/// A line of about 1 KiB.
const std::string kilobyte(1'000, 'x');

}  // namespace

TEST_CASE("log: a warning and the lines before it are written when the call returns")
{
    const pipe_pair pipe;
    descriptor_log log{as_json, pipe.writing_end()};

    log.write(severity::info, "start", {{"port", std::uint64_t{1}}});
    log.write(severity::warning, "late");

    const auto lines = lines_of(pipe.read());
    REQUIRE(lines.size() == 2);
    CHECK(boost::json::parse(lines[0]).at("event").as_string() == "start");
    CHECK(boost::json::parse(lines[1]).at("event").as_string() == "late");
}

TEST_CASE("log: other lines are written soon")
{
    const pipe_pair pipe;
    descriptor_log log{as_json, pipe.writing_end()};

    log.write(severity::info, "one");
    log.write(severity::info, "two");

    std::string text;
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{10};
    while (lines_of(text).size() < 2 && std::chrono::steady_clock::now() < until) {
        std::this_thread::sleep_for(std::chrono::milliseconds{1});
        text += pipe.read();
    }
    CHECK(lines_of(text).size() == 2);
}

TEST_CASE("log: nothing is left unwritten at the end")
{
    const pipe_pair pipe;
    descriptor_log{as_json, pipe.writing_end()}.write(severity::info, "x");

    CHECK(lines_of(pipe.read()).size() == 1);
}

TEST_CASE("log: events below the level are not written")
{
    const auto [lowest, count] = GENERATE(table<level, std::size_t>(
        {{level::debug, 4},
         {level::info, 3},
         {level::warning, 2},
         {level::error, 1},
         {level::off, 0}}
    ));
    const pipe_pair pipe;
    descriptor_log log{{format::json, lowest}, pipe.writing_end()};

    for (const auto one : {severity::debug, severity::info, severity::warning, severity::error})
        log.write(one, "x");

    log.flush();
    CHECK(lines_of(pipe.read()).size() == count);
}

TEST_CASE("log: the format follows the options, or the kind of output")
{
    const auto [form, is_json] = GENERATE(table<format, bool>(
        {{format::json, true}, {format::text, false}, {format::automatic, true}}
    ));
    const pipe_pair pipe;
    descriptor_log log{{form, level::info}, pipe.writing_end()};

    log.write(severity::info, "x");

    log.flush();
    CHECK(pipe.read().starts_with('{') == is_json);
}

TEST_CASE("log: braces and percent signs are plain text")
{
    const pipe_pair pipe;
    descriptor_log log{as_json, pipe.writing_end()};

    log.write(severity::info, "x", {{"path", std::string_view{"/{}/%s%n/{0}"}}});

    log.flush();
    CHECK(pipe.read().find("/{}/%s%n/{0}") != std::string::npos);
}

TEST_CASE("log: lines of many threads are never mixed")
{
    const pipe_pair pipe;
    descriptor_log log{as_json, pipe.writing_end()};
    {
        std::vector<std::jthread> threads;
        threads.reserve(4);
        for (int one = 0; one < 4; ++one) {
            threads.emplace_back([&] {
                for (int line = 0; line < 10; ++line)
                    log.write(severity::info, "x", {{"pad", std::string_view{kilobyte}}});
            });
        }
    }

    log.flush();
    const auto lines = lines_of(pipe.read());
    CHECK(lines.size() == 40);
    for (const auto& line : lines)
        CHECK_NOTHROW(boost::json::parse(line));
}

TEST_CASE("log: a slow reader delays nobody for long, and sees how many lines were lost")
{
    const pipe_pair pipe;
    descriptor_log log{as_json, pipe.writing_end()};
    constexpr int written = 500;  // A pipe holds 64 KiB.

    const auto start = std::chrono::steady_clock::now();
    for (int line = 0; line < written; ++line)
        log.write(severity::info, "x", {{"pad", std::string_view{kilobyte}}});
    const auto duration = std::chrono::steady_clock::now() - start;
    log.flush();
    auto text = pipe.read();
    log.write(severity::info, "after");
    log.flush();
    text += pipe.read();

    CHECK(duration < std::chrono::seconds{5});
    const auto lines = lines_of(text);
    REQUIRE(lines.size() >= 3);
    const auto report = boost::json::parse(lines[lines.size() - 2]);
    CHECK(report.at("event").as_string() == "log lines were lost");
    const auto lost = report.at("count").to_number<std::size_t>();
    CHECK(lost > 0);
    CHECK(lines.size() - 2 + lost == written);
    CHECK(boost::json::parse(lines.back()).at("event").as_string() == "after");
}

TEST_CASE("log: a line that is longer than the pipe is finished later, never cut")
{
    const pipe_pair pipe;
    descriptor_log log{as_json, pipe.writing_end()};
    const std::string large(100'000, 'y');

    log.write(severity::info, "large", {{"pad", std::string_view{large}}});
    log.flush();
    auto text = pipe.read();
    CHECK(text.size() < large.size());
    log.write(severity::info, "after");
    log.flush();
    text += pipe.read();

    const auto lines = lines_of(text);
    REQUIRE(lines.size() == 2);
    CHECK(boost::json::parse(lines[0]).at("pad").as_string() == large);
}

TEST_CASE("log: writing does not fail when the reader is gone")
{
    std::signal(SIGPIPE, SIG_IGN);
    std::array<int, 2> ends{};
    REQUIRE(::pipe(ends.data()) == 0);
    ::close(ends[0]);
    descriptor_log log{as_json, ends[1]};

    CHECK_NOTHROW(log.write(severity::info, "x"));
    ::close(ends[1]);
}

TEST_CASE("log: lines that a full disk refuses are counted, and reported once there is room")
{
    const pipe_pair pipe;
    const int descriptor = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
    REQUIRE(descriptor >= 0);
    {
        descriptor_log log{as_json, descriptor};
        log.write(severity::warning, "refused");
        log.write(severity::warning, "refused too");
        REQUIRE(::dup2(pipe.writing_end(), descriptor) == descriptor);
        log.write(severity::warning, "written");
    }
    ::close(descriptor);

    const auto lines = lines_of(pipe.read());
    REQUIRE(lines.size() == 2);
    const auto report = boost::json::parse(lines[0]);
    CHECK(report.at("event").as_string() == "log lines were lost");
    CHECK(report.at("count").to_number<std::size_t>() == 2);
    CHECK(boost::json::parse(lines[1]).at("event").as_string() == "written");
}
