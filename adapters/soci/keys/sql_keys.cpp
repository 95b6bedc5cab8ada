#include "adapters/soci/keys/sql_keys.hpp"

#include "adapters/soci/bots/bot_fence/bot_fence.hpp"
#include "adapters/soci/keys/key_rows.hpp"

#include <algorithm>
#include <optional>

namespace botapi::sql {

using namespace botcore;

namespace {

std::uint64_t read_version(session& on)
{
    return on.prepared({"SELECT version FROM key_changes", {}, "n"}).run_for_count();
}

void count_change(session& on)
{
    on.prepared({"UPDATE key_changes SET version = version + 1", {}, {}}).run().finish();
}

/// Whether a key is revoked. Nothing, if there is no such key.
std::optional<bool> find_revoked(session& on, key_id id)
{
    auto& selection = on.prepared({"SELECT revoked FROM api_keys WHERE id = :id", "i", "n"});
    std::optional<bool> is_revoked;
    for (selection.give(id).run(); selection.next();)
        is_revoked = !selection.is_null(0);
    return is_revoked;
}

}  // namespace

result<> sql_keys::add(const api_key& added, deadline until)
{
    const transaction work{
        .lock = bots_stay,
        .run =
            [&](session& on) {
                write_key(on, added);
                count_change(on);
                return progress::written;
            },
        .verify_commit =
            [&](session& on) {
                return find_revoked(on, added.id) ? commit_status::committed
                                                  : commit_status::not_committed;
            },
    };
    return runner_.write(until, work);
}

result<key_list> sql_keys::list(deadline until)
{
    key_list list;
    const auto done = runner_.read(until, [&](session& on) {
        note_list_on(on);
        list = {.version = version_on(on)};
        list.keys = read_keys(on);
        list.signing = read_signing_keys(on);
    });
    if (!done)
        return done.error();
    return list;
}

result<std::uint64_t> sql_keys::version(deadline until)
{
    std::uint64_t version = 0;
    const auto done = runner_.read_once(until, [&](session& on) { version = version_on(on); });
    if (!done)
        return done.error();
    return version;
}

std::uint64_t sql_keys::version_on(session& on)
{
    constexpr unsigned count_bits = 40;
    const auto count = read_version(on);
    const std::lock_guard lock{mutex_};
    if (on.number() > newest_session_) {
        epoch_ += newest_session_ == 0 ? 0 : 1;
        newest_session_ = on.number();
    }
    return (epoch_ << count_bits) + count;
}

/// A list from an older session may be that of a server which was replaced: it has to be read again.
void sql_keys::note_list_on(const session& on)
{
    const std::lock_guard lock{mutex_};
    if (on.number() < newest_session_)
        ++epoch_;
}

result<> sql_keys::revoke(key_id revoked, instant now, deadline until)
{
    std::optional<bool> was_revoked;
    const transaction work{
        .lock = bots_stay,
        .run =
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
        .verify_commit =
            [&](session& on) {
                return find_revoked(on, revoked).value_or(false) ? commit_status::committed
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
            [&](session& on) {
                count = 0;
                auto& update = on.prepared(
                    {"UPDATE api_keys SET revoked = :now"
                     " WHERE created < :created AND revoked IS NULL RETURNING id",
                     "nn",
                     "i"}
                );
                for (update.give(count_of(now)).give(count_of(created)).run(); update.next();)
                    ++count;
                if (count == 0)
                    return progress::nothing;
                count_change(on);
                return progress::written;
            },
        // Another request may have revoked the same keys: no row says which request did.
        .verify_commit = [](session& /*on*/) { return commit_status::unknown; },
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
            [&](session& on) {
                is_taken = !write_signing_key(on, added);
                if (is_taken)
                    return progress::nothing;
                end_signing_keys(on, added, others_end);
                count_change(on);
                return progress::written;
            },
        .verify_commit =
            [&](session& on) {
                const auto stored = read_signing_keys(on);
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
            [&](session& on) {
                on.prepared({"UPDATE api_keys SET last_used = :now WHERE id = :id", "ni"})
                    .give(count_of(now))
                    .give(used)
                    .run()
                    .finish();
                return progress::written;
            },
        .verify_commit =
            [](session& /*on*/) {
                return commit_status::not_committed;
            },  // Repeating it does no harm.
    };
    return runner_.write(until, work);
}

}  // namespace botapi::sql
