// Input: the URL of a database, with the password `geheim` where there is one.
#include "adapters/soci/driver/database_url.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <libpq-fe.h>

#include <memory>
#include <string>

namespace botapi::fuzz {

namespace {

constexpr std::string_view password = "geheim";

std::size_t count_in(std::string_view text)
{
    std::size_t count = 0;
    for (auto at = text.find(password); at != std::string_view::npos;
         at = text.find(password, at + 1))
        ++count;
    return count;
}

/// How often libpq, which has the last word, reads it as one.
std::size_t passwords_in(const std::string& url)
{
    const std::unique_ptr<PQconninfoOption, void (*)(PQconninfoOption*)> options{
        PQconninfoParse(url.c_str(), nullptr),
        PQconninfoFree};
    std::size_t count = 0;
    for (const auto* one = options.get(); one != nullptr && one->keyword != nullptr; ++one) {
        const std::string_view name{one->keyword};
        if (one->val != nullptr && name.find("password") != std::string_view::npos)
            count += count_in(one->val);
    }
    return count;
}

}  // namespace

void try_input(std::string_view input)
{
    const auto read = sql::database_url::parse(input);
    if (!read) {
        require(count_in(read.error().detail) == 0, "a refusal tells no password");
        return;
    }
    if (read->dialect() == sql::dialect::sqlite)
        return;
    const auto secrets = passwords_in(read->target());
    require(passwords_in(read->redacted()) == 0, "no password is kept for people");
    if (input.find('%') == std::string_view::npos) {
        require(
            count_in(read->redacted()) + secrets <= count_in(read->target()),
            "no password is shown"
        );
    }
}

}  // namespace botapi::fuzz
