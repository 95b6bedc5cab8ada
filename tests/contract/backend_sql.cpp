#include "tests/contract/database.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <iterator>

std::unique_ptr<backend> make_backend()
{
    return std::make_unique<sql_backend>();
}

void kept_log::write(
    botcore::severity /*severity*/,
    std::string_view event,
    std::span<const botcore::log_field> fields
)
{
    std::string line{event};
    for (const auto& [name, value] : fields) {
        if (const auto* const text = std::get_if<std::string_view>(&value))
            line.append(" ").append(name).append("=").append(*text);
    }
    const std::lock_guard lock{mutex_};
    events_.push_back(std::move(line));
}

std::size_t kept_log::count(std::string_view part) const
{
    const std::lock_guard lock{mutex_};
    const auto has_part = [&](const std::string& line) {
        return line.find(part) != std::string::npos;
    };
    return static_cast<std::size_t>(std::ranges::count_if(events_, has_part));
}

std::string literal(const database& place, const botcore::uuid& id)
{
    const auto text = id.text();
    if (place.url().dialect() == botapi::sql::dialect::postgresql)
        return "'" + text + "'::uuid";
    std::string digits;
    std::ranges::copy_if(text, std::back_inserter(digits), [](char one) { return one != '-'; });
    return "x'" + digits + "'";
}

std::unique_ptr<botapi::sql::sql_storage> open_storage(
    const database& place,
    botcore::log& log,
    const botapi::sql::storage_options& options
)
{
    auto opened = botapi::sql::sql_storage::open(place.url(), options, log);
    if (!opened)
        FAIL(opened.error().detail);
    return *std::move(opened);
}

botcore::submission once(const said& one, std::uint64_t key)
{
    const botcore::receipt kept{uuid_of(key), key};
    botcore::submission made{.entries = {entry_of(one)}, .receipt = kept};
    made.entries[0].id = botcore::message_id_for(kept, 0, one.in);
    return made;
}
