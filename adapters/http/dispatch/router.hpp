#pragma once

#include "adapters/http/protocol/message.hpp"
#include "adapters/http/protocol/route.hpp"

#include <boost/beast/http/verb.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace botapi::http {

/// What a request met.
struct match {
    const http::route* route = nullptr;  ///< Nothing if no route has this path and method.
    std::string_view pattern{};          ///< Empty if no route has this path.
    std::string_view allowed{};          ///< The path's methods, as the value of `Allow`.
    std::vector<path_part> parts{};      ///< What stands for the pattern's names.
};

/// Finds routes. HEAD finds those of GET; OPTIONS and every other method find none of their own.
///
/// What it finds lives as long as the router.
class router {
public:
    explicit router(std::vector<route> routes);

    [[nodiscard]] match find(std::string_view path, boost::beast::http::verb method) const;

private:
    /// The routes of one pattern.
    struct place {
        std::string_view pattern;
        std::ptrdiff_t slashes;
        std::ptrdiff_t names;
        std::string allowed{};
        std::vector<route> routes{};
    };

    std::vector<place> places_;  ///< What is written out comes before what is named.
};

}  // namespace botapi::http
