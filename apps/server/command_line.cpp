#include "apps/server/command_line.hpp"

#include "apps/server/setting_table.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

namespace botapi::app {

using botcore::errc;
using botcore::refuse;
using botcore::result;

namespace {

constexpr std::string_view hint = " See `botapi --help`.";

constexpr std::string_view sources_footer =
    "Each setting is also a variable, such as BOTAPI_MAX_BODY_SIZE, and a key of the\n"
    "configuration file, such as max-body-size. Flags win over variables, variables\n"
    "over the file. Sizes are written as 4096, 64KiB or 1MiB, times as 500ms, 10s or 5m.\n";

/// The flags of one command.
struct command_flags {
    CLI::App* app = nullptr;
    std::map<std::string, std::vector<std::string>, std::less<>> values{};
    std::string config_path{};
};

/// CLI11 reads the command line only. It could read the environment and the file too, but it would
/// let the file win over the environment, and cut a value at a `#`, even in quotation marks.
class command_line {
public:
    command_line()
    {
        app_.name("botapi");
        app_.set_help_flag("-h,--help", "print this help");
        app_.set_version_flag("--version", "");
        app_.get_option("--version")->description("print the version");
        app_.require_subcommand(0, 1);
        app_.allow_extras();
        app_.get_formatter()->column_width(37);

        add(app_, command::serve, "serve", "serve the HTTP API");
        add(app_, command::migrate, "migrate", "bring the database's schema up to date");
        commands_.at(command::migrate)
            .app->add_flag("--dry-run", is_dry_run_, "only print what would be done");
        add(app_, command::check, "check", "check all stored data against the rules");
        auto& check = *commands_.at(command::check).app;
        auto* const repair =
            check.add_flag("--repair", repairs_, "print what can be repaired safely");
        check.add_flag("--apply", applies_, "with --repair: repair it")->needs(repair);
        add(app_, command::config, "config", "print every setting, its value and its source");
        commands_.at(command::config).app->add_flag("--json", is_json_, "print JSON");
        add_keys();
        version_ =
            app_.add_subcommand("version", "print the versions of the program and its libraries");
        version_->allow_extras();
    }

    result<invocation> parse(std::span<const char* const> arguments, const environment& variables)
    {
        try {
            std::vector<std::string> reversed{arguments.rbegin(), arguments.rend()};
            app_.parse(std::move(reversed));
        } catch (const CLI::CallForHelp&) {
            return invocation{.command = command::help, .help = app_.help()};
        } catch (const CLI::CallForVersion&) {
            return invocation{.command = command::version};
        } catch (const CLI::ParseError& error) {
            return refuse(errc::invalid_argument, std::string{error.what()} + '.');
        }
        if (const auto fault = fault_of_first_unknown())
            return refuse(errc::invalid_argument, *fault + std::string{hint});
        return invocation_from(variables);
    }

private:
    void add_keys()
    {
        auto* const keys = app_.add_subcommand("keys", "make, list and revoke API keys");
        keys->require_subcommand(0, 1);
        keys->allow_extras();

        add(*keys, command::keys_create, "create", "make a key, and print its token once");
        auto& create = *commands_.at(command::keys_create).app;
        const auto describe = [](CLI::Option* option, const char* placeholder) {
            option->option_text(placeholder)->group("Key")->allow_extra_args(false);
        };
        describe(create.add_option("--name", key_.name, "a name for people"), "TEXT");
        describe(
            create.add_option("--scope", key_.scopes, "what the key may do; may be repeated"),
            "SCOPE"
        );
        describe(
            create.add_option(
                "--bot",
                key_.bots,
                "a bot that the key is limited to; may be repeated"
            ),
            "ID"
        );
        describe(
            create.add_option("--quota", key_.quota, "how many messages the key may store"),
            "NUMBER"
        );
        describe(
            create.add_option("--expires", key_.expires, "when the key expires, as in RFC 3339"),
            "TIME"
        );
        add(*keys, command::keys_list, "list", "print all keys");
        add(*keys, command::keys_revoke, "revoke", "revoke a key, or all older keys");
        auto& revoke = *commands_.at(command::keys_revoke).app;
        describe(revoke.add_option("--id", key_.id, "the key to revoke"), "ID");
        describe(
            revoke.add_option("--issued-before", key_.issued_before, "all keys made before"),
            "TIME"
        );
        add(*keys,
            command::keys_rotate_signing,
            "rotate-signing",
            "sign tokens for conversations with a new secret");
        commands_.at(command::keys_rotate_signing)
            .app->add_flag("--at-once", key_.at_once, "end all earlier tokens")
            ->group("Key");
    }

