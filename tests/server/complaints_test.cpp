#include "tests/server/settings_fixture.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

namespace {

using argument_list = std::vector<std::string>;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

bool is_one_line(const std::string& text)
{
    return !text.empty() && std::ranges::none_of(text, [](unsigned char c) { return c < ' '; });
}

}  // namespace

TEST_CASE_METHOD(settings_fixture, "complaints: a wrong value is one line that names its flag")
{
    const auto [name, value] = GENERATE(table<std::string, std::string>({
        {"database", "oracle:x"},
        {"log-format", "xml"},
        {"log-level", "loud"},
        {"listen", "nonsense"},
        {"listen", "localhost"},
        {"listen", ":8000"},
        {"listen", "1.2.3:80"},
        {"listen", "127.0.0.1:65536"},
        {"listen", "127.0.0.1:-1"},
        {"listen", "::1:8000x"},
        {"allowed-host", "botapi.example.com:8000"},
        {"allowed-host", "http://botapi.example.com"},
        {"allowed-host", "*.example.com"},
        {"allowed-host", "a b"},
        {"cors-origin", "chat.example.com"},
        {"cors-origin", "https://chat.example.com/"},
        {"cors-origin", "https://Chat.example.com"},
        {"cors-origin", "https://"},
        {"cors-origin", "null"},
        {"cors-origin", "https://*"},
        {"cors-origin", "https://*.com"},
        {"cors-origin", "https://*.com:443"},
        {"cors-origin", "https://*.*.example.com"},
        {"cors-origin", "https://a.*.example.com"},
        {"cors-origin", "https://*example.com"},
        {"cors-origin", "*.example.com"},
        {"cors-origin", "https://chat.example.com:99999"},
        {"cors-origin", "https://chat.example.com:"},
        {"cors-origin", "https://[::1"},
        {"trusted-proxy", "10.0.0.0/33"},
        {"trusted-proxy", "10.0.0/8"},
        {"trusted-proxy", "::/129"},
        {"trusted-proxy", "10.0.0.0/"},
        {"trusted-proxy", "10.0.0.0/8/8"},
        {"trusted-proxy", "[::1]"},
        {"trusted-proxy", "proxy.example.com"},
        {"proxy-header", "via"},
        {"base-path", "chat"},
        {"listen-database", "sqlite:botapi.db"},
        {"read-replica", "sqlite:botapi.db"},
        {"read-replica", "somewhere"},
        {"replica-max-lag", "0s"},
        {"compression", "gzip"},
        {"base-path", "/chat/"},
        {"base-path", "/../x"},
        {"base-path", "//x"},
        {"base-path", "/a b"},
        {"threads", "0"},
        {"threads", "1025"},
        {"threads", "two"},
        {"db-connections", "0"},
        {"max-body-size", "many"},
        {"max-body-size", "0"},
        {"max-body-size", "2GiB"},
        {"max-text-size", "1GiB"},
        {"max-batch-size", "0"},
        {"max-target-size", "1"},
        {"max-header-size", "2MiB"},
        {"max-json-depth", "3"},
        {"max-pipeline", "0"},
        {"max-connections", "0"},
        {"max-queue-size", "0"},
        {"idle-timeout", "0s"},
        {"header-timeout", "25h"},
        {"body-timeout", "1.5s"},
        {"request-timeout", "soon"},
        {"write-timeout", "-1s"},
        {"drain-timeout", "0"},
    }));

    const auto line = complaint({"serve", "--" + name, value});

    CHECK(is_one_line(line));
    CHECK_THAT(line, StartsWith("--" + name + ": "));
}

TEST_CASE_METHOD(settings_fixture, "complaints: the line names the source of the wrong value")
{
    CHECK_THAT(
        complaint({"serve", "--max-body-size", "many"}),
        StartsWith("--max-body-size: \"many\" is not a size from 1 to 1GiB")
    );

    variables["BOTAPI_MAX_BODY_SIZE"] = "many";
    CHECK_THAT(complaint({"serve"}), StartsWith("BOTAPI_MAX_BODY_SIZE: \"many\" is not a size"));

    variables.clear();
    const auto path = file("\nmax-body-size = many");
    CHECK_THAT(
        complaint({"serve", "--config", path}),
        StartsWith("max-body-size in line 2 of " + path + ": \"many\" is not a size")
    );
}

