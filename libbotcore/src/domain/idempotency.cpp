#include <botcore/domain/idempotency.hpp>

#include <algorithm>

namespace botcore {

result<idempotency_key> idempotency_key::parse(std::string_view text)
{
    const bool printable = std::ranges::all_of(text, [](char c) {
        return c >= '\x20' && c <= '\x7e';
    });
    if (text.empty() || text.size() > size_max || !printable) {
        return refuse(
            errc::invalid_argument,
            "An idempotency key has 1 to " + std::to_string(size_max) +
                " printable ASCII characters."
        );
    }
    return idempotency_key{std::string{text}};
}

error reused_key()
{
    return refuse(errc::key_reused, "This idempotency key was used for another request.");
}

}  // namespace botcore
