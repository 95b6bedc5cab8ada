#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>

namespace botapi::app {

/// The bytes of memory that the process may use: the lowest limit of its control groups (cgroup v2
/// and v1, as containers and systemd set them), or the machine's memory if that is less.
///
/// `root` is the root directory of the file system. Tests pass a directory of their own.
std::uint64_t usable_memory(const std::filesystem::path& root = "/");

/// The maximum sizes of caches and buffers, in bytes.
struct memory_shares {
    std::size_t pages;     ///< Rendered lists.
    std::size_t messages;  ///< Rendered messages of streams.
    std::size_t queue;     ///< Messages that wait for the database.
    std::size_t requests;  ///< Unfinished request bodies, and unread reports.
};

/// Divides a part of the memory among the caches and buffers. No share is larger than a busy server
/// can use. The rest is for connections, requests in progress and database sessions.
memory_shares shares_of(std::uint64_t usable) noexcept;

}  // namespace botapi::app
