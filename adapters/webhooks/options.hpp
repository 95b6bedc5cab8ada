#pragma once

#include "adapters/webhooks/address_policy.hpp"

#include <botcore/domain/delivery.hpp>

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace botapi::webhooks {

/// Options of the sender.
struct sender_options {
    std::size_t in_flight_max = 128;              ///< Requests under way at once.
    std::size_t each_webhook_max = 8;             ///< Of these, to one webhook.
    std::size_t trials_max = 16;                  ///< Sample requests at once, in addition.
    std::size_t resolver_threads = 32;            ///< Name look-ups at once.
    std::chrono::milliseconds timeout{10'000};    ///< From the look-up of the name to the answer.
    std::chrono::milliseconds grace{20'000};      ///< From the timeout to the end of the lease.
    std::chrono::milliseconds poll{1'000};        ///< Between two claims without a hint.
    std::chrono::milliseconds drain_max{10'000};  ///< From `stop` to the last answer.
    botcore::retry_schedule retries = botcore::default_retry_schedule();
    std::vector<address_range> allowed_ranges{};  ///< In addition to public addresses.
    std::string ca_file{};  ///< Certificates in PEM to trust beside the system's.
};

}  // namespace botapi::webhooks
