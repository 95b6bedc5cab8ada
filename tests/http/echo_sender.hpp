#pragma once

#include <botcore/domain/webhook.hpp>
#include <botcore/ports/webhook_sender.hpp>
#include <botcore/result.hpp>

#include <functional>

namespace botapi::http::testing {

/// Sends nothing, and reports an answer with the URL of the webhook.
class echo_sender final : public botcore::webhook_sender {
public:
    void wake() override {}
    botcore::result<> try_out(
        const botcore::webhook& tried,
        std::function<void(botcore::webhook_trial)> done
    ) override
    {
        done({.status = 202U, .headers = {{"Server", "echo"}}, .body = tried.url.text()});
        return {};
    }
};

}  // namespace botapi::http::testing
