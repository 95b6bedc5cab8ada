#pragma once

#include <sqlite3.h>
#include <string>
#include <vector>

/// While it exists, runs a script on every connection that SQLite opens in this process. Some
/// settings can be made and read only on the connection itself. One hook at a time.
class connection_hook {
public:
    explicit connection_hook(const std::string& script = {});
    ~connection_hook();

    connection_hook(const connection_hook&) = delete;
    connection_hook& operator=(const connection_hook&) = delete;

    /// Runs a statement on the connection that was opened last, and returns its first column. The
    /// connection must be open, and no other thread may use it now.
    std::vector<std::string> ask(const std::string& script);

    /// How many connections were opened.
    [[nodiscard]] std::size_t count() const;
};
