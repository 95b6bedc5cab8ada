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
    std::uint64_t number = 0;           ///< From 1; blank lines count.
    std::optional<std::string> text{};  ///< Without its end; nothing if the line was too long.
};

/// Cuts a body that arrives in parts into lines. Lines end with LF or CRLF; blank ones are left
/// out. Holds one line at most, and of that no more than is allowed.
class ndjson_lines {
public:
    /// `size_max` is in bytes, without the line's end.
    explicit ndjson_lines(std::size_t size_max) noexcept : size_max_{size_max} {}

    /// The lines that `part` ends.
    std::vector<ndjson_line> feed(std::string_view part);

    /// The last line, if it has no end.
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
