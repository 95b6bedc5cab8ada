#pragma once

#include "adapters/http/protocol/message.hpp"
#include "adapters/http/protocol/problem.hpp"

#include <botcore/ports/bot_store.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace botapi::http {

/// A strong entity tag (RFC 9110 section 8.8.3), quotes included.
std::string tag_of_version(std::uint64_t version);

/// The tag of a version whose number may come up again for another `content`.
std::string tag_of_version(std::uint64_t version, std::uint64_t content);

/// The tag of a representation without a version: 64 bits of a hash of its bytes.
std::string tag_of_content(std::string_view content);

/// The coding in which the client has the representation `tag` already, by `If-None-Match` in weak
/// comparison (RFC 9110 section 13.1.2); nothing if it has none. Only a coding counts that the
/// client accepts now: a cache may send the tags of all that it keeps, also for another client, and
/// takes the one that the 304 names (RFC 9111 section 4.3.4). For `*` it is `served`, the coding
/// that the client would get.
std::optional<content_coding> coding_known_to_client(
    const request& request,
    std::string_view tag,
    content_coding served
);

/// Whether the client writes only if nothing exists: `If-None-Match: *`.
bool must_be_absent(const request& request);

/// Whether `If-Match` has a weak tag, which never matches (RFC 9110 section 13.1.1).
bool has_weak_match(const request& request);

/// `If-Match` and `If-None-Match` as a condition on a version (RFC 9110 sections 13.1.1, 13.1.2).
/// Tags that this server does not make match no version. A version is the same in every coding.
botcore::precondition precondition_of(const request& request);

/// The 304 in place of `answer`: its headers without its content. A browser replaces its stored
/// headers by those of the 304 (RFC 9111 section 4.3.4). So both must have the same headers:
/// otherwise a page that works on the first visit could fail on the second one.
response not_modified(response answer);

}  // namespace botapi::http
