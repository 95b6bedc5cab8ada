#include "adapters/soci/keys/sql_keys.hpp"

#include "adapters/soci/bots/bot_fence/bot_fence.hpp"
#include "adapters/soci/keys/key_rows.hpp"

#include <algorithm>
#include <optional>

namespace botapi::sql {

using namespace botcore;

namespace {

std::uint64_t read_version(session& db)
{
    return db.prepared({"SELECT version FROM key_changes", {}, "n"}).run_for_count();
}

void count_change(session& db)
{
    db.prepared({"UPDATE key_changes SET version = version + 1", {}, {}}).run().finish();
}

/// Whether a key is revoked. Nothing if there is no such key.
std::optional<bool> find_revoked(session& db, key_id id)
{
    auto& selection = db.prepared({"SELECT revoked FROM api_keys WHERE id = :id", "i", "n"});
    std::optional<bool> is_revoked;
    for (selection.bind(id).run(); selection.next();)
        is_revoked = !selection.is_null(0);
    return is_revoked;
}

}  // namespace

result<> sql_keys::add(const api_key& added, deadline until)
{
    const transaction work{
        .lock = bots_stay,
        .run =
            [&](session& db) {
                write_key(db, added);
                count_change(db);
                return progress::written;
            },
        .verify_commit =
            [&](session& db) {
                return find_revoked(db, added.id) ? commit_status::committed
                                                  : commit_status::not_committed;
            },
    };
    return runner_.write(until, work);
}

result<key_list> sql_keys::list(deadline until)
{
    key_list list;
    const auto done = runner_.read(until, [&](session& db) {
        note_list_on(db);
        list = {.version = version_on(db)};
        list.keys = read_keys(db);
        list.signing = read_signing_keys(db);
    });
    if (!done)
        return done.error();
    return list;
}

result<std::uint64_t> sql_keys::version(deadline until)
{
    std::uint64_t version = 0;
    const auto done = runner_.read_once(until, [&](session& db) { version = version_on(db); });
    if (!done)
        return done.error();
    return version;
}

std::uint64_t sql_keys::version_on(session& db)
{
    constexpr unsigned count_bits = 40;
    const auto count = read_version(db);
    const std::lock_guard lock{mutex_};
    if (db.number() > newest_session_) {
        epoch_ += newest_session_ == 0 ? 0 : 1;
        newest_session_ = db.number();
    }
    return (epoch_ << count_bits) + count;
}

/// A list from an older session may come from a server that was replaced. Then the epoch grows, so
/// that the list is read again.
void sql_keys::note_list_on(const session& db)
{
    const std::lock_guard lock{mutex_};
    if (db.number() < newest_session_)
        ++epoch_;
}

result<> sql_keys::revoke(key_id revoked, instant now, deadline until)
{
    std::optional<bool> was_revoked;
    const transaction work{
        .lock = bots_stay,
        .run =
            [&](session& db) {
                was_revoked = find_revoked(db, revoked);
                if (was_revoked.value_or(true))
                    return progress::nothing;
                db.prepared(
                      {"UPDATE api_keys SET revoked = :now WHERE id = :id AND revoked IS NULL",
                       "ni"}
                )
                    .bind(count_of(now))
                    .bind(revoked)
                    .run()
                    .finish();
                count_change(db);
                return progress::written;
            },
        .verify_commit =
            [&](session& db) {
                return find_revoked(db, revoked).value_or(false) ? commit_status::committed
                                                                 : commit_status::not_committed;
            },
    };
    if (auto done = runner_.write(until, work); !done)
        return done;
    if (!was_revoked)
        return refuse(errc::not_found, "No key has the id " + revoked.text() + ".");
    return {};
}

result<std::size_t> sql_keys::revoke_all(instant created, instant now, deadline until)
{
    std::size_t count = 0;
    const transaction work{
        .lock = bots_stay,
        .run =
            [&](session& db) {
                count = 0;
                auto& update = db.prepared(
                    {"UPDATE api_keys SET revoked = :now"
                     " WHERE created < :created AND revoked IS NULL RETURNING id",
                     "nn",
                     "i"}
                );
                for (update.bind(count_of(now)).bind(count_of(created)).run(); update.next();)
                    ++count;
                if (count == 0)
                    return progress::nothing;
                count_change(db);
                return progress::written;
            },
        // Another request may have revoked the same keys: no row says which request did.
        .verify_commit = [](session& /*db*/) { return commit_status::unknown; },
    };
    if (const auto done = runner_.write(until, work); !done)
        return done.error();
    return count;
}

result<> sql_keys::renew_signing(const signing_key& added, instant others_end, deadline until)
{
    bool is_taken = false;
    const transaction work{
        .lock = bots_stay,
        .run =
            [&](session& db) {
                is_taken = !write_signing_key(db, added);
                if (is_taken)
                    return progress::nothing;
                end_signing_keys(db, added, others_end);
                count_change(db);
                return progress::written;
            },
        .verify_commit =
            [&](session& db) {
                const auto stored = read_signing_keys(db);
                return std::ranges::count(stored, added.secret, &signing_key::secret) > 0
                           ? commit_status::committed
                           : commit_status::not_committed;
            },
    };
    if (auto done = runner_.write(until, work); !done)
        return done;
    if (is_taken) {
        return refuse(
            errc::already_exists,
            "Another request renewed the signing key at the same time."
        );
    }
    return {};
}

result<> sql_keys::note_use(key_id used, instant now, deadline until)
{
    const transaction work{
        .lock = bots_stay,
        .run =
            [&](session& db) {
                db.prepared({"UPDATE api_keys SET last_used = :now WHERE id = :id", "ni"})
                    .bind(count_of(now))
                    .bind(used)
                    .run()
                    .finish();
                return progress::written;
            },
        .verify_commit =
            [](session& /*db*/) {
                return commit_status::not_committed;
            },  // Repeating it does no harm.
    };
    return runner_.write(until, work);
}

}  // namespace botapi::sql
