#pragma once

#include "adapters/http/protocol/message.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace botapi::http {

/// Lets browsers know which pages of other origins may use the API (Fetch standard, section 3.2).
class cors {
public:
    /// Without origins no header is ever added.
    ///
    /// Shape of each: as browsers write it, such as `https://example.org`, also with the default
    /// port of its scheme; `https://*.example.org` for all its subdomains; or `*` for all origins.
    explicit cors(const std::vector<std::string>& origins);

    /// Adds the headers that let the page of the request read the answer.
    void allow_origin(const request& request, response& answer) const;

    /// Adds the headers of the answer to a preflight request. `methods` are those of the path. A
    /// page that may use the API may send any header.
    void allow_preflight(const request& request, std::string_view methods, response& answer) const;

    /// Whether pages of this origin may use the API.
    [[nodiscard]] bool allows(std::string_view origin) const;

private:
    /// The beginning and the end of an origin, around the names of subdomains.
    struct subdomains {
        std::string begin;
        std::string end;
    };

    bool has_all_ = false;
    std::vector<std::string> origins_{};
    std::vector<subdomains> wildcards_{};
};

}  // namespace botapi::http
