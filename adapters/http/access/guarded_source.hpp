#pragma once

#include "adapters/http/access/key_ring.hpp"
#include "adapters/http/protocol/message.hpp"

#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace botapi::http {

/// A body that goes on for as long as who asked for it would be let in, and is cut off then.
class guarded_source final : public chunk_source {
public:
    /// Keeps a reference to the ring.
    guarded_source(
        std::unique_ptr<chunk_source> guarded,
        std::shared_ptr<const caller> reader,
        const key_ring& keys
    ) noexcept
        : guarded_{std::move(guarded)}, reader_{std::move(reader)}, keys_{keys}
    {
    }

    /// Throws `boost::system::system_error` if the key or token has ended.
    boost::asio::awaitable<std::optional<body_part>> next() override;

private:
    void check() const;

    std::unique_ptr<chunk_source> guarded_;
    std::shared_ptr<const caller> reader_;
    const key_ring& keys_;
};

}  // namespace botapi::http
