#include "tests/contract/database.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <iterator>

std::unique_ptr<backend> make_backend()
{
    return std::make_unique<sql_backend>();
}

/// The database has a clock of its own, so all that is due later is brought forward instead.
void sql_backend::advance(std::chrono::nanoseconds time)
{
    db_->run(
        "UPDATE delivery_queues SET due = due - " + std::to_string(time.count()) + " WHERE due > 0"
    );
}

void recording_log::write(
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

std::size_t recording_log::count(std::string_view part) const
{
    const std::lock_guard lock{mutex_};
    const auto has_part = [&](const std::string& line) {
        return line.find(part) != std::string::npos;
    };
    return static_cast<std::size_t>(std::ranges::count_if(events_, has_part));
}

std::string literal(const database& db, const botcore::uuid& id)
{
    const auto text = id.text();
    if (db.url().dialect() == botapi::sql::dialect::postgresql)
        return "'" + text + "'::uuid";
    std::string digits;
    std::ranges::copy_if(text, std::back_inserter(digits), [](char character) {
        return character != '-';
    });
    return "x'" + digits + "'";
}

std::unique_ptr<botapi::sql::sql_storage> open_storage(
    const database& db,
    botcore::log& log,
    const botapi::sql::storage_options& options
)
{
    auto opened = botapi::sql::sql_storage::open(db.url(), options, log);
    if (!opened)
        FAIL(opened.error().detail);
    return *std::move(opened);
}

botcore::submission once(const message_spec& spec, std::uint64_t key)
{
    const botcore::receipt receipt{.key = uuid_of(key), .digest = key, .seed = uuid_of(key)};
    botcore::submission submission{.entries = {entry_of(spec)}, .receipt = receipt};
    submission.entries[0].id = botcore::message_id_for(receipt, 0, spec.in);
    return submission;
}
