#pragma once

#include "adapters/http/bridge/gateway.hpp"
#include "adapters/http/protocol/message.hpp"
#include "adapters/http/protocol/problem.hpp"

#include <botcore/domain/storage_position.hpp>
#include <botcore/ports/freshness.hpp>

#include <boost/asio/awaitable.hpp>

#include <optional>

namespace botapi::http {

/// Lets clients read what they have written, on whatever server. A successful write is answered
/// with the header `Consistency-Token`. A read that sends it back sees that write.
///
/// If the storage has copies, such as standbys, they serve the reads. A read with a token waits for
/// a copy for a moment, and then asks the primary. A read without one may be older, and the header
/// `Staleness` says by how much.
class consistency_rule {
public:
    /// Keeps a reference.
    explicit consistency_rule(gateway& gateway);

    /// Reads the request's token. Returns why the request can't be carried out, if so: the token is
    /// malformed, or the store does not have what it stands for.
    boost::asio::awaitable<std::optional<problem>> check(request& request) const;

    /// Adds the headers to an answer.
    void tell(request& request, response& answer) const;

private:
    [[nodiscard]] bool is_certain(const botcore::storage_position& position) const;
    [[nodiscard]] boost::asio::awaitable<botcore::freshness> demand(
        botcore::storage_position position,
        wait_limit until
    ) const;

    gateway& gateway_;
    bool has_copies_;
};

}  // namespace botapi::http
