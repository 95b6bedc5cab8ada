#include "adapters/soci/driver/database_url.hpp"

#include <botcore/domain/hexadecimal.hpp>

#include <libpq-fe.h>

#include <algorithm>
#include <cctype>
#include <memory>
#include <optional>

namespace botapi::sql {

using botcore::errc;
using botcore::hexadecimal_value;
using botcore::is_hexadecimal_digit;
using botcore::refuse;
using botcore::result;

namespace {

constexpr std::string_view hidden = "***";
constexpr std::string_view sqlite_scheme = "sqlite:";

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

/// The start of a file's name that is a path in a URI, as other programs write it: `//x.db`,
/// `file:x.db?mode=ro`.
struct uri_path {
    std::string_view path;
    std::size_t slash_count;  ///< Before the path.
};

uri_path uri_path_in(std::string_view file)
{
    if (constexpr std::string_view scheme = "file:"; file.starts_with(scheme))
        file.remove_prefix(scheme.size());
    file = file.substr(0, file.find('?'));
    const auto slash_count = std::min(file.find_first_not_of('/'), file.size());
    return {file.substr(slash_count), slash_count};
}

/// Whether the name ends in parameters of a URI, such as `?mode=ro`.
bool has_parameters(std::string_view file)
{
    const auto question = file.find('?');
    if (question == std::string_view::npos)
        return false;
    const auto first = file.substr(question + 1);
    const auto size =
        std::min(first.find_first_not_of("abcdefghijklmnopqrstuvwxyz_"), first.size());
    return size > 0 && first.substr(size).starts_with('=');
}

/// The right spelling of a file that was written as a URI. It quotes no URL with a password.
std::string right_spelling(std::string_view file)
{
    auto [path, slash_count] = uri_path_in(file);
    const bool is_from_root = slash_count >= 4 || (file.starts_with("file:") && slash_count == 3);
    if (path.empty() || path.find('@') != std::string_view::npos) {
        path = "botapi.db";
        slash_count = std::max<std::size_t>(slash_count, 2);
    }
    const std::string here = "sqlite:" + std::string{path};
    const std::string at_root = "sqlite:/" + std::string{path};
    if (slash_count == 0)
        return "write " + here + '.';
    if (slash_count == 1 || is_from_root)
        return "write " + at_root + '.';
    return "write " + here + " for a file in the current folder, or " + at_root +
           " for a path from the root.";
}

bool is_blank_or_control(char character)
{
    return static_cast<unsigned char>(character) <= ' ' || character == '\x7f';
}

bool is_control(char character)
{
    return is_blank_or_control(character) && character != ' ';
}

/// Why the text after `sqlite:` names no file.
std::optional<std::string> fault_of_file_name(std::string_view file)
{
    if (file.empty())
        return "The file name is missing: use sqlite:FILE.";
    if (std::ranges::any_of(file, is_control) || is_blank_or_control(file.front()) ||
        is_blank_or_control(file.back()))
        return "A SQLite file's name must not begin or end with a space, nor contain line breaks.";
    if (file.starts_with("file:"))
        return "A SQLite file is named by its path, not by a file: URI: " + right_spelling(file);
    if (file.starts_with("//"))
        return "No slashes follow sqlite: as in other URLs: " + right_spelling(file);
    if (has_parameters(file))
        return "A SQLite file takes no parameters after a ?: " + right_spelling(file);
    if (file.starts_with(':')) {
        return "A SQLite database in memory can't be shared by several sessions: name a file, as "
               "in sqlite:botapi.db.";
    }
    if (file.starts_with("~/"))
        return "~ is not expanded here: write the whole path, as in sqlite:/home/me/botapi.db.";
    if (file.find('"') != std::string_view::npos)
        return "A SQLite file's name must not contain quotes.";
    return std::nullopt;
}

/// Whether libpq knows a parameter of this name. It takes `ssl=true` for JDBC's sake.
bool is_known(std::string_view name)
{
    const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> all{
        PQconndefaults(),
        &PQconninfoFree};
    if (!all || name == "ssl")
        return true;
    for (const auto* one = all.get(); one->keyword != nullptr; ++one) {
        if (name == one->keyword)
            return true;
    }
    return false;
}

bool is_name_character(char character)
{
    return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
           character == '_';
}

/// Names the first parameter of a PostgreSQL URL that libpq does not know. Quotes nothing that may
/// be a password: no value, and no name that is not made of letters, as libpq's are.
std::optional<std::string> fault_of_parameters(std::string_view parameters)
{
    constexpr std::size_t name_size_max = 40;
    while (!parameters.empty()) {
        const auto end = std::min(parameters.find('&'), parameters.size());
        const auto parameter = parameters.substr(0, end);
        parameters.remove_prefix(std::min(end + 1, parameters.size()));
        const auto sign = parameter.find('=');
        if (sign == std::string_view::npos)
            return "A parameter of the URL has no value: write NAME=VALUE, and a & within a value "
                   "as %26.";
        const auto name = decode(parameter.substr(0, sign));
        if (is_known(name))
            continue;
        std::string lower_case = name;
        std::ranges::transform(lower_case, lower_case.begin(), [](unsigned char character) {
            return static_cast<char>(std::tolower(character));
        });
        if (name.size() > name_size_max || !std::ranges::all_of(name, is_name_character))
            return "The URL has a parameter that PostgreSQL does not know.";
        return "PostgreSQL does not know the parameter \"" + name + "\" of the URL" +
               (is_known(lower_case) ? ": write it as " + lower_case + '.'
                                     : ": its documentation lists them under \"Parameter Key "
                                       "Words\".");
    }
    return std::nullopt;
}

/// What to write in place of a URL whose scheme is neither database's.
std::string fault_of_scheme(std::string_view text)
{
    std::string fault =
        "A database URL is sqlite:FILE or postgresql://USER:PASSWORD@HOST:PORT/DATABASE";
    const auto scheme = text.substr(0, text.find(':'));
    const auto has = [&](std::string_view part) {
        const auto is_same = [](unsigned char one, unsigned char other) {
            return std::tolower(one) == other;
        };
        const auto found =
            std::search(scheme.begin(), scheme.end(), part.begin(), part.end(), is_same);
        return found != scheme.end();
    };
    if (scheme.size() == text.size())
        return fault + ": the part before the colon is missing.";
    if (has("sqlite"))
        return fault + ": it must begin with sqlite: in lower case.";
    if (has("postgres") || scheme == "jdbc")
        return fault + ": it must begin with postgresql:// in lower case.";
    if (scheme == "file")
        return fault + ": write sqlite: in place of file:.";
    return fault + '.';
}

}  // namespace

result<database_url> database_url::parse(std::string_view text)
{
    if (text.find('\0') != std::string_view::npos)
        return refuse(errc::invalid_argument, "A database URL must not contain U+0000.");

    if (text.starts_with(sqlite_scheme)) {
        const auto file = text.substr(sqlite_scheme.size());
        if (auto fault = fault_of_file_name(file))
            return refuse(errc::invalid_argument, *std::move(fault));
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
        const auto question = rest.find('?');
        const auto parameters = question == std::string_view::npos ? "" : rest.substr(question + 1);
        if (auto fault = fault_of_parameters(parameters))
            return refuse(errc::invalid_argument, *std::move(fault));
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

    return refuse(errc::invalid_argument, fault_of_scheme(text));
}

}  // namespace botapi::sql
