#pragma once

#include "adapters/http/protocol/message.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <memory>
#include <string>

namespace botapi::http {

/// Bytes of the smallest body that is compressed. What fits into one packet with its header arrives
/// no sooner if it is smaller.
inline constexpr std::size_t coded_size_min = 1'024;

/// Whether the operator lets answers be compressed, or answers that have texts of people who may
/// not read each other's.
bool permits_coding(compression allowed, bool mixes_people) noexcept;

/// The coding in which the client gets this answer. Identity, if the answer is never compressed:
/// a stream of events, the report on a body that still arrives, and what no cache may store, since
/// it has a secret; texts of people who may not read each other's, unless the operator allows it;
/// and what is small, unless the client refuses identity.
content_coding coding_for(const request& request, const response& answer);

/// Adds `Vary: Accept-Encoding`, unless it is there, if another client might get the answer in
/// another coding.
void vary_by_coding(const request& request, response& answer);

/// Compresses the body, or what comes of it, and marks the answer: `Content-Encoding`, `Vary`, and
/// an entity tag of its own. A handler may have compressed the body already, which `coding` says.
/// Nothing of a body in parts is held back: each part can be read when it arrives.
///
/// It takes turns with other work of the thread, so that a long body delays nobody.
boost::asio::awaitable<void> code_answer(const request& request, response& answer);

/// The content in compressed form, made with the least effort, in turns. Nothing, if there is not
/// the memory for it or if it would be no smaller.
boost::asio::awaitable<std::shared_ptr<const std::string>> code_content(
    const request& request,
    content_coding coding,
    std::string_view content
);

}  // namespace botapi::http
