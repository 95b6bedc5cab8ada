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

constexpr int failure = 1;
constexpr int wrong_usage = 2;

/// Prints `reason` on one line, with spaces instead of control characters. Returns `code`.
int fail(int code, std::string reason)
{
    std::ranges::replace_if(
        reason,
        [](unsigned char c) { return c < ' ' || c == 0x7f; },
        ' '
    );
    std::cerr << "botapi: " + reason + '\n';
    return code;
}

int run(const invocation& call)
{
    switch (call.command) {
        case command::help: std::cout << call.help; return 0;
        case command::version: return botapi::app::print_version(call.has_details);
        case command::serve: return botapi::app::serve(call.settings);
        case command::migrate: return botapi::app::migrate(call.settings, call.is_dry_run);
        case command::check:
            return call.repairs ? botapi::app::repair(call.settings, call.is_dry_run)
                                : botapi::app::check(call.settings);
        case command::config: return botapi::app::print_config(call.settings, call.is_json);
        case command::keys_create: return botapi::app::create_key(call.settings, call.key);
        case command::keys_list: return botapi::app::list_keys(call.settings);
        case command::keys_revoke: return botapi::app::revoke_keys(call.settings, call.key);
        case command::keys_rotate_signing: break;
    }
    return botapi::app::rotate_signing(call.settings, call.key);
}

}  // namespace

int main(int count, char** arguments)
{
    botapi::app::keep_standard_files();
    try {
        const std::span<const char* const> all_arguments{
            arguments,
            static_cast<std::size_t>(count)};
        const auto call = botapi::app::parse_command_line(
            all_arguments.subspan(std::min<std::size_t>(1, all_arguments.size())),
            [](const char* name) { return std::getenv(name); }
        );
        return call ? run(*call) : fail(wrong_usage, call.error().detail);
    } catch (const std::exception& thrown) {
        return fail(failure, thrown.what());
    } catch (...) {
        return fail(failure, "An unknown exception was thrown.");
    }
}
