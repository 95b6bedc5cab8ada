#include "adapters/soci/driver/connect.hpp"

#include "adapters/soci/driver/connections.hpp"
#include "adapters/soci/driver/failure.hpp"
#include "adapters/soci/driver/sqlite/log_vfs.hpp"

#include <libpq-fe.h>
#include <soci/postgresql/soci-postgresql.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <array>
#include <cctype>
#include <filesystem>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace botapi::sql {

using botcore::errc;
using botcore::refuse;
using botcore::result;

namespace {

using connection_options = std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)>;

/// The value of a parameter. Empty if there is none.
std::string_view value_of(const connection_options& all, std::string_view name)
{
    for (const auto* one = all.get(); one != nullptr && one->keyword != nullptr; ++one) {
        if (one->keyword == name)
            return one->val != nullptr ? one->val : "";
    }
    return {};
}

/// The parts of a list with commas. An empty text has one part, which is empty.
std::vector<std::string> parts_of(std::string_view list)
{
    std::vector<std::string> parts{""};
    for (const char character : list) {
        if (character == ',')
            parts.emplace_back();
        else
            parts.back() += character;
    }
    return parts;
}

/// The value of a parameter of a URI: a directory of a socket has slashes.
std::string percent_encoded(std::string_view text)
{
    std::string made;
    for (const char character : text)
        made += character == '/' ? std::string{"%2F"} : std::string(1, character);
    return made;
}

}  // namespace

std::vector<database_url> url_of_each_host(const database_url& url)
{
    const connection_options given{PQconninfoParse(url.target().c_str(), nullptr), &PQconninfoFree};
    const auto all_hosts = parts_of(value_of(given, "host"));
    const auto all_ports = parts_of(value_of(given, "port"));
    std::vector<database_url> all;
    const char separator = url.target().find('?') == std::string::npos ? '?' : '&';
    for (std::size_t at = 0; at < all_hosts.size(); ++at) {
        const auto& port = all_ports.size() == 1 ? all_ports.front() : all_ports.at(at);
        // The last parameter of a name counts.
        const auto made = url.target() + separator + "host=" + percent_encoded(all_hosts[at]) +
                          "&port=" + port + "&target_session_attrs=any";
        all.push_back(all_hosts.size() == 1 ? url : *database_url::parse(made));
    }
    return all;
}

std::string connection_uri(const database_url& url)
{
    constexpr std::array<std::pair<std::string_view, std::string_view>, 5> wanted{{
        {"connect_timeout", "2"},
        {"keepalives_idle", "15"},
        {"keepalives_interval", "5"},
        {"tcp_user_timeout", "20000"},
        {"fallback_application_name", "botapi"},
    }};
    const std::string& uri = url.target();
    const connection_options given{PQconninfoParse(uri.c_str(), nullptr), &PQconninfoFree};
    const connection_options usual{PQconndefaults(), &PQconninfoFree};

    std::string made = uri;
    char separator = uri.find('?') == std::string::npos ? '?' : '&';
    const auto add = [&](std::string_view name, std::string_view value) {
        made.append(1, separator).append(name).append(1, '=').append(value);
        separator = '&';
    };
    for (const auto& [name, value] : wanted) {
        if (value_of(given, name).empty() && value_of(usual, name).empty())
            add(name, value);
    }
    // If the URL names several servers, libpq must choose the one that takes writes: after a
    // failover that is another one. A single server may be in any state, so that the caller can
    // report why it serves no requests.
    const bool has_several = value_of(given, "host").find(',') != std::string_view::npos ||
                             value_of(given, "hostaddr").find(',') != std::string_view::npos;
    auto target = value_of(given, "target_session_attrs");
    if (target.empty())
        target = value_of(usual, "target_session_attrs");
    if (has_several && target == "any")
        add("target_session_attrs", "read-write");
    if (!has_several && (target == "read-write" || target == "primary"))
        add("target_session_attrs", "any");
    add("client_encoding", "UTF8");
    return made;
}

namespace {

/// The reason in SOCI's message, on one line: libpq's, without SOCI's own line before it. libpq
/// writes a line for each address that it tried, and advice in lines that are indented.
std::string reason_in(const std::string& message)
{
    std::istringstream lines{message};
    std::string first;
    std::getline(lines, first);
    std::string reason;
    for (std::string line; std::getline(lines, line);) {
        if (!line.empty() && line.front() != '\t')
            reason.append(reason.empty() ? "" : "; ").append(line);
    }
    return reason.empty() ? first : reason;
}

/// The URI by which SQLite opens a file that can't be written.
std::string read_only_uri(const std::string& file, read_access access)
{
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string uri = "file://";
    for (const char character : absolute_path(file)) {
        const auto code = static_cast<unsigned char>(character);
        const bool is_plain = std::isalnum(code) != 0 || character == '/' || character == '.' ||
                              character == '-' || character == '_';
        if (is_plain) {
            uri += character;
        } else
            uri.append({'%', digits[code >> 4U], digits[code & 0xfU]});
    }
    switch (access) {
        case read_access::copy: return uri + "?immutable=1";
        case read_access::copy_with_log: return uri + "?mode=ro&vfs=unix-none";
        case read_access::usual:
        case read_access::shared: break;
    }
    return uri + "?mode=ro";
}

}  // namespace

bool is_missing(const database_url& url)
{
    std::error_code unknown;
    return url.dialect() == dialect::sqlite && !std::filesystem::exists(url.target(), unknown) &&
           !unknown;
}

result<> check_file_access(const database_url& url, file_use use)
{
    if (url.dialect() != dialect::sqlite)
        return {};
    if (use != file_use::create && is_missing(url)) {
        return refuse(
            errc::unavailable,
            "The database " + url.redacted() + " does not exist: there is no file " +
                absolute_path(url.target()) +
                ". Name the right one with --database or BOTAPI_DATABASE, or make it with `botapi "
                "migrate`."
        );
    }
    const auto fault = fault_of_file(url.target(), use);
    if (!fault)
        return {};
    return refuse(
        errc::unavailable,
        "The database " + url.redacted() + " can't be used: " + *fault
    );
}

std::unique_ptr<soci::session> connect(const database_url& url)
{
    try {
        if (url.dialect() == dialect::postgresql)
            return std::make_unique<soci::session>(soci::postgresql, connection_uri(url));
        use_log_vfs();
        return std::make_unique<soci::session>(soci::sqlite3, "db=\"" + url.target() + '"');
    } catch (const soci::soci_error& thrown) {
        throw unreachable{reason_in(thrown.get_error_message())};
    }
}

std::unique_ptr<soci::session> connect_to_read(const database_url& url)
{
    const auto access = url.dialect() == dialect::sqlite ? read_access_to(url.target())
                                                         : read_access::usual;
    if (access == read_access::usual)
        return connect(url);
    auto opened = std::make_unique<soci::session>(soci::sqlite3, "db=\":memory:\"");
    auto& connection = sqlite_of(*opened);
    sqlite_api::sqlite3_close(std::exchange(connection, nullptr));
    const int code = sqlite_api::sqlite3_open_v2(
        read_only_uri(url.target(), access).c_str(),
        &connection,
        SQLITE_OPEN_READONLY | SQLITE_OPEN_URI,
        nullptr
    );
    if (code != SQLITE_OK)
        throw unreachable{first_line(sqlite_api::sqlite3_errmsg(connection))};
    // Then SQLite keeps the index of the log in its own memory, in place of a file.
    if (access == read_access::copy_with_log)
        *opened << "PRAGMA locking_mode = EXCLUSIVE";
    return opened;
}

}  // namespace botapi::sql
