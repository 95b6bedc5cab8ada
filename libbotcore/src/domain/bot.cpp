#include <botcore/domain/bot.hpp>
#include <botcore/domain/text.hpp>

namespace botcore {

result<bot_name> bot_name::parse(std::string_view text)
{
    if (const auto why = unreadable_because(text))
        return refuse(errc::invalid_argument, std::string{*why});
    if (const auto count = count_code_points(text); *count > size_max) {
        return refuse(
            errc::invalid_argument,
            "must have at most " + std::to_string(size_max) + " characters; this has " +
                std::to_string(*count) + "."
        );
    }
    return bot_name{std::string{text}};
}

}  // namespace botcore
