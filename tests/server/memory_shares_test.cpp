#include "apps/server/memory_shares.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <fstream>
#include <string>

using namespace botapi::app;
namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t mib = 1'048'576;

fs::path make_folder()
{
    std::string name = fs::temp_directory_path() / "botapi-memory-XXXXXX";
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    return name;
}

/// A file system of a machine with 8 GiB.
struct machine {
    machine() { write("proc/meminfo", "MemFree: 17 kB\nMemTotal:        8388608 kB\n"); }
    ~machine() { fs::remove_all(root); }

    machine(const machine&) = delete;
    machine& operator=(const machine&) = delete;

    void write(const std::string& path, const std::string& content) const
    {
        fs::create_directories((root / path).parent_path());
        std::ofstream{root / path} << content;
    }

    fs::path root = make_folder();
};

}  // namespace

TEST_CASE_METHOD(machine, "memory: without control groups it is the machine's", "[server]")
{
    CHECK(usable_memory(root) == 8'192 * mib);
    write("proc/self/cgroup", "0::/user.slice\n");
    write("sys/fs/cgroup/user.slice/memory.max", "max\n");
    CHECK(usable_memory(root) == 8'192 * mib);
}

TEST_CASE_METHOD(machine, "memory: the least limit of a version 2 group counts", "[server]")
{
    write("proc/self/cgroup", "0::/system.slice/botapi.service\n");
    write("sys/fs/cgroup/system.slice/botapi.service/memory.max", "536870912\n");
    CHECK(usable_memory(root) == 512 * mib);
    write("sys/fs/cgroup/system.slice/memory.max", "268435456\n");
    CHECK(usable_memory(root) == 256 * mib);
}

TEST_CASE_METHOD(machine, "memory: a container sees its own group at the top", "[server]")
{
    SECTION("version 2")
    {
        write("proc/self/cgroup", "0::/\n");
        write("sys/fs/cgroup/memory.max", "134217728\n");
    }
    SECTION("version 1")
    {
        write("proc/self/cgroup", "5:cpu,cpuacct:/docker/a\n4:pids,memory:/docker/a\n");
        write("sys/fs/cgroup/memory/memory.limit_in_bytes", "134217728\n");
    }
    SECTION("version 1, in its group")
    {
        write("proc/self/cgroup", "4:memory:/docker/a\n");
        write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
        write("sys/fs/cgroup/memory/docker/a/memory.limit_in_bytes", "134217728\n");
    }
    CHECK(usable_memory(root) == 128 * mib);
}

TEST_CASE("memory: the shares leave most of a small machine to other uses", "[server]")
{
    for (const std::uint64_t usable : {128 * mib, 256 * mib, 512 * mib, 65'536 * mib}) {
        const auto [pages, messages, queue, requests] = shares_of(usable);
        CHECK(pages + messages + queue + requests <= usable / 3);
    }
    CHECK(shares_of(256 * mib).pages == 32 * mib);
    CHECK(shares_of(65'536 * mib).pages == 256 * mib);
    CHECK(shares_of(65'536 * mib).messages == 32 * mib);
    CHECK(shares_of(65'536 * mib).queue == 128 * mib);
    CHECK(shares_of(65'536 * mib).requests == 128 * mib);
}
