#pragma once

#include "adapters/http/access/key_ring.hpp"
#include "adapters/http/protocol/message.hpp"

#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace botapi::http {

/// A body that is cut off when the key or the token of its reader ends.
class guarded_source final : public chunk_source {
public:
    /// Keeps a reference to the ring.
    guarded_source(
        std::unique_ptr<chunk_source> source,
        std::shared_ptr<const caller> reader,
        const key_ring& keys
    ) noexcept
        : source_{std::move(source)}, reader_{std::move(reader)}, keys_{keys}
    {
    }

    /// Throws `boost::system::system_error` if the key or the token has ended.
    boost::asio::awaitable<std::optional<body_part>> next() override;

private:
    void check() const;

    std::unique_ptr<chunk_source> source_;
    std::shared_ptr<const caller> reader_;
    const key_ring& keys_;
};

}  // namespace botapi::http
