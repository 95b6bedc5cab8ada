#pragma once

#include "adapters/http/access/key_ring.hpp"
#include "adapters/http/protocol/message.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace botapi::http {

/// What becomes of an answer whose reader may not see the rest.
enum class revoked_answer : std::uint8_t {
    is_cut_off,  ///< The client sees that it is incomplete.
    ends,        ///< It has no end of its own, as a stream of events.
};

/// A body of which no part is given to a reader whose key or token has ended, or to one without a
/// key once a key is needed.
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
