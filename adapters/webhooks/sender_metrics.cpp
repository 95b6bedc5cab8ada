#include "adapters/webhooks/sender_metrics.hpp"

namespace botapi::webhooks {

sender_metrics::sender_metrics(prometheus::Registry& registry)
    : attempts{prometheus::BuildCounter()
                   .Name("botapi_webhook_attempts_total")
                   .Help("Requests to webhooks, by outcome of the delivery")
                   .Register(registry)},
      delivered{attempts.Add({{"outcome", "delivered"}})},
      failed{attempts.Add({{"outcome", "failed"}})},
      dead{attempts.Add({{"outcome", "dead"}})},
      gone{attempts.Add({{"outcome", "gone"}})},
      in_flight{prometheus::BuildGauge()
                    .Name("botapi_webhook_requests_in_flight")
                    .Help("Requests to webhooks that are under way")
                    .Register(registry)
                    .Add({})},
      seconds{prometheus::BuildHistogram()
                  .Name("botapi_webhook_request_duration_seconds")
                  .Help("From the look-up of a webhook's host to the end of its answer")
                  .Register(registry)
                  .Add(
                      {},
                      prometheus::Histogram::
                          BucketBoundaries{0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10}
                  )}
{
}

}  // namespace botapi::webhooks
