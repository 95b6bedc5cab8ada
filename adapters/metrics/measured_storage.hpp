#pragma once

#include <botcore/ports/storage.hpp>

#include <memory>
#include <optional>
#include <prometheus/registry.h>

namespace botapi::metrics {

/// Measures every call of another storage, and returns its answers unchanged.
///
/// Metrics: `botapi_storage_duration_seconds{operation}` and
/// `botapi_storage_errors_total{operation,code}`, with operations such as `messages.append`.
class measured_storage final : public botcore::storage {
public:
    /// Both arguments must outlive this object. A registry can hold one measured storage.
    measured_storage(botcore::storage& inner, prometheus::Registry& registry);
    ~measured_storage() override;

    measured_storage(const measured_storage&) = delete;
    measured_storage& operator=(const measured_storage&) = delete;

    botcore::bot_store& bots() noexcept override;
    botcore::message_store& messages() noexcept override;
    botcore::conversation_store& conversations() noexcept override;
    botcore::key_store& keys() noexcept override;
    botcore::stream_store& streams() noexcept override;
    botcore::webhook_store& webhooks() noexcept override;
    botcore::consistency& consistency() noexcept override;
    botcore::result<> ready(botcore::deadline until) override;
    [[nodiscard]] std::optional<botcore::outage> last_outage() override;

private:
    struct state;
    std::unique_ptr<state> state_;
};

}  // namespace botapi::metrics
