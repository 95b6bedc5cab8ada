#include "adapters/soci/driver/database_url.hpp"

#include <botcore/domain/hexadecimal.hpp>

#include <libpq-fe.h>

#include <memory>

namespace botapi::sql {

using botcore::errc;
using botcore::hexadecimal_value;
using botcore::is_hexadecimal_digit;
using botcore::refuse;
using botcore::result;

namespace {

constexpr std::string_view hidden = "***";

/// As libpq decodes the names of parameters, so that `pass%77ord` hides nothing from us.
std::string decoded(std::string_view text)
{
    std::string plain;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const bool is_escape = text[at] == '%' && at + 2 < text.size() &&
                               is_hexadecimal_digit(text[at + 1]) &&
                               is_hexadecimal_digit(text[at + 2]);
        if (!is_escape) {
            plain += text[at];
            continue;
        }
        plain += static_cast<char>(
            hexadecimal_value(text[at + 1]) * 16 + hexadecimal_value(text[at + 2])
        );
        at += 2;
    }
    return plain;
}

bool is_secret(std::string_view name)
{
    return decoded(name).find("password") != std::string::npos;
}

std::string redact_parameters(std::string_view parameters)
{
    std::string shown;
    while (!parameters.empty()) {
        const auto end = parameters.find('&');
        const auto one = parameters.substr(0, end);
        const auto sign = one.find('=');
        if (sign != std::string_view::npos && is_secret(one.substr(0, sign))) {
            shown.append(one.substr(0, sign + 1)).append(hidden);
        } else {
            shown.append(one);
        }
        if (end == std::string_view::npos)
            break;
        shown += '&';
        parameters.remove_prefix(end + 1);
    }
    return shown;
}

std::string redact(std::string_view scheme, std::string_view authority, std::string_view rest)
{
    std::string shown{scheme};
    const auto at = authority.rfind('@');
    const auto user = at == std::string_view::npos ? "" : authority.substr(0, at);
    if (const auto colon = user.find(':'); colon != std::string_view::npos) {
        shown.append(user.substr(0, colon + 1)).append(hidden);
        authority.remove_prefix(at);
    }
    shown.append(authority);

    const auto question = rest.find('?');
    if (question == std::string_view::npos)
        return shown.append(rest);
    return shown.append(rest.substr(0, question + 1)) +
           redact_parameters(rest.substr(question + 1));
}

/// Whether libpq can read it. Its reason is left out: it may quote a password.
bool is_understood(const std::string& uri)
{
    char* reason = nullptr;
    const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> read{
        PQconninfoParse(uri.c_str(), &reason),
        &PQconninfoFree};
    PQfreemem(reason);
    return read != nullptr;
}

}  // namespace

result<database_url> database_url::parse(std::string_view text)
{
    if (text.find('\0') != std::string_view::npos)
        return refuse(errc::invalid_argument, "A database URL has no U+0000 in it.");

    if (constexpr std::string_view scheme = "sqlite:"; text.starts_with(scheme)) {
        const auto file = text.substr(scheme.size());
        if (file.empty())
            return refuse(errc::invalid_argument, "The file is missing: use sqlite:FILE.");
        if (file.starts_with(':')) {
            return refuse(
                errc::invalid_argument,
                "A SQLite database in memory can't be shared by several sessions: name a file, as "
                "in sqlite:botapi.db."
            );
        }
        if (file.find('"') != std::string_view::npos)
            return refuse(errc::invalid_argument, "A SQLite file's name has no quotes in it.");
        return database_url{dialect::sqlite, std::string{file}, std::string{text}};
    }

    for (const std::string_view scheme : {"postgresql://", "postgres://"}) {
        if (!text.starts_with(scheme))
            continue;
        const auto inside = text.substr(scheme.size());
        const auto end = inside.find_first_of("/?");
        const auto authority = inside.substr(0, end);
        const auto rest = end == std::string_view::npos ? "" : inside.substr(end);
        // libpq looks for the user up to the first /, past any ?, and takes the first @.
        const auto before_path = inside.substr(0, inside.find('/'));
        const bool is_clear = before_path.rfind('@') == authority.find('@') &&
                              rest.find('@') >= rest.find('?');
        if (!is_clear) {
            return refuse(
                errc::invalid_argument,
                "A @, / or ? within a user's name or password is written %40, %2F or %3F."
            );
        }
        if (!is_understood(std::string{text})) {
            return refuse(
                errc::invalid_argument,
                "The URL is none that PostgreSQL understands: use "
                "postgresql://USER:PASSWORD@HOST:PORT/DATABASE."
            );
        }
        return database_url{
            dialect::postgresql,
            std::string{text},
            redact(scheme, authority, rest)};
    }

    return refuse(
        errc::invalid_argument,
        "A database URL is sqlite:FILE or postgresql://USER:PASSWORD@HOST:PORT/DATABASE."
    );
}

}  // namespace botapi::sql
