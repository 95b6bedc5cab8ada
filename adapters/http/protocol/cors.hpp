#pragma once

#include "adapters/http/protocol/message.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace botapi::http {

/// Lets browsers know which pages of other origins may use the API (Fetch standard, section 3.2).
class cors {
public:
    /// `origins` as browsers write them, such as `https://example.org`, or `*` for all. Without
    /// origins no header is ever added.
    explicit cors(std::vector<std::string> origins) : origins_{std::move(origins)} {}

    /// Adds the headers that let the page of the request read the answer.
    void allow_origin(const request& request, response& answer) const;

    /// Adds the headers of the answer to a preflight request. `methods` are those of the path.
    void allow_preflight(const request& request, std::string_view methods, response& answer) const;

    /// Whether pages of this origin may use the API.
    [[nodiscard]] bool allows(std::string_view origin) const;

private:
    std::vector<std::string> origins_;
};

}  // namespace botapi::http
