#include "apps/server/command_line.hpp"
#include "apps/server/commands.hpp"
#include "apps/server/process.hpp"

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <span>
#include <string>

namespace {

using botapi::app::command;
using botapi::app::invocation;

constexpr int failed = 1;
constexpr int asked_wrongly = 2;

/// One line, whatever is in it.
int fail(int code, std::string why)
{
    std::ranges::replace_if(
        why,
        [](unsigned char c) { return c < ' ' || c == 0x7f; },
        ' '
    );
    std::cerr << "botapi: " + why + '\n';
    return code;
}

int carry_out(const invocation& asked)
{
    switch (asked.command) {
        case command::help: std::cout << asked.help; return 0;
        case command::version: return botapi::app::tell_version(asked.tells_details);
        case command::serve: return botapi::app::serve(asked.settings);
        case command::migrate: return botapi::app::migrate(asked.settings, asked.is_dry_run);
        case command::check:
            return asked.repairs ? botapi::app::repair(asked.settings, asked.is_dry_run)
                                 : botapi::app::check(asked.settings);
        case command::keys_create: return botapi::app::create_key(asked.settings, asked.key);
        case command::keys_list: return botapi::app::list_keys(asked.settings);
        case command::keys_revoke: return botapi::app::revoke_keys(asked.settings, asked.key);
        case command::keys_rotate_signing: break;
    }
    return botapi::app::rotate_signing(asked.settings, asked.key);
}

}  // namespace

int main(int count, char** arguments)
{
    botapi::app::keep_standard_files();
    try {
        const std::span<const char* const> words{arguments, static_cast<std::size_t>(count)};
        const auto asked = botapi::app::parse_command_line(
            words.subspan(std::min<std::size_t>(1, words.size())),
            [](const char* name) { return std::getenv(name); }
        );
        return asked ? carry_out(*asked) : fail(asked_wrongly, asked.error().detail);
    } catch (const std::exception& thrown) {
        return fail(failed, thrown.what());
    } catch (...) {
        return fail(failed, "Something failed that can't say what.");
    }
}
