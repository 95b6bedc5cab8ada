#include "adapters/soci/driver/connect.hpp"

#include "adapters/soci/driver/failure.hpp"
#include "adapters/soci/driver/sqlite/log_vfs.hpp"

#include <libpq-fe.h>
#include <soci/postgresql/soci-postgresql.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <array>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace botapi::sql {

std::string connection_uri(const database_url& url)
{
    constexpr std::array<std::pair<std::string_view, std::string_view>, 5> wanted{{
        {"connect_timeout", "2"},
        {"keepalives_idle", "15"},
        {"keepalives_interval", "5"},
        {"tcp_user_timeout", "20000"},
        {"fallback_application_name", "botapi"},
    }};
    using options = std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)>;
    const std::string& uri = url.target();
    const options given{PQconninfoParse(uri.c_str(), nullptr), &PQconninfoFree};
    const options usual{PQconndefaults(), &PQconninfoFree};

    const auto value_of = [](const options& all, std::string_view name) -> std::string_view {
        for (const auto* one = all.get(); one != nullptr && one->keyword != nullptr; ++one) {
            if (one->keyword == name)
                return one->val != nullptr ? one->val : "";
        }
        return {};
    };
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

bool is_missing(const database_url& url)
{
    std::error_code ignored;
    return url.dialect() == dialect::sqlite && !std::filesystem::exists(url.target(), ignored);
}

std::unique_ptr<soci::session> connect(const database_url& url)
{
    try {
        if (url.dialect() == dialect::postgresql)
            return std::make_unique<soci::session>(soci::postgresql, connection_uri(url));
        use_log_vfs();
        return std::make_unique<soci::session>(soci::sqlite3, "db=\"" + url.target() + '"');
    } catch (const soci::soci_error& thrown) {
        // The message begins with a line of SOCI. libpq's reason follows.
        auto reason = thrown.get_error_message();
        if (const auto end = reason.find('\n'); end != std::string::npos)
            reason.erase(0, end + 1);
        throw unreachable{first_line(std::move(reason))};
    }
}

}  // namespace botapi::sql
