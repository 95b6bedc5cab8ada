#pragma once

#include <sqlite3.h>
#include <string>
#include <vector>

/// Sees every connection that SQLite opens in this process while it lives, and runs statements on
/// it first: the way to what a connection can be told only from within. One at a time.
class connection_hook {
public:
    explicit connection_hook(const std::string& script = {});
    ~connection_hook();

    connection_hook(const connection_hook&) = delete;
    connection_hook& operator=(const connection_hook&) = delete;

    /// Runs a statement on the connection that was opened last, and answers with its first column.
    /// The connection must be open, and nobody else may use it now.
    std::vector<std::string> ask(const std::string& script);

    /// How many were opened.
    [[nodiscard]] std::size_t count() const;
};
