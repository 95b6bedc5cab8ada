#pragma once

#include "adapters/http/bridge/gateway.hpp"
#include "adapters/http/protocol/message.hpp"
#include "adapters/http/protocol/problem.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>

namespace botapi::http {

/// Lets clients read what they have written, on whatever server. A successful write is answered
/// with the header `Consistency-Token`. A read that sends it back sees that write.
class consistency_rule {
public:
    /// Keeps a reference.
    explicit consistency_rule(gateway& gateway) noexcept : gateway_{gateway} {}

    /// Reads the request's token. Returns why the request can't be carried out, if so: the token is
    /// malformed, or the store does not have what it stands for.
    boost::asio::awaitable<std::optional<problem>> check(request& request) const;

    /// Adds the header to the answer of a successful write.
    void tell(const request& request, response& answer) const;

private:
    gateway& gateway_;
};

}  // namespace botapi::http
