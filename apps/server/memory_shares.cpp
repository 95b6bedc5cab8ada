#include "apps/server/memory_shares.hpp"

#include "apps/server/setting_kinds.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace botapi::app {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t unlimited = std::numeric_limits<std::uint64_t>::max();

/// The number at the beginning of `text`. Nothing if there is none, as in `max`, which means that
/// there is no limit.
std::optional<std::uint64_t> number_in(std::string_view text)
{
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && end != text.data() ? std::optional{number} : std::nullopt;
}

std::uint64_t limit_in(const fs::path& file)
{
    std::string line;
    std::ifstream{file} >> line;
    return number_in(line).value_or(unlimited);
}

/// The lowest limit of a control group and its ancestors. In a container, the hierarchy may start
/// at the container's own group, and the path from `/proc` may not exist there. The limit at the
/// root of the hierarchy then applies.
std::uint64_t least_limit(const fs::path& hierarchy, fs::path group, const char* file)
{
    auto least = limit_in(hierarchy / file);
    for (; group.has_relative_path(); group = group.parent_path())
        least = std::min(least, limit_in(hierarchy / group.relative_path() / file));
    return least;
}

/// Whether the comma-separated list `controllers` contains `memory`.
bool has_memory(std::string_view controllers)
{
    while (!controllers.empty()) {
        const auto end = std::min(controllers.find(','), controllers.size());
        if (controllers.substr(0, end) == "memory")
            return true;
        controllers.remove_prefix(std::min(end + 1, controllers.size()));
    }
    return false;
}

/// The limit that control groups set. A line of `/proc/self/cgroup` is `number:controllers:path`.
/// In cgroup v2 the controllers are empty (cgroups(7)).
std::uint64_t group_limit(const fs::path& root)
{
    auto least = unlimited;
    std::ifstream groups{root / "proc/self/cgroup"};
    for (std::string line; std::getline(groups, line);) {
        const auto first = line.find(':');
        const auto second = line.find(':', first + 1);
        if (first == std::string::npos || second == std::string::npos)
            continue;
        const auto controllers = std::string_view{line}.substr(first + 1, second - first - 1);
        const fs::path group{line.substr(second + 1)};
        if (controllers.empty())
            least = std::min(least, least_limit(root / "sys/fs/cgroup", group, "memory.max"));
        if (has_memory(controllers)) {
            const auto hierarchy = root / "sys/fs/cgroup/memory";
            least = std::min(least, least_limit(hierarchy, group, "memory.limit_in_bytes"));
        }
    }
    return least;
}

std::uint64_t machine_memory(const fs::path& root)
{
    constexpr std::string_view name = "MemTotal:";
    std::ifstream facts{root / "proc/meminfo"};
    for (std::string line; std::getline(facts, line);) {
        if (!line.starts_with(name))
            continue;
        const auto digits = std::min(line.find_first_of("0123456789"), line.size());
        return number_in(std::string_view{line}.substr(digits)).value_or(0) * 1'024;
    }
    return 0;
}

}  // namespace

std::uint64_t usable_memory(const fs::path& root)
{
    const auto machine = machine_memory(root);
    return std::min(group_limit(root), machine == 0 ? unlimited : machine);
}

memory_shares shares_of(std::uint64_t usable) noexcept
{
    const auto share = [&](std::uint64_t divisor, std::uint64_t most) {
        return static_cast<std::size_t>(std::min(usable / divisor, most * mib));
    };
    return {
        .pages = share(8, 256),
        .messages = share(32, 32),
        .queue = share(16, 128),
        .requests = share(16, 128)};
}

}  // namespace botapi::app
