#pragma once

#include "adapters/http/protocol/message.hpp"
#include "adapters/http/protocol/route.hpp"

#include <boost/beast/http/verb.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace botapi::http {

/// The route of a request, or what is known about its path.
struct match {
    const http::route* route = nullptr;  ///< Null if no route has this path and method.
    std::string_view pattern{};          ///< Empty if no route has this path.
    std::string_view allowed{};          ///< The path's methods, as the value of `Allow`.
    std::vector<path_part> parts{};      ///< The values of the pattern's names.
};

/// Finds the route of a request. HEAD finds the route of GET. OPTIONS, and methods without a route,
/// find only the pattern.
///
/// A match refers to the router, which must outlive it.
class router {
public:
    explicit router(std::vector<route> routes);

    [[nodiscard]] match find(std::string_view path, boost::beast::http::verb method) const;

private:
    /// The routes of one pattern.
    struct path_routes {
        std::string_view pattern;
        std::ptrdiff_t slashes;
        std::ptrdiff_t names;
        std::string allowed{};
        std::vector<route> routes{};
    };

    std::vector<path_routes> patterns_;  ///< Patterns with fewer names come first.
};

}  // namespace botapi::http
