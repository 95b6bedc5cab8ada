#include "adapters/logging/descriptor_log.hpp"
#include "adapters/soci/schema/migrate.hpp"
#include "adapters/wire/api_key_json.hpp"
#include "apps/server/commands.hpp"
#include "apps/server/open_storage.hpp"

#include <botcore/app/key_service.hpp>
#include <botcore/system/system_clock.hpp>
#include <botcore/system/system_ids.hpp>
#include <botcore/system/system_secrets.hpp>

#include <chrono>
#include <cstdint>
#include <iostream>
#include <string>
#include <string_view>
#include <unistd.h>

namespace botapi::app {

namespace {

/// The database, and what there is to do with its keys.
struct key_store {
    explicit key_store(const settings& settings) : log{settings.log}
    {
        // As `serve` does: a first key can be made before there is a server.
        if (settings.database.dialect() == sql::dialect::sqlite) {
            if (const auto done = sql::migrate(settings.database, sql::migrating::apply, log);
                !done)
                throw command_error{done.error().detail};
        }
        storage = open_storage(settings, without_primary::ends, log);
    }

    logging::descriptor_log log;
    std::unique_ptr<sql::sql_storage> storage{};
    botcore::system::system_clock clock{};
    botcore::system::system_ids ids{clock};
    botcore::system::system_secrets secrets{};
    botcore::deadline until = std::chrono::steady_clock::now() + std::chrono::seconds{10};
};

/// Who changes keys leaves a line, here as in a server.
void record(key_store& in, std::string_view what, std::string_view about)
{
    in.log.write(
        botcore::severity::info,
        "audit",
        {{"command", what}, {"user", std::uint64_t{getuid()}}, {"about", about}}
    );
}

/// What is wrong, with the flag instead of the field of a request.
command_error in_words(const botcore::error& why)
{
    std::string text = why.detail;
    for (const auto& [pointer, detail] : why.faults) {
        std::string flag = pointer.starts_with("/scopes")    ? "--scope"
                           : pointer.starts_with("/bots")    ? "--bot"
                           : pointer.starts_with("/expires") ? "--expires"
                           : pointer.starts_with("/quota")   ? "--quota"
                                                             : "--name";
        text.append(" ").append(flag).append(" ").append(detail);
    }
    return command_error{text};
}

template <class Result>
Result checked(Result done)
{
    if (!done)
        throw in_words(done.error());
    return done;
}

std::vector<std::string_view> views_of(const std::vector<std::string>& texts)
{
    return {texts.begin(), texts.end()};
}

std::optional<std::string_view> if_given(const std::string& text)
{
    return text.empty() ? std::nullopt : std::optional<std::string_view>{text};
}

}  // namespace

int create_key(const settings& settings, const key_order& wanted)
{
    key_store in{settings};
    botcore::key_service keys{in.storage->keys(), in.clock, in.ids, in.secrets};
    const auto made = checked(keys.prepare(
        {.name = if_given(wanted.name),
         .scopes = views_of(wanted.scopes),
         .bots = views_of(wanted.bots),
         .expires = if_given(wanted.expires),
         .quota = wanted.quota}
    ));
    static_cast<void>(checked(keys.add(made->key, in.until)));
    record(in, "keys create", "/keys/" + made->key.id.text());
    std::cout << made->token.text() << '\n';
    return 0;
}

int list_keys(const settings& settings)
{
    key_store in{settings};
    botcore::key_service keys{in.storage->keys(), in.clock, in.ids, in.secrets};
    const auto found = checked(keys.list(in.until));
    record(in, "keys list", "/keys");
    for (const auto& key : *found) {
        std::string line;
        wire::append_json(line, key);
        std::cout << line << '\n';
    }
    return 0;
}

int revoke_keys(const settings& settings, const key_order& wanted)
{
    if (wanted.id.empty() == wanted.issued_before.empty())
        throw command_error{"Say which: --id ID, or --issued-before TIME."};
    key_store in{settings};
    botcore::key_service keys{in.storage->keys(), in.clock, in.ids, in.secrets};
    if (!wanted.id.empty()) {
        const auto id = botcore::uuid::parse(wanted.id);
        if (!id)
            throw command_error{"--id must be a UUID, as `botapi keys list` tells."};
        static_cast<void>(checked(keys.revoke(botcore::key_id{*id}, in.until)));
        record(in, "keys revoke", "/keys/" + id->text());
        return 0;
    }
    const auto created = botcore::timestamp::parse(wanted.issued_before);
    if (!created)
        throw command_error{"--issued-before " + created.error().detail};
    const auto count = *checked(keys.revoke_all(created->at(), in.until));
    record(in, "keys revoke", "/keys?issuedBefore=" + created->text());
    std::cout << count << " revoked\n";
    return 0;
}

int rotate_signing(const settings& settings, const key_order& wanted)
{
    key_store in{settings};
    botcore::key_service keys{in.storage->keys(), in.clock, in.ids, in.secrets};
    static_cast<void>(checked(keys.rotate_signing(wanted.at_once, in.until)));
    record(in, "keys rotate-signing", wanted.at_once ? "all tokens end" : "tokens go on");
    return 0;
}

}  // namespace botapi::app
