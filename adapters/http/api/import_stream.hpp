#pragma once

#include "adapters/http/bridge/gateway.hpp"
#include "adapters/http/options.hpp"
#include "adapters/http/protocol/message.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace botapi::http {

enum class report_kind : std::uint8_t { full, brief };

/// Stores messages while they arrive. `body` is NDJSON: each line is an independent message. The
/// source returns a report line for each message, in order, as soon as its result is known. Memory
/// stays bounded however long the body is. Blank lines are counted and skipped.
///
/// A `brief` report has only the lines that were refused, and at its end a line of sums,
/// `{"stored":1,"replayed":0,"refused":1}`. So a client may send all before it reads.
///
/// A report line is `{"line":1,"status":201,"id":…}`, with `"replayed":true` if the message was
/// stored before, or `{"line":2,"status":422,"problem":{…}}`. The references must outlive
/// the source.
std::unique_ptr<chunk_source> make_import(
    const request& request,
    gateway& gateway,
    const limits& limits,
    report_kind kind
);

}  // namespace botapi::http
