#include "adapters/http/codec/json_body.hpp"

#include "adapters/http/codec/strict_json.hpp"

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

}  // namespace

boost::asio::awaitable<std::variant<json_body, problem>> read_json(
    request& asked,
    const limits& limits
)
{
    if (asked.body->size().value_or(0) > limits.body_size_max)
        co_return too_large(limits);

    json_body read;
    while (auto part = co_await asked.body->next()) {
        if (read.text.size() + part->size() > limits.body_size_max)
            co_return too_large(limits);
        read.text += *part;
    }
    asked.until.end = std::chrono::steady_clock::now() + limits.handle_max;

    auto parsed = parse_json(read.text, limits.json_depth_max);
    if (!parsed)
        co_return problem{problem_kind::malformed_json, parsed.error().detail};
    read.value = std::move(*parsed);
    co_return read;
}

}  // namespace botapi::http
