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

/// Decodes a parameter's name as libpq does, so that `pass%77ord` is recognised as `password`.
std::string decode(std::string_view text)
{
    std::string decoded;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const bool is_escape = text[at] == '%' && at + 2 < text.size() &&
                               is_hexadecimal_digit(text[at + 1]) &&
                               is_hexadecimal_digit(text[at + 2]);
        if (!is_escape) {
            decoded += text[at];
            continue;
        }
        decoded += static_cast<char>(
            hexadecimal_value(text[at + 1]) * 16 + hexadecimal_value(text[at + 2])
        );
        at += 2;
    }
    return decoded;
}

bool is_secret(std::string_view name)
{
    return decode(name).find("password") != std::string::npos;
}

std::string redact_parameters(std::string_view parameters)
{
    std::string redacted;
    while (!parameters.empty()) {
        const auto end = parameters.find('&');
        const auto parameter = parameters.substr(0, end);
        const auto sign = parameter.find('=');
        if (sign != std::string_view::npos && is_secret(parameter.substr(0, sign))) {
            redacted.append(parameter.substr(0, sign + 1)).append(hidden);
        } else {
            redacted.append(parameter);
        }
        if (end == std::string_view::npos)
            break;
        redacted += '&';
        parameters.remove_prefix(end + 1);
    }
    return redacted;
}

std::string redact(std::string_view scheme, std::string_view authority, std::string_view rest)
{
    std::string redacted{scheme};
    const auto at = authority.rfind('@');
    const auto user = at == std::string_view::npos ? "" : authority.substr(0, at);
    if (const auto colon = user.find(':'); colon != std::string_view::npos) {
        redacted.append(user.substr(0, colon + 1)).append(hidden);
        authority.remove_prefix(at);
    }
    redacted.append(authority);

    const auto question = rest.find('?');
    if (question == std::string_view::npos)
        return redacted.append(rest);
    return redacted.append(rest.substr(0, question + 1)) +
           redact_parameters(rest.substr(question + 1));
}

/// Whether libpq can parse the URI. libpq's reason is left out: it may quote a password.
bool is_parsable(const std::string& uri)
{
    char* reason = nullptr;
    const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options{
        PQconninfoParse(uri.c_str(), &reason),
        &PQconninfoFree};
    PQfreemem(reason);
    return options != nullptr;
}

}  // namespace

result<database_url> database_url::parse(std::string_view text)
{
    if (text.find('\0') != std::string_view::npos)
        return refuse(errc::invalid_argument, "A database URL must not contain U+0000.");

    if (constexpr std::string_view scheme = "sqlite:"; text.starts_with(scheme)) {
        const auto file = text.substr(scheme.size());
        if (file.empty())
            return refuse(errc::invalid_argument, "The file name is missing: use sqlite:FILE.");
        if (file.starts_with(':')) {
            return refuse(
                errc::invalid_argument,
                "A SQLite database in memory can't be shared by several sessions: name a file, as "
                "in sqlite:botapi.db."
            );
        }
        if (file.find('"') != std::string_view::npos)
            return refuse(errc::invalid_argument, "A SQLite file's name must not contain quotes.");
        return database_url{dialect::sqlite, std::string{file}, std::string{text}};
    }

    for (const std::string_view scheme : {"postgresql://", "postgres://"}) {
        if (!text.starts_with(scheme))
            continue;
        const auto after_scheme = text.substr(scheme.size());
        const auto end = after_scheme.find_first_of("/?");
        const auto authority = after_scheme.substr(0, end);
        const auto rest = end == std::string_view::npos ? "" : after_scheme.substr(end);
        // libpq reads the user up to the first /, even past a ?, and ends it at the first @.
        const auto before_path = after_scheme.substr(0, after_scheme.find('/'));
        const bool is_unambiguous = before_path.rfind('@') == authority.find('@') &&
                                    rest.find('@') >= rest.find('?');
        if (!is_unambiguous) {
            return refuse(
                errc::invalid_argument,
                "Write a @, / or ? within a user's name or password as %40, %2F or %3F."
            );
        }
        if (!is_parsable(std::string{text})) {
            return refuse(
                errc::invalid_argument,
                "PostgreSQL can't parse this URL: use "
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
