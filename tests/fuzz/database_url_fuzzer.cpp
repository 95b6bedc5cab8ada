// Input: the URL of a database. If it has a password, that is `geheim`.
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

/// How often libpq, which has the last word, finds the password in the URL.
std::size_t passwords_in(const std::string& url)
{
    const std::unique_ptr<PQconninfoOption, void (*)(PQconninfoOption*)> options{
        PQconninfoParse(url.c_str(), nullptr),
        PQconninfoFree};
    std::size_t count = 0;
    for (const auto* option = options.get(); option != nullptr && option->keyword != nullptr;
         ++option) {
        const std::string_view name{option->keyword};
        if (option->val != nullptr && name.find("password") != std::string_view::npos)
            count += count_in(option->val);
    }
    return count;
}

}  // namespace

void try_input(std::string_view input)
{
    const auto url = sql::database_url::parse(input);
    if (!url) {
        // It may quote a file, which has no password, and the name of a parameter.
        const bool may_quote = input.starts_with("sqlite:") ||
                               url.error().detail.find("the parameter \"") != std::string::npos;
        require(may_quote || count_in(url.error().detail) == 0, "a refusal quotes no password");
        return;
    }
    if (url->dialect() == sql::dialect::sqlite)
        return;
    const auto secrets = passwords_in(url->target());
    require(passwords_in(url->redacted()) == 0, "the redacted URL has no password");
    if (input.find('%') == std::string_view::npos) {
        require(
            count_in(url->redacted()) + secrets <= count_in(url->target()),
            "the redacted URL quotes no password"
        );
    }
}

}  // namespace botapi::fuzz
