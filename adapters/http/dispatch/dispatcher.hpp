#pragma once

#include "adapters/http/access/access_control.hpp"
#include "adapters/http/dispatch/consistency_rule.hpp"
#include "adapters/http/dispatch/router.hpp"
#include "adapters/http/protocol/cors.hpp"
#include "adapters/http/protocol/message.hpp"

#include <optional>
#include <string_view>
#include <utility>

namespace botapi::http {

/// An answer, and where it came from.
struct dispatch_result {
    response answer;
    std::string_view pattern{};  ///< The pattern of the route; empty if no route has the path.
    bool is_audited = false;     ///< Whether the exchange belongs in the audit log.
};

/// Finds the route of a request, and calls its handler. Answers by itself if there is no route.
class dispatcher {
public:
    /// Keeps a reference to `access`. Without a `consistency` rule, requests and answers have no
    /// consistency tokens.
    dispatcher(
        router router,
        cors cors,
        access_control& access,
        std::optional<consistency_rule> consistency = {}
    )
        : router_{std::move(router)},
          cors_{std::move(cors)},
          access_{access},
          consistency_{std::move(consistency)}
    {
    }

    /// Answers any request. If the answer is a stream, this waits for its first part, so that a
    /// failure before that part still becomes a status.
    ///
    /// Throws only `boost::system::system_error`, if the client broke off.
    boost::asio::awaitable<dispatch_result> answer(request& request) const;

    /// Whether the client may still use the route, which can change while the server answers.
    /// Nobody needs a right for a public one.
    [[nodiscard]] bool still_allows(const request& request) const;

    /// Adds the headers that every answer has, including an answer that `answer` did not make.
    void complete(const request& request, response& answer) const;

private:
    boost::asio::awaitable<response> answer_guarded(const route& route, request& request) const;
    boost::asio::awaitable<response> run_handler(const route& route, request& request) const;
    [[nodiscard]] response answer_options(const request& request, const match& match) const;

    router router_;
    cors cors_;
    access_control& access_;
    std::optional<consistency_rule> consistency_;
};

}  // namespace botapi::http
