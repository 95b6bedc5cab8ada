#pragma once

#include <botcore/domain/delivery.hpp>
#include <botcore/domain/webhook.hpp>
#include <botcore/domain/webhook_write.hpp>
#include <botcore/ports/clock.hpp>
#include <botcore/ports/deadline.hpp>
#include <botcore/ports/id_source.hpp>
#include <botcore/ports/secret_source.hpp>
#include <botcore/ports/webhook_sender.hpp>
#include <botcore/ports/webhook_store.hpp>
#include <botcore/result.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace botcore {

/// A webhook as it arrives from a client: unchecked, and empty where a field is missing.
struct webhook_input {
    std::optional<std::string_view> url{};
    std::vector<std::string_view> events{};
    std::vector<std::string_view> secrets{};
    std::optional<bool> is_enabled{};
    std::optional<std::vector<std::pair<std::string_view, std::string_view>>> headers{};
};

/// The progress of a redelivery of dead deliveries.
struct redelivery_progress {
    std::size_t queued = 0;  ///< Deliveries that are pending again.
    bool is_end = true;      ///< Whether no dead deliveries remain.
};

struct webhook_rules {
    bool allows_http = false;  ///< Whether a URL may use `http`, which is not encrypted.
};

/// What callers can do with webhooks.
///
/// A function with a deadline blocks until it has an answer or the deadline has passed. Any number
/// of threads may call at once. The errors are those of `webhook_store`, and those listed at a
/// function. A malformed name results in `not_found`, except in `prepare`.
class webhook_service {
public:
    /// Keeps references: the arguments must outlive the service.
    webhook_service(
        webhook_store& webhooks,
        webhook_sender& sender,
        const clock& clock,
        id_source& ids,
        secret_source& secrets,
        webhook_rules rules
    ) noexcept
        : webhooks_{webhooks},
          sender_{sender},
          clock_{clock},
          ids_{ids},
          secrets_{secrets},
          rules_{rules}
    {
    }

    /// Checks the wanted state of a webhook.
    ///
    /// Errors: `invalid_argument`, with a fault for each faulty field of `input`, or with no fault
    /// if the name is invalid.
    result<webhook_write> prepare(bot_id bot, std::string_view name, const webhook_input& input);

    result<written_webhook> put(const webhook_write& write, deadline until);

    result<std::vector<webhook>> list(bot_id bot, const read_terms& terms)
    {
        return webhooks_.list(bot, terms);
    }

    /// Errors: `not_found`.
    result<webhook> get(bot_id bot, std::string_view name, const read_terms& terms);

    result<> remove(
        bot_id bot,
        std::string_view name,
        const precondition& expected,
        deadline until
    );

    result<delivery_page> deliveries(const delivery_query& query, const read_terms& terms)
    {
        return webhooks_.deliveries(query, terms);
    }

    /// Makes one delivery due now.
    ///
    /// Errors: `not_found`, also if the delivery is neither dead nor pending.
    result<> redeliver(const webhook& to, std::string_view delivery, deadline until);

    /// Makes dead deliveries pending again, as many as the deadline allows.
    result<redelivery_progress> redeliver_dead(const webhook& to, deadline until);

    /// Queues the messages after a position in the stream of the webhook's bot again, as many as
    /// the deadline allows.
    ///
    /// Errors: `cursor_lost`.
    result<replay_progress> replay(const webhook& to, const stream_position& after, deadline until);

    /// As `webhook_sender::try_out`.
    result<> try_out(const webhook& receiver, std::function<void(webhook_trial)> on_result)
    {
        return sender_.try_out(receiver, std::move(on_result));
    }

private:
    [[nodiscard]] bool has_time_left(deadline until) const;

    webhook_store& webhooks_;
    webhook_sender& sender_;
    const clock& clock_;
    id_source& ids_;
    secret_source& secrets_;
    webhook_rules rules_;
};

}  // namespace botcore
