#include "apps/server/version.hpp"

#include <boost/version.hpp>
#include <libpq-fe.h>
#include <soci/version.h>

#include <algorithm>
#include <openssl/crypto.h>
#include <sqlite3.h>
#include <zlib.h>
#include <zstd.h>

namespace botapi::app {

namespace {

/// `1_81` as `1.81`.
std::string dotted(std::string text)
{
    std::ranges::replace(text, '_', '.');
    return text;
}

}  // namespace

std::string_view version() noexcept
{
    return BOTAPI_VERSION;
}

std::vector<std::pair<std::string, std::string>> ingredients()
{
    const int libpq = PQlibVersion();
    return {
        {"compiler", "g++ " __VERSION__},
        {"boost", dotted(BOOST_LIB_VERSION)},
        {"soci", dotted(SOCI_LIB_VERSION)},
        {"sqlite", sqlite3_libversion()},
        {"openssl", OpenSSL_version(OPENSSL_VERSION_STRING)},
        {"zlib", zlibVersion()},
        {"zstd", ZSTD_versionString()},
        {"libpq", std::to_string(libpq / 10'000) + '.' + std::to_string(libpq % 10'000)},
    };
}

}  // namespace botapi::app
