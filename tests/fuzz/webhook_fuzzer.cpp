// Input: a secret or a name of a webhook; or what a secret is made of.
#include "tests/fuzz/fuzz.hpp"

#include <botcore/domain/webhook.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace botapi::fuzz {

using botcore::webhook_secret;

void try_input(std::string_view input)
{
    if (const auto read = botcore::webhook_name::parse(input)) {
        require(read->text() == input, "a name stays as it was given");
        require(input.size() <= botcore::webhook_name::size_max, "a name keeps its limit");
        require(
            input.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") ==
                std::string_view::npos,
            "a name needs no quoting"
        );
    }
    if (const auto read = webhook_secret::parse(input)) {
        require(read->text() == input, "no two texts are one secret");
        const auto size = read->bytes().size();
        require(
            size >= webhook_secret::size_min && size <= webhook_secret::size_max,
            "a secret keeps its limits"
        );
        require(
            read->hint() == "whsec_..." + std::string{input.substr(input.size() - 4)},
            "a hint is short"
        );
    } else {
        static const auto why = webhook_secret::parse("").error().detail;
        require(read.error().detail == why, "a refusal tells no secret");
    }

    std::vector<std::uint8_t> bytes(webhook_secret::size_min + hash_of(input) % 41);
    std::copy_n(input.begin(), std::min(input.size(), bytes.size()), bytes.begin());
    const webhook_secret made{std::move(bytes)};
    const auto again = webhook_secret::parse(made.text());
    require(again.has_value() && *again == made, "a secret survives");

    const std::vector secrets{made};
    const auto signature = botcore::signatures_for(secrets, "msg_1", 1, input);
    require(signature.size() == 3 + 44 && signature.starts_with("v1,"), "a signature has its form");
}

}  // namespace botapi::fuzz
