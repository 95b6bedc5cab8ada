#pragma once

#include "adapters/http/codec/inflater.hpp"
#include "adapters/http/protocol/memory_budget.hpp"
#include "adapters/http/protocol/message.hpp"
#include "adapters/http/protocol/problem.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace botapi::http {

/// A body that arrives compressed, part by part as it was before.
///
/// It gets as large as `size_max`, or as `ratio_max` times what has arrived of it: what a client
/// could send as it is does no harm. Messages that differ in a number only shrink to a 180th with
/// zstd, and real ones to a tenth.
class inflated_body final : public body_source {
public:
    static constexpr std::uint64_t ratio_max = 300;
    static constexpr std::size_t part_size_max = 65'536;  ///< Bytes.

    /// Keeps references. `coding` is not identity, and `client` as `request::network` names it.
    inflated_body(
        body_source& body,
        content_coding coding,
        std::uint64_t size_max,
        memory_budget& held,
        std::string_view client
    );

    /// Throws `body_failure` as well if the body is malformed or too large, or if there is not the
    /// memory to inflate it.
    boost::asio::awaitable<std::optional<std::string>> next() override;

    [[nodiscard]] bool has_more_now() const override;

    /// Nothing: a client announces only the compressed size.
    [[nodiscard]] std::optional<std::uint64_t> size() const override { return std::nullopt; }

private:
    void inflate_more();
    void check_cost();

    body_source& body_;
    const content_coding coding_;
    const std::uint64_t size_max_;
    memory_budget::share held_;
    std::unique_ptr<inflater> inflater_{};  ///< As soon as something has arrived.
    std::string coded_{};                   ///< What has arrived, and is not inflated.
    std::string ready_{};                   ///< The next part.
    bool has_rest_ = false;  ///< Whether the inflater may have more of what it has read.
    bool has_ended_ = false;
    std::uint64_t received_ = 0;
    std::uint64_t inflated_ = 0;
    std::optional<problem> failure_{};  ///< To be thrown after `ready_`.
};

}  // namespace botapi::http
