#pragma once

#include "adapters/http/access/key_ring.hpp"
#include "adapters/http/protocol/message.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace botapi::http {

/// How to end an answer whose reader may not see the rest.
enum class revoked_answer : std::uint8_t {
    is_cut_off,  ///< The server closes the connection: the client sees that the body is incomplete.
    ends,        ///< The body ends. For bodies without an end of their own, as streams of events.
};

/// A body that ends as soon as its reader may not see it any more: when the key or token of the
/// reader ends, or when a reader without a key needs one.
class guarded_source final : public chunk_source {
public:
    /// Keeps a reference to the ring. `reader` is null if it needed no key.
    guarded_source(
        std::unique_ptr<chunk_source> source,
        std::shared_ptr<const caller> reader,
        const key_ring& keys,
        revoked_answer end
    ) noexcept
        : source_{std::move(source)}, reader_{std::move(reader)}, keys_{keys}, end_{end}
    {
    }

    /// Throws `boost::system::system_error` if the answer is cut off.
    boost::asio::awaitable<std::optional<body_part>> next() override;

    [[nodiscard]] bool reads_body() const noexcept override { return source_->reads_body(); }

private:
    [[nodiscard]] bool may_go_on() const;

    std::unique_ptr<chunk_source> source_;
    std::shared_ptr<const caller> reader_;
    const key_ring& keys_;
    revoked_answer end_;
};

}  // namespace botapi::http