    void add(
        CLI::App& parent,
        command command,
        const std::string& name,
        const std::string& description
    )
    {
        auto& flags = commands_[command];
        flags.app = parent.add_subcommand(name, description);
        flags.app->allow_extras();
        flags.app->footer(std::string{sources_footer});
        for (const auto& setting : all_settings()) {
            if (!is_used_by(setting, command))
                continue;
            auto& values = flags.values[std::string{setting.name}];
            const auto meaning = std::string{setting.meaning} + " [" + setting.fallback + "]";
            if (setting.is_switch) {
                // In a vector, CLI11 also stores the `no` of `--flag=no`. It overrides a variable.
                flags.app->add_flag(flag_of(setting), values, meaning)
                    ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast)
                    ->group(std::string{setting.group});
                continue;
            }
            auto* const option = flags.app->add_option(flag_of(setting), values, meaning);
            option->option_text(std::string{setting.placeholder});
            option->group(std::string{setting.group});
            option->allow_extra_args(false);
            if (!setting.clear)
                option->expected(1);
        }
        flags.app->add_option("--config", flags.config_path, "configuration file [none]")
            ->option_text("FILE")
            ->group("General");
    }

    /// Describes the first unexpected argument. Does not quote URLs or the values of flags: they
    /// may contain a password.
    [[nodiscard]] std::optional<std::string> fault_of_first_unknown() const
    {
        const auto unknown = app_.remaining(true);
        if (unknown.empty())
            return std::nullopt;
        const auto& first = unknown.front();
        if (first.starts_with('-'))
            return in_quotes(first.substr(0, first.find('='))) + " is not a flag of this command.";
        if (first.find("://") != std::string::npos)
            return "A URL is not expected here: did you mean --database URL?";
        if (app_.get_subcommands().empty())
            return in_quotes(first) +
                   " is not a command: use serve, migrate, check, config, keys or version.";
        return in_quotes(first) + " is not expected here.";
    }

    result<invocation> invocation_from(const environment& variables)
    {
        if (version_->parsed())
            return invocation{.command = command::version, .has_details = true};
        const auto entry = std::ranges::find_if(commands_, [](const auto& one) {
            return one.second.app->parsed();
        });
        if (entry == commands_.end()) {
            return refuse(
                errc::invalid_argument,
                "A command is missing: use serve, migrate, check, config, keys or version." +
                    std::string{hint}
            );
        }

        auto& [command, flags] = *entry;
        const bool has_flag = !flags.config_path.empty();
        if (!has_flag)
            flags.config_path = value_of(variables, "BOTAPI_CONFIG");
        std::erase_if(flags.values, [](const auto& one) { return one.second.empty(); });
        auto settings = decide(
            command,
            {.flags = std::move(flags.values),
             .environment = variables,
             .config_path = flags.config_path,
             .config_source = has_flag ? "--config" : "BOTAPI_CONFIG"}
        );
        if (!settings)
            return settings.error();
        return invocation{
            .command = command,
            .settings = *std::move(settings),
            .is_dry_run = is_dry_run_ || (repairs_ && !applies_),
            .repairs = repairs_,
            .is_json = is_json_,
            .key = key_};
    }

    CLI::App app_{"The conversation store for bots."};
    CLI::App* version_ = nullptr;
    std::map<command, command_flags> commands_;
    bool is_dry_run_ = false;
    bool repairs_ = false;
    bool applies_ = false;
    bool is_json_ = false;
    key_arguments key_;
};

}  // namespace

result<invocation> parse_command_line(
    std::span<const char* const> arguments,
    const environment& variables
)
{
    auto parsed = command_line{}.parse(arguments, variables);
    if (parsed)
        return parsed;
    auto line = parsed.error().detail;
    std::ranges::replace_if(
        line,
        [](unsigned char c) { return c < ' ' || c == 0x7f; },
        ' '
    );
    return refuse(errc::invalid_argument, std::move(line));
}

}  // namespace botapi::app
