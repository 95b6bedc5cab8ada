#pragma once

#include "adapters/http/access/access_control.hpp"
#include "adapters/http/dispatch/router.hpp"
#include "adapters/http/protocol/cors.hpp"
#include "adapters/http/protocol/message.hpp"

#include <string_view>

namespace botapi::http {

/// An answer, and the pattern of the route that gave it; empty if no route has the path.
struct dispatched {
    response answer;
    std::string_view pattern{};
    bool is_recorded = false;  ///< Whether it belongs into the audit record.
};

/// Finds who answers a request, and answers for those who can't.
class dispatcher {
public:
    /// Keeps a reference to `access`.
    dispatcher(router router, cors cors, access_control& access)
        : router_{std::move(router)}, cors_{std::move(cors)}, access_{access}
    {
    }

    /// Answers whatever was asked. If the answer is a stream, its first part is there, so that what
    /// fails before it still gets a status.
    ///
    /// Throws only `boost::system::system_error`, if the client broke off.
    boost::asio::awaitable<dispatched> answer(request& asked) const;

    /// Whether a request that was let in would still be, which may change while it is answered.
    [[nodiscard]] bool still_allows(const request& asked) const;

    /// Adds the headers that every answer has, also one that was given without `answer`.
    void complete(const request& asked, response& answer) const;

private:
    boost::asio::awaitable<response> ask_route(const route& route, request& asked) const;
    [[nodiscard]] response tell_methods(const request& asked, const match& met) const;

    router router_;
    cors cors_;
    access_control& access_;
};

}  // namespace botapi::http
