#pragma once

#include "adapters/http/connection/connection.hpp"
#include "adapters/http/options.hpp"
#include "adapters/http/protocol/message.hpp"
#include "adapters/http/protocol/problem.hpp"

#include <boost/system/error_code.hpp>

#include <optional>

namespace botapi::http {

/// Fills `asked` from the header that `parser` has read, which afterwards has none. Returns what
/// forbids to answer it in another way than with this problem and the connection's end.
std::optional<problem> read_head(request_parser& parser, request& asked, const limits& limits);

/// The problem of a header that `parser` could not read because of `why`. Fills what of `asked` was
/// understood.
problem read_broken_head(
    const boost::system::error_code& why,
    const request_parser& parser,
    request& asked,
    const limits& limits
);

/// Whether the client waits for a `100 Continue` before it sends the body.
bool expects_continue(const request& asked, unsigned version);

}  // namespace botapi::http
