#include "adapters/soci/driver/sqlite/file_access.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <memory>
#include <pwd.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <vector>

namespace botapi::sql {

namespace {

/// A user's name, or the number of one who has none.
std::string user_name(uid_t id)
{
    std::array<char, 4'096> buffer{};
    passwd entry{};
    passwd* found = nullptr;
    if (::getpwuid_r(id, &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr)
        return found->pw_name;
    return std::to_string(id);
}

/// Whether this process may use `path` in this way. Sets `errno` if not.
bool may_access(const std::string& path, int mode)
{
    return ::faccessat(AT_FDCWD, path.c_str(), mode, AT_EACCESS) == 0;
}

std::string mode_text(mode_t mode)
{
    std::string digits;
    for (const unsigned shift : {9U, 6U, 3U, 0U})
        digits += static_cast<char>('0' + ((mode >> shift) & 7U));
    return digits;
}

/// Why this process may not use an existing file or folder, and what helps.
std::string fault_of_access(const std::string& path, std::string_view purpose, int error)
{
    if (error == EROFS)
        return path + " is on a read-only file system.";
    const auto us = user_name(::geteuid());
    struct stat found {};
    if (::stat(path.c_str(), &found) != 0)
        return path + " can't be looked at: " + std::generic_category().message(error) + '.';
    const auto owner = user_name(found.st_uid);
    auto fault = "the user " + us + ", who runs this program, may not " + std::string{purpose} +
                 ' ' + path + ": it belongs to " + owner + " (mode " + mode_text(found.st_mode) +
                 "). ";
    if (found.st_uid == ::geteuid())
        return fault + "Change its mode with chmod.";
    return fault + "Run botapi as " + owner + ", or change the owner with chown.";
}

/// Why the file can't be reached: a folder on the way is missing or closed.
std::string fault_of_way(const std::filesystem::path& file)
{
    std::filesystem::path folder;
    for (const auto& part : file.parent_path()) {
        folder /= part;
        struct stat found {};
        if (::stat(folder.c_str(), &found) != 0)
            return "the folder " + folder.string() + " does not exist. Make it first.";
        if (!S_ISDIR(found.st_mode))
            return folder.string() + " is not a folder.";
        if (!may_access(folder.string(), X_OK))
            return fault_of_access(folder.string(), "enter", errno);
    }
    return file.string() + " can't be looked at.";
}

std::optional<std::string> fault_of_existing(const std::string& file, file_use use)
{
    for (const auto* const ending : {"", "-wal", "-shm"}) {
        const auto path = file + ending;
        struct stat found {};
        if (::stat(path.c_str(), &found) != 0)
            continue;
        if (S_ISDIR(found.st_mode))
            return path + " is a folder. Name a file.";
        if (!S_ISREG(found.st_mode))
            return path + " is not a regular file.";
        if (!may_access(path, R_OK))
            return fault_of_access(path, "read", errno);
        if (use != file_use::read && !may_access(path, W_OK))
            return fault_of_access(path, "write", errno);
    }
    return std::nullopt;
}

bool exists(const std::string& path)
{
    struct stat found {};
    return ::stat(path.c_str(), &found) == 0;
}

}  // namespace

std::string absolute_path(const std::string& file)
{
    std::error_code error;
    auto path = std::filesystem::absolute(file, error);
    return error ? file : path.lexically_normal().string();
}

std::optional<std::string> fault_of_file(const std::string& file, file_use use)
{
    const auto path = absolute_path(file);
    struct stat found {};
    const bool is_there = ::stat(path.c_str(), &found) == 0;
    if (!is_there && (use != file_use::create || errno != ENOENT))
        return fault_of_way(path);
    if (is_there) {
        if (auto fault = fault_of_existing(path, use))
            return fault;
    }
    if (use == file_use::read)
        return std::nullopt;
    const auto folder = std::filesystem::path{path}.parent_path().string();
    if (!exists(folder))
        return fault_of_way(path);
    // SQLite makes its log and its shared memory beside the file.
    if (!may_access(folder, W_OK | X_OK))
        return fault_of_access(folder, "make files in", errno);
    return std::nullopt;
}

std::string birth_of_file(const std::string& file)
{
    struct statx found {};
    constexpr unsigned wanted = STATX_INO | STATX_BTIME;
    if (::statx(AT_FDCWD, file.c_str(), 0, wanted, &found) != 0)
        return {};
    if ((found.stx_mask & wanted) != wanted)
        return {};
    return std::to_string(found.stx_ino) + ' ' + std::to_string(found.stx_btime.tv_sec) + '.' +
           std::to_string(found.stx_btime.tv_nsec);
}

read_access read_access_to(const std::string& file)
{
    const auto path = absolute_path(file);
    const auto folder = std::filesystem::path{path}.parent_path().string();
    if (may_access(path, W_OK) && may_access(folder, W_OK | X_OK))
        return read_access::usual;
    std::error_code error;
    const auto log_size = std::filesystem::file_size(path + "-wal", error);
    if (error || log_size == 0)
        return read_access::copy;
    return exists(path + "-shm") ? read_access::shared : read_access::copy_with_log;
}

}  // namespace botapi::sql
