#pragma once

#include "adapters/http/protocol/message.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace botapi::http {

/// Tells browsers which pages of other origins may use the API (Fetch standard, section 3.2).
class cors {
public:
    /// `origins` as a browser writes them, `https://example.org`, or `*` for all. None: no header
    /// is ever added.
    explicit cors(std::vector<std::string> origins) : origins_{std::move(origins)} {}

    /// Adds what an answer needs to be read by the page that asked.
    void allow_reading(const request& asked, response& answer) const;

    /// Adds what the answer to a preflight request needs; `methods` are those of the path.
    void allow_asking(const request& asked, std::string_view methods, response& answer) const;

    /// Whether pages of this origin may use the API.
    [[nodiscard]] bool allows(std::string_view origin) const;

private:
    std::vector<std::string> origins_;
};

}  // namespace botapi::http
