#include "adapters/soci/sql_keys.hpp"

#include "adapters/soci/hexadecimal.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace botapi::sql {

using namespace botcore;

namespace {

constexpr std::string_view columns =
    "id, name, scopes, bots, hash, created, expires, revoked, last_used";

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
            throw broken_data{"The bots of a stored key are no ids."};
        bots.push_back(bot_id{*id});
    }
    return bots.empty() ? visible_bots{} : visible_bots{std::move(bots)};
}

std::int64_t count_of(instant at)
{
    return at.time_since_epoch().count();
}

std::optional<instant> instant_in(const row& row, std::size_t column)
{
    if (row.is_null(column))
        return std::nullopt;
    return instant{std::chrono::nanoseconds{row.number(column)}};
}

void give_or_null(statement& to, const std::optional<instant>& at)
{
    if (at) {
        to.give(count_of(*at));
    } else {
        to.give_null();
    }
}

api_key key_in(const row& row)
{
    const auto scopes = scope_set::from_bits(row.count(2));
    secret_hash hash{};
    if (!scopes || !read_hexadecimal(row.text(4), hash))
        throw broken_data{"A stored key is none."};
    return {
        .id = key_id{row.id(0)},
        .name = std::string{row.text(1)},
        .scopes = *scopes,
        .bots = bots_from_text(row.text(3)),
        .created = instant_in(row, 5).value(),
        .expires = instant_in(row, 6),
        .revoked = instant_in(row, 7),
        .last_used = instant_in(row, 8),
        .hash = hash};
}

std::uint64_t read_version(session& on)
{
    auto& asked = on.prepared({"SELECT version FROM key_changes", {}, "n"});
    std::uint64_t version = 0;
    for (asked.run(); asked.next();)
        version = asked.count(0);
    return version;
}

void count_change(session& on)
{
    on.prepared({"UPDATE key_changes SET version = version + 1", {}, {}}).run().finish();
}

/// Whether the key is there, and if so, whether it is revoked.
std::optional<bool> find_revoked(session& on, key_id id)
{
    auto& asked = on.prepared({"SELECT revoked FROM api_keys WHERE id = :id", "i", "n"});
    std::optional<bool> found;
    for (asked.give(id).run(); asked.next();)
        found = !asked.is_null(0);
    return found;
}

}  // namespace

result<> sql_keys::add(const api_key& added, deadline until)
{
    const write_work work{
        .carry_out =
            [&](session& on) {
                auto& insert = on.prepared(
                    {"INSERT INTO api_keys (" + std::string{columns} +
                         ") VALUES (:id, :name, :scopes, :bots, :hash, :created, :expires,"
                         " :revoked, :last_used)",
                     "itnttnnnn"}
                );
                insert.give(added.id)
                    .give(std::string_view{added.name})
                    .give(added.scopes.bits())
                    .give(std::string_view{bots_in_text(added.bots)})
                    .give(std::string_view{in_hexadecimal(added.hash)})
                    .give(count_of(added.created));
                give_or_null(insert, added.expires);
                give_or_null(insert, added.revoked);
                give_or_null(insert, added.last_used);
                insert.run().finish();
                count_change(on);
                return progress::written;
            },
        .find_out = [&](session& on
                    ) { return find_revoked(on, added.id) ? landed::yes : landed::no; },
    };
    return engine_.write(bots_lock::shared, until, work);
}

result<key_list> sql_keys::list(deadline until)
{
    key_list found;
    const auto done = engine_.read(until, [&](session& on) {
        found = {.version = read_version(on)};
        auto& asked = on.prepared(
            {"SELECT " + std::string{columns} + " FROM api_keys ORDER BY id", {}, "itnttnnnn"}
        );
        for (asked.run(); asked.next();)
            found.keys.push_back(key_in(asked));
    });
    if (!done)
        return done.error();
    return found;
}

result<std::uint64_t> sql_keys::version(deadline until)
{
    std::uint64_t version = 0;
    const auto done = engine_.read_once(until, [&](session& on) { version = read_version(on); });
    if (!done)
        return done.error();
    return version;
}

result<> sql_keys::revoke(key_id revoked, instant now, deadline until)
{
    std::optional<bool> was_revoked;
    const write_work work{
        .carry_out =
            [&](session& on) {
                was_revoked = find_revoked(on, revoked);
                if (was_revoked.value_or(true))
                    return progress::nothing;
                on.prepared(
                      {"UPDATE api_keys SET revoked = :now WHERE id = :id AND revoked IS NULL",
                       "ni"}
                )
                    .give(count_of(now))
                    .give(revoked)
                    .run()
                    .finish();
                count_change(on);
                return progress::written;
            },
        .find_out =
            [&](session& on) {
                return find_revoked(on, revoked).value_or(false) ? landed::yes : landed::no;
            },
    };
    if (const auto done = engine_.write(bots_lock::shared, until, work); !done)
        return done;
    if (!was_revoked)
        return refuse(errc::not_found, "No key has the id " + revoked.text() + ".");
    return {};
}

result<std::size_t> sql_keys::revoke_all(instant created, instant now, deadline until)
{
    std::size_t count = 0;
    const write_work work{
        .carry_out =
            [&](session& on) {
                count = 0;
                auto& asked = on.prepared(
                    {"UPDATE api_keys SET revoked = :now"
                     " WHERE created < :created AND revoked IS NULL RETURNING id",
                     "nn",
                     "i"}
                );
                for (asked.give(count_of(now)).give(count_of(created)).run(); asked.next();)
                    ++count;
                if (count == 0)
                    return progress::nothing;
                count_change(on);
                return progress::written;
            },
        // Others may have revoked them as well: then nobody can say who did.
        .find_out = [](session& /*on*/) { return landed::unclear; },
    };
    if (const auto done = engine_.write(bots_lock::shared, until, work); !done)
        return done.error();
    return count;
}

result<> sql_keys::note_use(key_id used, instant now, deadline until)
{
    const write_work work{
        .carry_out =
            [&](session& on) {
                on.prepared({"UPDATE api_keys SET last_used = :now WHERE id = :id", "ni"})
                    .give(count_of(now))
                    .give(used)
                    .run()
                    .finish();
                return progress::written;
            },
        .find_out = [](session& /*on*/) { return landed::no; },  // Doing it again does no harm.
    };
    return engine_.write(bots_lock::shared, until, work);
}

}  // namespace botapi::sql
