#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>

namespace botapi::app {

/// The bytes of memory that the process may use: the least limit of its control groups (cgroup v2
/// and v1, as containers and systemd set them), or what the machine has.
///
/// `root` is the folder of the whole file system; tests have one of their own.
std::uint64_t usable_memory(const std::filesystem::path& root = "/");

/// How much of the memory what is kept in it may take, in bytes.
struct memory_shares {
    std::size_t pages;     ///< Rendered lists.
    std::size_t messages;  ///< Rendered messages of streams.
    std::size_t queue;     ///< Messages that wait for the database.
    std::size_t requests;  ///< What clients have sent in part, or do not read.
};

/// Shares out a part of the memory, and no more than a busy server profits from. The rest is for
/// connections, for requests in progress and for the database's sessions.
memory_shares shares_of(std::uint64_t usable) noexcept;

}  // namespace botapi::app
