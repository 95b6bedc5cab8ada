#include "adapters/soci/keys/key_rows.hpp"

#include <botcore/domain/hexadecimal.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace botapi::sql {

using namespace botcore;

namespace {

std::string bots_in_text(const visible_bots& bots)
{
    std::string text;
    for (const auto& id : bots.ids())
        id.append_to(text);
    return text;
}

visible_bots bots_from_text(std::string_view text)
{
    std::vector<bot_id> bots;
    for (std::size_t at = 0; at < text.size(); at += uuid::text_size) {
        const auto id = uuid::parse(text.substr(at, uuid::text_size));
        if (!id)
            throw broken_data{"The bots of a stored key are malformed."};
        bots.push_back(bot_id{*id});
    }
    return bots.empty() ? visible_bots{} : visible_bots{std::move(bots)};
}

std::optional<instant> instant_in(const row& row, std::size_t column)
{
    if (row.is_null(column))
        return std::nullopt;
    return instant{std::chrono::nanoseconds{row.number(column)}};
}

void give_or_null(statement& statement, const std::optional<instant>& at)
{
    if (at) {
        statement.bind(count_of(*at));
    } else {
        statement.bind_null();
    }
}

api_key key_in(const row& row)
{
    const auto scopes = scope_set::from_bits(row.count(2));
    secret_hash hash{};
    if (!scopes || !read_hexadecimal(row.text(4), hash))
        throw broken_data{"A stored key is malformed."};
    api_key key{
        .id = key_id{row.id(0)},
        .name = std::string{row.text(1)},
        .scopes = *scopes,
        .bots = bots_from_text(row.text(3)),
        .created = instant_in(row, 5).value(),
        .expires = instant_in(row, 6),
        .revoked = instant_in(row, 7),
        .last_used = instant_in(row, 8),
        .hash = hash};
    if (!row.is_null(9)) {
        key.quota = row.count(9);
        key.stored = row.count(10);
    }
    return key;
}

}  // namespace

std::vector<api_key> read_keys(session& db)
{
    std::vector<api_key> keys;
    auto& selection = db.prepared(
        {"SELECT k.id, k.name, k.scopes, k.bots, k.hash, k.created, k.expires, k.revoked,"
         " k.last_used, q.quota, q.stored FROM api_keys k LEFT JOIN key_quotas q ON q.key = k.id"
         " ORDER BY k.id",
         {},
         "itnttnnnnnn"}
    );
    for (selection.run(); selection.next();)
        keys.push_back(key_in(selection));
    return keys;
}

void write_key(session& db, const api_key& added)
{
    auto& insert = db.prepared(
        {"INSERT INTO api_keys (id, name, scopes, bots, hash, created, expires, revoked, last_used)"
         " VALUES (:id, :name, :scopes, :bots, :hash, :created, :expires, :revoked, :last_used)",
         "itnttnnnn"}
    );
    insert.bind(added.id)
        .bind(std::string_view{added.name})
        .bind(added.scopes.bits())
        .bind(std::string_view{bots_in_text(added.bots)})
        .bind(std::string_view{to_hexadecimal(added.hash)})
        .bind(count_of(added.created));
    give_or_null(insert, added.expires);
    give_or_null(insert, added.revoked);
    give_or_null(insert, added.last_used);
    insert.run().finish();
    if (!added.quota)
        return;
    db.prepared({"INSERT INTO key_quotas (key, quota, stored) VALUES (:key, :quota, :stored)",
                 "inn"})
        .bind(added.id)
        .bind(*added.quota)
        .bind(added.stored)
        .run()
        .finish();
}

std::vector<signing_key> read_signing_keys(session& db)
{
    std::vector<signing_key> keys;
    auto& selection = db.prepared(
        {"SELECT number, secret, created, ends FROM signing_keys ORDER BY number", {}, "ntnn"}
    );
    for (selection.run(); selection.next();) {
        signing_key key{
            .number = static_cast<std::uint32_t>(selection.count(0)),
            .created = instant_in(selection, 2).value(),
            .ends = instant_in(selection, 3)};
        if (!read_hexadecimal(selection.text(1), key.secret))
            throw broken_data{"A stored signing key is malformed."};
        keys.push_back(key);
    }
    return keys;
}

bool write_signing_key(session& db, const signing_key& added)
{
    auto& insert = db.prepared(
        {"INSERT INTO signing_keys (number, secret, created) VALUES (:number, :secret, :created)"
         " ON CONFLICT DO NOTHING RETURNING number",
         "ntn",
         "n"}
    );
    insert.bind(std::int64_t{added.number})
        .bind(std::string_view{to_hexadecimal(added.secret)})
        .bind(count_of(added.created));
    bool is_written = false;
    for (insert.run(); insert.next();)
        is_written = true;
    return is_written;
}

void end_signing_keys(session& db, const signing_key& added, instant others_end)
{
    db.prepared({"DELETE FROM signing_keys WHERE ends <= :created", "n"})
        .bind(count_of(added.created))
        .run()
        .finish();
    db.prepared({"UPDATE signing_keys SET ends = :ends WHERE number <> :number"
                 " AND (ends IS NULL OR ends > :earlier)",
                 "nnn"})
        .bind(count_of(others_end))
        .bind(std::int64_t{added.number})
        .bind(count_of(others_end))
        .run()
        .finish();
}

}  // namespace botapi::sql