TEST_CASE_METHOD(
    settings_fixture,
    "complaints: an unexpected argument is one line that says what is expected"
)
{
    struct expected {
        argument_list input;
        std::string part;
    };
    const std::vector<expected> cases{
        {{}, "serve, migrate, check, config, keys or version"},
        {{"dance"}, "\"dance\" is not a command"},
        {{"serve", "dance"}, "\"dance\""},
        {{"serve", "migrate"}, "\"migrate\""},
        {{"serve", "--no-such-flag"}, "\"--no-such-flag\" is not a flag"},
        {{"--threads", "1", "serve"}, "\"--threads\" is not a flag"},
        {{"migrate", "--threads", "1"}, "\"--threads\" is not a flag"},
        {{"serve", "--dry-run"}, "\"--dry-run\" is not a flag"},
        {{"serve", "--threads"}, "--threads"},
        {{"serve", "--threads", "1", "--threads", "2"}, "--threads"},
        {{"serve", "--listen", "127.0.0.1:1", "127.0.0.1:2"}, "\"127.0.0.1:2\""},
        {{"serve", "--bad\n\x1b[31mname"}, "is not a flag"},
        {{"version", "now"}, "\"now\""},
    };
    for (const auto& [input, part] : cases) {
        const auto line = complaint(input);

        CHECK(is_one_line(line));
        CHECK_THAT(line, Contains(part));
    }
}

TEST_CASE_METHOD(settings_fixture, "complaints: a faulty file is one line that names it")
{
    const auto [content, part] = GENERATE(table<std::string, std::string>({
        {"nonsense", "line 1"},
        {"threads = 1\ncolour = red", "colour in line 2 of "},
        {"config = x", "config in line 1 of "},
        {"dry-run = true", "no such setting"},
        {"threads = 1\nthreads = 2", "twice"},
        {"threads = [1, 2]", "one value"},
        {"threads = []", "one value"},
        {"listen = []", "address"},
    }));

    const auto line = complaint({"serve", "--config", file(content)});

    CHECK(is_one_line(line));
    CHECK_THAT(line, Contains(part));
}

TEST_CASE_METHOD(settings_fixture, "complaints: a file that is named must exist")
{
    CHECK_THAT(complaint({"serve", "--config", "/no/such/file"}), StartsWith("--config: "));

    variables["BOTAPI_CONFIG"] = "/no/such/file";
    CHECK_THAT(complaint({"check"}), StartsWith("BOTAPI_CONFIG: ") && Contains("/no/such/file"));
}

TEST_CASE_METHOD(settings_fixture, "complaints: a file with a value is named if it is of no use")
{
    const auto complaint_of = [this](const std::string& path) {
        variables = {{"BOTAPI_DATABASE_FILE", path}};
        return complaint({"serve"});
    };

    CHECK_THAT(
        complaint_of("/no/such/file"),
        StartsWith("BOTAPI_DATABASE_FILE: the file \"/no/such/file\" can't be read: No such file")
    );
    CHECK_THAT(complaint_of("/"), Contains("can't be read: Is a directory"));
    CHECK_THAT(complaint_of(file("\n \n")), Contains("is empty"));
    CHECK_THAT(complaint_of("/dev/zero"), Contains("is larger than 1MiB"));
    CHECK_THAT(complaint_of(file(std::string_view{"a\0b", 3})), Contains("is not text"));
    CHECK_THAT(complaint_of(file("sqlite:a.db\nsqlite:b.db")), Contains("more than one line"));
    const auto wrong = complaint_of(file("oracle:secret"));
    CHECK_THAT(wrong, StartsWith("BOTAPI_DATABASE_FILE: ") && !Contains("secret"));

    variables = {{"BOTAPI_THREADS_FILE", file("4")}, {"BOTAPI_THREADS", "4"}};
    const auto both = "BOTAPI_THREADS_FILE: BOTAPI_THREADS is set, too: set only one of them.";
    CHECK(complaint({"serve"}) == both);
    CHECK(complaint({"serve", "--threads", "5"}) == both);
}

TEST_CASE_METHOD(settings_fixture, "complaints: no password is quoted")
{
    const std::string url = "postgresql://me:secret@db/x?no=such";

    CHECK_THAT(complaint({"serve", "--database", url}), StartsWith("--database: "));
    for (const auto& input : std::vector<argument_list>{
             {"serve", "--database", url},
             {"serve", "--database=" + url},
             {"serve", "--datbase", url},
             {"serve", "--datbase=" + url},
             {"serve", url},
             {url},
             {"serve", "--database", url, "--database", url}}) {
        const auto line = complaint(input);
        CHECK(is_one_line(line));
        CHECK_THAT(line, !Contains("secret"));
    }

    const auto path = file("database = \"" + url + "\"");
    CHECK_THAT(complaint({"serve", "--config", path}), !Contains("secret"));
    variables["BOTAPI_DATABASE"] = url;
    CHECK_THAT(complaint({"serve"}), !Contains("secret"));
}
