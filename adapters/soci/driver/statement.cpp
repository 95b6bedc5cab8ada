#include "adapters/soci/driver/statement.hpp"

#include <soci/sqlite3/soci-sqlite3.h>

#include <algorithm>
#include <array>

namespace botapi::sql {

namespace {

botcore::uuid id_from_bytes(std::string_view bytes)
{
    if (bytes.size() != botcore::uuid::size)
        throw broken_data{"A stored id does not have 16 bytes."};
    botcore::uuid::bytes_type id{};
    std::ranges::transform(bytes, id.begin(), [](char byte) {
        return static_cast<std::uint8_t>(byte);
    });
    return botcore::uuid{id};
}

}  // namespace

// SQLite stores ids as BLOBs of 16 bytes. That is half the size of text, and ids are in four
// indexes. SOCI 4.0.3 binds its `blob` without a copy. It reads a whole BLOB into a `std::string`,
// with its zero bytes.
statement::statement(
    soci::session& session,
    sql::dialect dialect,
    const sql_text& text,
    statement_life life
)
    : dialect_{dialect}, statement_{session}
{
    for (const char kind : text.parameters) {
        auto& [value, number, bytes, state] = parameters_.emplace_back();
        if (kind == 'n') {
            statement_.exchange(soci::use(number, state));
        } else if (kind == 'i' && dialect == dialect::sqlite) {
            bytes = std::make_unique<soci::blob>(session);
            statement_.exchange(soci::use(*bytes, state));
        } else {
            statement_.exchange(soci::use(value, state));
        }
    }
    for (const char kind : text.columns) {
        auto& [value, number, bytes, state] = columns_.emplace_back();
        if (kind == 'n') {
            statement_.exchange(soci::into(number, state));
        } else {
            statement_.exchange(soci::into(value, state));
        }
    }
    statement_.alloc();
    statement_.prepare(
        text.sql,
        life == statement_life::session ? soci::details::st_repeatable_query
                                        : soci::details::st_one_time_query
    );
    statement_.define_and_bind();
}

statement::cell& statement::next_parameter()
{
    cell& parameter = parameters_.at(parameter_count_++);
    parameter.state = soci::i_ok;
    return parameter;
}

statement& statement::bind(const botcore::uuid& value)
{
    cell& parameter = next_parameter();
    if (dialect_ == dialect::postgresql) {
        parameter.text = value.text();
        return *this;
    }
    std::array<char, botcore::uuid::size> bytes{};
    std::ranges::transform(value.bytes(), bytes.begin(), [](std::uint8_t byte) {
        return static_cast<char>(byte);
    });
    parameter.bytes->write(0, bytes.data(), bytes.size());
    return *this;
}

statement& statement::bind(std::int64_t value)
{
    next_parameter().number = value;
    return *this;
}

statement& statement::bind(std::string_view value)
{
    next_parameter().text = value;
    return *this;
}

statement& statement::bind_null()
{
    next_parameter().state = soci::i_null;
    return *this;
}

statement& statement::run()
{
    parameter_count_ = 0;
    has_failed_ = true;
    has_first_row_ = statement_.execute(true);
    has_failed_ = false;
    return *this;
}

std::uint64_t statement::run_for_count()
{
    std::uint64_t number = 0;
    for (run(); next();)
        number = count(0);
    return number;
}

bool statement::next()
{
    if (has_first_row_) {
        has_first_row_ = false;
        return true;
    }
    if (!columns_.empty() && statement_.fetch())
        return true;
    finish();
    return false;
}

void statement::finish()
{
    parameter_count_ = 0;
    has_first_row_ = false;
    if (dialect_ == dialect::sqlite) {
        sqlite3_reset(static_cast<soci::sqlite3_statement_backend*>(statement_.get_backend())->stmt_
        );
    }
}

botcore::uuid statement::id(std::size_t column) const
{
    const auto stored = text(column);
    if (dialect_ == dialect::sqlite)
        return id_from_bytes(stored);
    const auto id = botcore::uuid::parse(stored);
    if (!id)
        throw broken_data{"A stored id is not a UUID."};
    return *id;
}

std::int64_t statement::number(std::size_t column) const
{
    if (is_null(column))
        throw broken_data{"A stored number is missing."};
    return columns_.at(column).number;
}

std::string_view statement::text(std::size_t column) const
{
    if (is_null(column))
        throw broken_data{"A stored text is missing."};
    return columns_.at(column).text;
}

bool statement::is_null(std::size_t column) const
{
    return columns_.at(column).state == soci::i_null;
}

}  // namespace botapi::sql
