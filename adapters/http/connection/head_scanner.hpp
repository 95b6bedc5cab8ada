#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace botapi::http {

/// Whether there is a character that neither a field (RFC 9110 section 5.5) nor a quoted string
/// (section 5.6.4) may have: some readers take it for the end of a line.
bool has_control(std::string_view text) noexcept;

/// Looks, while a request's header arrives, whether it is written as RFC 9112 sections 2 to 5
/// demand.
///
/// The parser behind it is laxer: it takes folded lines, for example. What two programs in a row
/// read differently is how requests are smuggled past the first, so nothing lax gets through.
class head_scanner {
public:
    enum class state : std::uint8_t { incomplete, complete, malformed };

    /// Looks at what has arrived since the last time. `arrived` begins with the request line, and
    /// with all that was given before. Bytes after the header are not looked at.
    ///
    /// Complexity: all calls together are linear in the header's size.
    state scan(std::string_view arrived);

    /// Bytes of the header, with the empty line at its end. Precondition: it is complete.
    [[nodiscard]] std::size_t size() const noexcept { return line_begin_; }

    /// How many fields there were until now.
    [[nodiscard]] std::size_t field_count() const noexcept { return field_count_; }

    /// What is wrong, as a sentence. Precondition: it is malformed.
    [[nodiscard]] std::string_view fault() const noexcept { return fault_; }

private:
    state take_line(std::string_view line);
    state refuse(std::string_view fault) noexcept;

    std::size_t seen_ = 0;
    std::size_t line_begin_ = 0;
    std::size_t field_count_ = 0;
    bool has_request_line_ = false;
    std::string_view fault_{};
};

}  // namespace botapi::http
