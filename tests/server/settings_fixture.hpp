#pragma once

#include "apps/server/command_line.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

/// A command line, variables and a file, as long as a test runs.
class settings_fixture {
public:
    settings_fixture()
    {
        std::string pattern = (std::filesystem::temp_directory_path() / "botapi-XXXXXX").string();
        if (::mkdtemp(pattern.data()) == nullptr)
            throw std::runtime_error{"no temporary folder"};
        folder_ = pattern;
    }
    ~settings_fixture() { std::filesystem::remove_all(folder_); }

    settings_fixture(const settings_fixture&) = delete;
    settings_fixture& operator=(const settings_fixture&) = delete;

    /// The path of a configuration file with this content.
    [[nodiscard]] std::string file(std::string_view content, std::string_view name = "botapi.toml")
        const
    {
        const auto path = folder_ / name;
        std::ofstream{path, std::ios::binary} << content;
        return path.string();
    }

    [[nodiscard]] botcore::result<botapi::app::invocation> parse(
        const std::vector<std::string>& arguments
    ) const
    {
        std::vector<const char*> pointers;
        pointers.reserve(arguments.size());
        for (const auto& argument : arguments)
            pointers.push_back(argument.c_str());
        return botapi::app::parse_command_line(pointers, [this](const char* name) {
            const auto found = variables.find(name);
            return found == variables.end() ? nullptr : found->second.c_str();
        });
    }

    [[nodiscard]] botapi::app::settings settings(const std::vector<std::string>& arguments) const
    {
        const auto parsed = parse(arguments);
        if (!parsed)
            throw std::runtime_error{parsed.error().detail};
        return parsed->settings;
    }

    /// The line for the user. Empty if nothing is wrong.
    [[nodiscard]] std::string complaint(const std::vector<std::string>& arguments) const
    {
        const auto parsed = parse(arguments);
        return parsed ? "" : parsed.error().detail;
    }

    std::map<std::string, std::string, std::less<>> variables;

private:
    std::filesystem::path folder_;
};
