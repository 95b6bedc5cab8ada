#include "apps/server/setting_table.hpp"
#include "tests/server/settings_fixture.hpp"
#include "tests/support/printers.hpp"

#include <catch2/catch.hpp>

#include <thread>

using namespace botapi;
using namespace std::chrono_literals;

namespace {

using texts = std::vector<std::string>;

/// A value for each setting, none of them the default.
const std::vector<std::pair<std::string, std::string>> others{
    {"database", "postgresql://me@db/talks"},
    {"listen-database", "postgresql://me@server/talks"},
    {"read-replica", "postgresql://me@standby/talks"},
    {"replica-max-lag", "250ms"},
    {"must-exist", "yes"},
    {"log-format", "json"},
    {"log-level", "error"},
    {"listen", "[::1]:81"},
    {"insecure-open", "yes"},
    {"allowed-host", "botapi.example.com"},
    {"reuse-port", "yes"},
    {"trusted-proxy", "10.0.0.0/8"},
    {"proxy-header", "forwarded"},
    {"base-path", "/chat"},
    {"compression", "all"},
    {"tls-certificate", "certificate.pem"},
    {"tls-key", "key.pem"},
    {"cors-origin", "https://chat.example.com"},
    {"threads", "77"},
    {"db-connections", "9"},
    {"page-cache-size", "10MiB"},
    {"max-body-size", "2000"},
    {"max-text-size", "1KiB"},
    {"max-batch-size", "3"},
    {"max-target-size", "4KiB"},
    {"max-header-size", "5KiB"},
    {"max-header-fields", "8"},
    {"max-json-depth", "13"},
    {"max-pipeline", "14"},
    {"max-connections", "6"},
    {"max-client-connections", "5"},
    {"max-subscriptions", "9"},
    {"max-queue-size", "7"},
    {"max-key-rate", "11"},
    {"max-client-rate", "12"},
    {"min-data-rate", "1KiB"},
    {"idle-timeout", "1s"},
    {"header-timeout", "2s"},
    {"body-timeout", "3s"},
    {"request-timeout", "4s"},
    {"queue-timeout", "700ms"},
    {"failover-wait", "800ms"},
    {"write-timeout", "5s"},
    {"heartbeat-interval", "14s"},
    {"ping-interval", "19s"},
    {"token-lifetime", "21m"},
    {"max-token-lifetime", "22h"},
    {"shutdown-delay", "3s"},
    {"drain-timeout", "600ms"},
    {"webhook-allow-range", "10.0.0.0/8"},
    {"webhook-allow-http", "yes"},
    {"webhook-ca-file", "/etc/our.pem"},
    {"webhook-timeout", "7s"},
    {"webhook-grace", "9s"},
    {"webhook-retry", "8s"},
    {"max-webhook-requests", "13"},
    {"max-webhook-requests-each", "14"},
};

void check_others(const app::settings& set)
{
    CHECK(set.database.redacted() == "postgresql://me@db/talks");
    CHECK(set.must_exist);
    CHECK(set.log.format == logging::format::json);
    CHECK(set.log.level == logging::level::error);
    CHECK(set.http.listen == texts{"[::1]:81"});
    CHECK(set.http.cors_origins == texts{"https://chat.example.com"});
    CHECK(set.http.shares_ports);
    CHECK(set.http.trusted_proxies == texts{"10.0.0.0/8"});
    CHECK(set.http.proxy_header == http::proxy_header::forwarded);
    CHECK(set.http.base_path == "/chat");
    CHECK(set.http.tls.certificate == "certificate.pem");
    CHECK(set.http.tls.key == "key.pem");
    CHECK(set.http.threads == 77);
    CHECK(set.db_connections == 9);
    CHECK(set.http.storage_threads == 9);
    CHECK(set.http.append_lanes == 2);
    CHECK(set.http.page_cache_size == 10'485'760);
    CHECK(set.messages.text_size_max == 1'024);
    const auto& limits = set.http.limits;
    CHECK(limits.body_size_max == 2'000);
    CHECK(limits.batch_size_max == 3);
    CHECK(limits.target_size_max == 4'096);
    CHECK(limits.header_size_max == 5'120);
    CHECK(limits.header_count_max == 8);
    CHECK(limits.json_depth_max == 13);
    CHECK(limits.pipeline_max == 14);
    CHECK(limits.queue_wait_max == 700ms);
    CHECK(limits.failover_wait == 800ms);
    CHECK(limits.connections_max == 6);
    CHECK(limits.connections_each_max == 5);
    CHECK(limits.subscriptions_max == 9);
    CHECK(limits.queue_size_max == 7);
    CHECK(limits.data_rate_min == 1'024);
    CHECK(set.is_insecure_open);
    CHECK(set.http.allowed_hosts == texts{"botapi.example.com"});
    CHECK(set.http.access.requests_of_key == 11);
    CHECK(set.http.access.requests_of_client == 12);
    CHECK(limits.idle_max == 1s);
    CHECK(limits.header_max == 2s);
    CHECK(limits.body_max == 3s);
    CHECK(limits.handle_max == 4s);
    CHECK(limits.write_max == 5s);
    CHECK(set.http.live.heartbeat == 14s);
    CHECK(limits.ping_after == 19s);
    CHECK(set.token_life == 21min);
    CHECK(set.token_life_max == 22h);
    CHECK(limits.leave_delay == 3s);
    CHECK(limits.drain_max == 600ms);
    REQUIRE(set.webhooks.allowed_ranges.size() == 1);
    CHECK(set.webhooks.allowed_ranges[0].bits == 8);
    CHECK(set.webhook_rules.allows_http);
    CHECK(set.webhooks.ca_file == "/etc/our.pem");
    CHECK(set.webhooks.timeout == 7s);
    CHECK(set.webhooks.grace == 9s);
    CHECK(set.webhooks.retries == botcore::retry_schedule{8s});
    CHECK(set.webhooks.in_flight_max == 13);
    CHECK(set.webhooks.each_webhook_max == 14);
}

/// A switch has no value.
void append_flag(texts& arguments, const std::string& name, const std::string& value)
{
    arguments.push_back("--" + name);
    if (!app::find_setting(name)->is_switch)
        arguments.push_back(value);
}

std::string variable(const std::string& name)
{
    return app::variable_of(*app::find_setting(name));
}

}  // namespace

TEST_CASE_METHOD(settings_fixture, "settings: the defaults are those of the adapters")
{
    const auto set = settings({"serve"});

    CHECK(set.database.redacted() == "sqlite:botapi.db");
    CHECK(set.http.listen == texts{"127.0.0.1:8000"});
    CHECK(set.http.cors_origins.empty());
    CHECK(set.http.threads == std::max(1U, std::thread::hardware_concurrency()));
    CHECK(set.db_connections == 8);
    CHECK(set.http.storage_threads == 8);
    CHECK(set.http.append_lanes == 1);
    CHECK(set.http.page_cache_size == http::server_options{}.page_cache_size);
    CHECK(set.http.limits.body_size_max == http::limits{}.body_size_max);
    CHECK(set.messages.text_size_max == botcore::message_limits{}.text_size_max);
    CHECK(set.log.format == logging::format::automatic);
    CHECK(set.log.level == logging::level::info);
}

TEST_CASE_METHOD(settings_fixture, "settings: origins with ports, in brackets and of subdomains")
{
    for (const std::string origin :
         {"https://chat.example.com:443",
          "http://localhost:3000",
          "https://*.example.com",
          "https://*.chat.example.com:8443",
          "http://*.localhost:3000",
          "http://[::1]:8000",
          "http://127.0.0.1",
          "chrome-extension://abcdefghijklmnop",
          "*"})
        CHECK(settings({"serve", "--cors-origin", origin}).http.cors_origins == texts{origin});
}

TEST_CASE_METHOD(settings_fixture, "settings: this test covers all of them")
{
    CHECK(app::all_settings().size() == others.size());
    for (const auto& [name, value] : others)
        CHECK(app::find_setting(name) != nullptr);
}

TEST_CASE_METHOD(settings_fixture, "settings: each setting has a flag")
{
    texts arguments{"serve"};
    for (const auto& [name, value] : others)
        append_flag(arguments, name, value);

    check_others(settings(arguments));
}

TEST_CASE_METHOD(settings_fixture, "settings: each setting has an environment variable")
{
    for (const auto& [name, value] : others)
        variables[variable(name)] = value;

    check_others(settings({"serve"}));
}

TEST_CASE_METHOD(settings_fixture, "settings: each setting has a key in the file")
{
    std::string content;
    for (const auto& [name, value] : others)
        content.append(name).append(" = '").append(value).append("'\n");

    check_others(settings({"serve", "--config", file(content)}));
    variables["BOTAPI_CONFIG"] = file(content);
    check_others(settings({"serve"}));
}

TEST_CASE_METHOD(
    settings_fixture,
    "settings: a flag wins over a variable, a variable over the file"
)
{
    for (const auto& [name, value] : others) {
        INFO(name);
        if (app::find_setting(name)->placeholder == "FILE")
            continue;  // Any name of a file is right.
        const bool is_choice = name.starts_with("log-") || name == "trusted-proxy";
        const auto path = file(name + " = '" + (is_choice ? "auto" : "wrong://") + "'");
        texts arguments{"serve", "--config", path};

        variables = {{variable(name), "also wrong"}};
        CHECK(complaint(arguments).starts_with(variable(name)));

        append_flag(arguments, name, value);
        CHECK(complaint(arguments).empty());

        variables = {{variable(name), value}};
        CHECK(complaint({"serve", "--config", path}).empty());
    }
}

TEST_CASE_METHOD(settings_fixture, "settings: a certificate needs its key")
{
    const auto path = file("tls-certificate = a.pem\ntls-key = a.key");
    variables["BOTAPI_TLS_CERTIFICATE"] = "b.pem";

    const auto& tls = settings({"serve", "--config", path, "--tls-key", "c.key"}).http.tls;

    CHECK(tls.certificate == "b.pem");
    CHECK(tls.key == "c.key");
    CHECK_FALSE(complaint({"serve"}).empty());
    variables.clear();
    CHECK_FALSE(complaint({"serve", "--tls-key", "c.key"}).empty());
}

TEST_CASE_METHOD(settings_fixture, "settings: an empty variable counts as unset")
{
    variables = {{"BOTAPI_THREADS", ""}, {"BOTAPI_CONFIG", ""}, {"BOTAPI_LISTEN", ""}};

    const auto set = settings({"serve", "--config", file("threads = 3")});

    CHECK(set.http.threads == 3);
    CHECK(set.http.listen == texts{"127.0.0.1:8000"});
}

TEST_CASE_METHOD(settings_fixture, "settings: white space around a variable is cut")
{
    variables = {
        {"BOTAPI_DATABASE", "sqlite:a.db\n"},
        {"BOTAPI_LOG_LEVEL", " error\r\n"},
        {"BOTAPI_THREADS", "\t3 "},
        {"BOTAPI_REUSE_PORT", "yes\n"},
        {"BOTAPI_LISTEN", " 127.0.0.1:1\t,\n[::1]:2 \n"},
        {"BOTAPI_MAX_PIPELINE", " \n"},
        {"BOTAPI_CONFIG", file("idle-timeout = 7s") + "\n"}};

    const auto set = settings({"serve"});

    CHECK(set.database.target() == "a.db");
    CHECK(set.log.level == logging::level::error);
    CHECK(set.http.threads == 3);
    CHECK(set.http.shares_ports);
    CHECK(set.http.listen == texts{"127.0.0.1:1", "[::1]:2"});
    CHECK(set.http.limits.pipeline_max == http::limits{}.pipeline_max);
    CHECK(set.http.limits.idle_max == 7s);
}

TEST_CASE_METHOD(settings_fixture, "settings: a switch understands every usual word")
{
    for (const auto* const word : {"yes", "true", "on", "1", "TRUE", "On"}) {
        variables = {{"BOTAPI_REUSE_PORT", word}};
        CHECK(settings({"serve"}).http.shares_ports);
        CHECK_FALSE(settings({"serve", "--reuse-port=no"}).http.shares_ports);
        variables.clear();
        CHECK(settings({"serve", "--config", file("reuse-port = " + std::string{word})})
                  .http.shares_ports);
    }
    for (const auto* const word : {"no", "false", "off", "0", "FALSE"}) {
        variables = {{"BOTAPI_REUSE_PORT", word}};
        CHECK_FALSE(settings({"serve"}).http.shares_ports);
        CHECK(settings({"serve", "--reuse-port"}).http.shares_ports);
        CHECK(settings({"serve", "--reuse-port", "--reuse-port"}).http.shares_ports);
    }
    variables = {{"BOTAPI_REUSE_PORT", "perhaps"}};
    CHECK(complaint({"serve"}).starts_with("BOTAPI_REUSE_PORT: \"perhaps\" is neither yes nor no"));
    CHECK(complaint({"serve", "--reuse-port=perhaps"}).starts_with("--reuse-port: \"perhaps\""));
}

TEST_CASE_METHOD(settings_fixture, "settings: each one may be in a file that a variable names")
{
    for (const auto& [name, value] : others) {
        const auto path = file(value + "\n", name);
        variables[variable(name) + "_FILE"] = path;
    }

    check_others(settings({"serve"}));

    variables = {{"BOTAPI_LISTEN_FILE", file("127.0.0.1:1\n[::1]:2, [::1]:3\n")}};
    CHECK(settings({"serve"}).http.listen == texts{"127.0.0.1:1", "[::1]:2", "[::1]:3"});
    CHECK(settings({"serve", "--listen", "127.0.0.1:4"}).http.listen == texts{"127.0.0.1:4"});
    variables = {
        {"BOTAPI_THREADS_FILE",
         file("\xef\xbb\xbf"
              "5\r\n")},
        {"BOTAPI_THREADS", " "}};
    CHECK(settings({"serve"}).http.threads == 5);
    CHECK(settings({"serve", "--config", file("threads = 6", "other")}).http.threads == 5);
}

TEST_CASE_METHOD(settings_fixture, "settings: lists are repeated flags, commas, or arrays")
{
    const texts two{"127.0.0.1:1", "[::1]:2"};

    CHECK(settings({"serve", "--listen", two[0], "--listen", two[1]}).http.listen == two);
    const auto path = file("listen = [ '127.0.0.1:1', '[::1]:2' ]");
    CHECK(settings({"serve", "--config", path}).http.listen == two);
    variables["BOTAPI_LISTEN"] = "127.0.0.1:1, [::1]:2";
    CHECK(settings({"serve"}).http.listen == two);
    CHECK(settings({"serve", "--listen", "127.0.0.1:3"}).http.listen == texts{"127.0.0.1:3"});
}

TEST_CASE_METHOD(settings_fixture, "settings: one file serves every command")
{
    const auto path = file("threads = 3\nlog-level = error\ndatabase = sqlite:x.db");

    for (const auto* const name : {"serve", "migrate", "check"}) {
        const auto set = settings({name, "--config", path});
        CHECK(set.database.target() == "x.db");
        CHECK(set.log.level == logging::level::error);
    }
}

TEST_CASE_METHOD(settings_fixture, "settings: every command is recognised")
{
    CHECK(parse({"serve"})->command == app::command::serve);
    CHECK(parse({"migrate"})->command == app::command::migrate);
    CHECK_FALSE(parse({"migrate"})->is_dry_run);
    CHECK(parse({"migrate", "--dry-run"})->is_dry_run);
    CHECK(parse({"check"})->command == app::command::check);
    CHECK(parse({"version"})->command == app::command::version);
    CHECK(parse({"version"})->has_details);
    CHECK(parse({"--version"})->command == app::command::version);
}

TEST_CASE_METHOD(settings_fixture, "settings: help works even if a value is wrong")
{
    variables["BOTAPI_THREADS"] = "none";

    const auto parsed = parse({"serve", "--threads", "none", "--help"});

    REQUIRE(parsed);
    CHECK(parsed->command == app::command::help);
    for (const auto& setting : app::all_settings()) {
        CHECK(parsed->help.find(app::flag_of(setting) + ' ') != std::string::npos);
        CHECK(parsed->help.find('[' + setting.fallback + ']') != std::string::npos);
    }
}
