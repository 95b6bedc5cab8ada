#include "adapters/logging/descriptor_log.hpp"
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

/// The database, and what the commands need to read and change its keys.
struct key_store {
    explicit key_store(const settings& settings) : log{settings.log}
    {
        // `open_storage` never makes or migrates a database: the server would not know a key in a
        // new one. `must_exist` is ignored, so that an empty database can get its first key.
        auto existing = settings;
        existing.must_exist = false;
        storage = open_storage(existing, without_primary::ends, log);
    }

    logging::descriptor_log log;
    std::unique_ptr<sql::sql_storage> storage{};
    botcore::system::system_clock clock{};
    botcore::system::system_ids ids{clock};
    botcore::system::system_secrets secrets{};
    botcore::deadline until = std::chrono::steady_clock::now() + std::chrono::seconds{10};
};

/// Writes the command and its user to the audit log.
void record(key_store& store, std::string_view command, std::string_view about)
{
    store.log.write(
        botcore::severity::info,
        "audit",
        {{"command", command}, {"user", std::uint64_t{getuid()}}, {"about", about}}
    );
}

/// The same error for the operator. It names flags instead of the fields of a request.
command_error command_error_from(const botcore::error& refusal)
{
    std::string text = refusal.detail;
    for (const auto& [pointer, detail] : refusal.faults) {
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
Result checked(Result result)
{
    if (!result)
        throw command_error_from(result.error());
    return result;
}

std::vector<std::string_view> views_of(const std::vector<std::string>& texts)
{
    return {texts.begin(), texts.end()};
}

std::optional<std::string_view> unless_empty(const std::string& text)
{
    return text.empty() ? std::nullopt : std::optional<std::string_view>{text};
}

}  // namespace

int create_key(const settings& settings, const key_arguments& arguments)
{
    key_store store{settings};
    botcore::key_service keys{store.storage->keys(), store.clock, store.ids, store.secrets};
    const auto created = checked(keys.prepare(
        {.name = unless_empty(arguments.name),
         .scopes = views_of(arguments.scopes),
         .bots = views_of(arguments.bots),
         .expires = unless_empty(arguments.expires),
         .quota = arguments.quota}
    ));
    static_cast<void>(checked(keys.add(created->key, store.until)));
    record(store, "keys create", "/keys/" + created->key.id.text());
    std::cout << created->token.text() << '\n';
    return 0;
}

int list_keys(const settings& settings)
{
    key_store store{settings};
    botcore::key_service keys{store.storage->keys(), store.clock, store.ids, store.secrets};
    const auto list = checked(keys.list(store.until));
    record(store, "keys list", "/keys");
    for (const auto& key : *list) {
        std::string line;
        wire::append_json(line, key);
        std::cout << line << '\n';
    }
    return 0;
}

int revoke_keys(const settings& settings, const key_arguments& arguments)
{
    if (arguments.id.empty() == arguments.issued_before.empty())
        throw command_error{"Name the keys: --id ID or --issued-before TIME."};
    key_store store{settings};
    botcore::key_service keys{store.storage->keys(), store.clock, store.ids, store.secrets};
    if (!arguments.id.empty()) {
        const auto id = botcore::uuid::parse(arguments.id);
        if (!id)
            throw command_error{"--id must be a UUID, as printed by `botapi keys list`."};
        static_cast<void>(checked(keys.revoke(botcore::key_id{*id}, store.until)));
        record(store, "keys revoke", "/keys/" + id->text());
        return 0;
    }
    const auto created = botcore::timestamp::parse(arguments.issued_before);
    if (!created)
        throw command_error{"--issued-before " + created.error().detail};
    const auto count = *checked(keys.revoke_all(created->at(), store.until));
    record(store, "keys revoke", "/keys?issuedBefore=" + created->text());
    std::cout << count << " revoked\n";
    return 0;
}

int rotate_signing(const settings& settings, const key_arguments& arguments)
{
    key_store store{settings};
    botcore::key_service keys{store.storage->keys(), store.clock, store.ids, store.secrets};
    static_cast<void>(checked(keys.rotate_signing(arguments.at_once, store.until)));
    record(
        store,
        "keys rotate-signing",
        arguments.at_once ? "all tokens end" : "tokens stay valid"
    );
    return 0;
}

}  // namespace botapi::app
