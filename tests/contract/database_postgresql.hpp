#pragma once

#include "tests/contract/database.hpp"

/// The server's URL, up to the name of a database.
std::string server_url();

/// Runs statements on a connection of their own, and answers with the first column of the last
/// one's rows. Throws `std::runtime_error`.
std::vector<std::string> run_on(const std::string& url, const std::string& script);
