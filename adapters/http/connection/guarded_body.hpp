#pragma once

#include "adapters/http/dispatch/dispatcher.hpp"
#include "adapters/http/protocol/body_failure.hpp"
#include "adapters/http/protocol/message.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace botapi::http {

/// A body of which no part is taken from a caller whose key or token has ended, where the route
/// needs one. A body may take as long as its client likes.
class guarded_body final : public body_source {
public:
    /// Keeps references.
    guarded_body(body_source& body, const request& request, const dispatcher& routes) noexcept
        : body_{body}, request_{request}, routes_{routes}
    {
    }

    /// Also throws `body_failure` with `unauthorized`.
    boost::asio::awaitable<std::optional<std::string>> next() override
    {
        auto reading = body_.next();
        auto part = co_await std::move(reading);
        if (!routes_.still_allows(request_)) {
            throw body_failure{
                {problem_kind::unauthorized, "The key or token is not valid any more."}};
        }
        co_return part;
    }

    [[nodiscard]] bool has_more_now() const override { return body_.has_more_now(); }
    [[nodiscard]] std::optional<std::uint64_t> size() const override { return body_.size(); }

private:
    body_source& body_;
    const request& request_;
    const dispatcher& routes_;
};

}  // namespace botapi::http
