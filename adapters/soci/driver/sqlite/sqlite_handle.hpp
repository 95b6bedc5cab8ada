#pragma once

#include <soci/sqlite3/soci-sqlite3.h>

#include <memory>
#include <string>

namespace botapi::sql {

/// A connection to a SQLite file that does not go through SOCI.
using sqlite_handle = std::unique_ptr<sqlite_api::sqlite3, decltype(&sqlite_api::sqlite3_close)>;

/// Opens a file that exists. Nothing if that fails.
inline sqlite_handle open_existing(const std::string& file)
{
    sqlite_api::sqlite3* database = nullptr;
    const int code =
        sqlite_api::sqlite3_open_v2(file.c_str(), &database, SQLITE_OPEN_READWRITE, nullptr);
    sqlite_handle opened{database, &sqlite_api::sqlite3_close};
    if (code != SQLITE_OK)
        opened.reset();
    return opened;
}

}  // namespace botapi::sql
