#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace botapi::http {

/// Why a line, given without its line break, is not a field of a header or a trailer (RFC 9112
/// section 5), as a sentence. Nothing if it is one.
std::optional<std::string_view> fault_of_field(std::string_view line) noexcept;

/// Checks the grammar of a request's header (RFC 9112 sections 2 to 5) while the header arrives.
///
/// The parser that reads the header afterwards is laxer: it accepts folded lines, for example.
/// Where a proxy and a server read the same bytes differently, an attacker can smuggle a request
/// past the proxy. So the scanner refuses whatever the grammar does not allow.
class head_scanner {
public:
    /// Bytes of a method; the longest registered one has 17. The scanner refuses a longer method
    /// without waiting for its end, which may never come.
    static constexpr std::size_t method_size_max = 32;

    enum class state : std::uint8_t {
        incomplete,
        complete,
        malformed,
        unknown_method,  ///< The method is longer than any (RFC 9112 section 3).
    };

    /// Checks the bytes that are new since the last call. `arrived` holds everything from the
    /// request line on. Bytes after the header are ignored.
    ///
    /// Complexity: all calls together are linear in the header's size.
    state scan(std::string_view arrived);

    /// Bytes of the header, with the empty line at its end. Precondition: the header is complete.
    [[nodiscard]] std::size_t size() const noexcept { return line_begin_; }

    /// The number of fields so far.
    [[nodiscard]] std::size_t field_count() const noexcept { return field_count_; }

    /// The fault, as a sentence. Precondition: the header is malformed.
    [[nodiscard]] std::string_view fault() const noexcept { return fault_; }

private:
    state take_line(std::string_view line);
    state check_unfinished(std::string_view line, std::string_view unseen);
    state refuse(std::string_view fault) noexcept;

    std::size_t seen_ = 0;
    std::size_t line_begin_ = 0;
    std::size_t field_count_ = 0;
    bool has_request_line_ = false;
    std::string_view fault_{};
};

}  // namespace botapi::http
