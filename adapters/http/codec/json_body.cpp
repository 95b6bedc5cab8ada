#include "adapters/http/codec/json_body.hpp"

#include "adapters/http/codec/strict_json.hpp"
#include "adapters/wire/text_encoding.hpp"

#include <chrono>
#include <utility>

namespace botapi::http {

namespace {

problem too_large(const limits& limits)
{
    return {
        problem_kind::body_too_large,
        "The body is larger than " + std::to_string(limits.body_size_max) +
            " bytes. Send many messages as application/x-ndjson, which has no limit."};
}

/// The unfinished bodies of all clients together, or of this client, take too much memory.
problem too_much_held()
{
    return {
        problem_kind::overloaded,
        "The server holds too many unfinished bodies, of all clients or of yours. Try again later, "
        "with fewer requests at once."};
}

}  // namespace

boost::asio::awaitable<std::variant<json_body, problem>> read_json(
    request& request,
    const limits& limits
)
{
    if (request.body->size().value_or(0) > limits.body_size_max)
        co_return too_large(limits);

    json_body body;
    while (auto part = co_await request.body->next()) {
        if (body.text.size() + part->size() > limits.body_size_max)
            co_return too_large(limits);
        body.text += *part;
        const bool is_whole = body.text.size() == request.body->size();
        if (!is_whole && request.held != nullptr && !request.held->resize(body.text.size())) {
            // At once: the bodies of others need what this one held.
            request.held->resize(0);
            co_return too_much_held();
        }
    }
    // The mark is not part of the text. It is erased so that `raw_member`, which reads the text
    // again, sees the same bytes as the parser.
    if (body.text.starts_with(wire::byte_order_mark))
        body.text.erase(0, wire::byte_order_mark.size());
    request.until.end = std::chrono::steady_clock::now() + limits.handle_max;

    auto parsed = parse_json(body.text, limits.json_depth_max);
    if (!parsed)
        co_return problem{problem_kind::malformed_json, parsed.error().detail};
    body.value = std::move(*parsed);
    co_return body;
}

}  // namespace botapi::http
