// docs: begin signature
#include <botcore/domain/webhook.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Compare it in constant time, and refuse requests that are older than five minutes.
std::string expected_signature(
    std::string_view secret,
    std::string_view id,
    std::int64_t sent_at,
    std::string_view body
)
{
    const std::vector keys{*botcore::webhook_secret::parse(secret)};
    return botcore::signatures_for(keys, id, sent_at, body);
}
// docs: end signature

#include <iostream>

int main()
{
    // The example of Standard Webhooks.
    std::cout << expected_signature(
                     "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                     "msg_p5jXN8AQM9LWM0D4loKWxJek",
                     1'614'265'330,
                     R"({"test": 2432232314})"
                 )
              << '\n';
}
