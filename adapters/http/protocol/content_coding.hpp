#pragma once

#include <boost/beast/http/fields.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace botapi::http {

/// How the bytes of a body are coded (RFC 9110 section 8.4).
enum class content_coding : std::uint8_t {
    identity,  ///< Not at all.
    gzip,
    zstd,
};

/// As `Content-Encoding` writes it.
std::string_view name_of(content_coding coding) noexcept;

/// The codings that a client takes in an answer (RFC 9110 section 12.5.3).
struct accepted_codings {
    content_coding preferred = content_coding::identity;
    bool has_identity = true;
    bool has_gzip = false;
    bool has_zstd = false;

    [[nodiscard]] bool has(content_coding coding) const noexcept;

    /// Whether the client refuses whatever the server could send.
    [[nodiscard]] bool is_empty() const noexcept { return !has_identity && !has_gzip && !has_zstd; }
};

/// Reads `Accept-Encoding`. The client gets what it gives the largest weight, and zstd of equals,
/// which costs the server less than gzip. A wildcard means gzip, which everybody knows. What is not
/// named is not used; identity is, unless it is excluded.
accepted_codings read_accepted_codings(const boost::beast::http::fields& headers);

/// The coding of a request's body: identity, if it has none. Nothing if the server can't undo it.
std::optional<content_coding> coding_of_body(const boost::beast::http::fields& headers);

/// The entity tag of the same content in another coding: representations that differ in bytes have
/// different strong tags (RFC 9110 section 8.8.3.3).
std::string tag_in(content_coding coding, std::string_view tag);

/// The inverse: the tag as it is without a coding.
std::string tag_without_coding(std::string_view tag);

}  // namespace botapi::http
