// Input: a name or a secret of a webhook, or the bytes of a secret.
#include "tests/fuzz/fuzz.hpp"

#include <botcore/domain/webhook.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace botapi::fuzz {

using botcore::webhook_secret;

void try_input(std::string_view input)
{
    if (const auto parsed = botcore::webhook_name::parse(input)) {
        require(parsed->text() == input, "a name stays unchanged");
        require(input.size() <= botcore::webhook_name::size_max, "a name keeps its limit");
        require(
            input.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") ==
                std::string_view::npos,
            "a name needs no quoting"
        );
    }
    if (const auto parsed = webhook_secret::parse(input)) {
        require(parsed->text() == input, "a secret has one text");
        const auto size = parsed->bytes().size();
        require(
            size >= webhook_secret::size_min && size <= webhook_secret::size_max,
            "a secret keeps its limits"
        );
        require(
            parsed->hint() == "whsec_..." + std::string{input.substr(input.size() - 4)},
            "a hint shows the last four characters only"
        );
    } else {
        static const auto refusal = webhook_secret::parse("").error().detail;
        require(parsed.error().detail == refusal, "a refusal quotes no secret");
    }

    std::vector<std::uint8_t> bytes(webhook_secret::size_min + hash_of(input) % 41);
    std::copy_n(input.begin(), std::min(input.size(), bytes.size()), bytes.begin());
    const webhook_secret secret{std::move(bytes)};
    const auto again = webhook_secret::parse(secret.text());
    require(again.has_value() && *again == secret, "a secret can be parsed from its text");

    const std::vector secrets{secret};
    const auto signature = botcore::signatures_for(secrets, "msg_1", 1, input);
    require(signature.size() == 3 + 44 && signature.starts_with("v1,"), "a signature has its form");
}

}  // namespace botapi::fuzz
