#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace botapi::http {

/// One line of NDJSON.
struct ndjson_line {
    std::uint64_t number = 0;  ///< From 1; blank lines count.
    std::optional<std::string>
        text{};  ///< Without the line break; nothing if the line is too long.
};

/// Splits a body that arrives in parts into lines. Lines end with LF or CRLF. Blank lines are left
/// out, and so is a byte order mark before the first. Holds at most one line, of the allowed size.
class ndjson_lines {
public:
    /// `size_max` is in bytes, without the line break.
    explicit ndjson_lines(std::size_t size_max) noexcept : size_max_{size_max} {}

    /// The lines that end in `part`.
    std::vector<ndjson_line> feed(std::string_view part);

    /// The last line, if it has no line break.
    std::vector<ndjson_line> finish();

private:
    void extend(std::string_view piece);
    void end_line(std::vector<ndjson_line>& lines);

    std::size_t size_max_;
    std::uint64_t number_ = 1;
    std::string line_{};
    bool too_long_ = false;
};

}  // namespace botapi::http
