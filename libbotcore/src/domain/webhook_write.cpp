#include <botcore/domain/absence.hpp>
#include <botcore/domain/webhook_write.hpp>

#include <algorithm>
#include <string>

namespace botcore {

namespace {

error changed_meanwhile(const webhook_name& name)
{
    return refuse(
        errc::precondition_failed,
        "The webhook " + name.text() +
            " is not in the state that the request requires. Read it again."
    );
}

}  // namespace

result<written_webhook> decide_on(
    const webhook_write& write,
    const std::optional<webhook>& existing,
    std::size_t count
)
{
    const bool is_as_expected = existing ? !write.must_be_absent &&
                                               write.expected.holds_for(existing->version)
                                         : !write.must_exist;
    if (!is_as_expected)
        return changed_meanwhile(write.name);
    if (!existing && count >= webhook::each_bot_max) {
        return refuse(
            errc::invalid_argument,
            "A bot has at most " + std::to_string(webhook::each_bot_max) + " webhooks."
        );
    }

    webhook made{
        .id = existing ? existing->id : write.fresh.id,
        .bot = write.bot,
        .name = write.name,
        .url = write.url,
        .events = write.events,
        .secrets = write.secrets,
        .state = write.is_enabled ? webhook_state::enabled : webhook_state::disabled,
        .version = existing ? existing->version : write.fresh.version};
    if (made.secrets.empty())
        made.secrets = existing ? existing->secrets : std::vector{write.fresh.secret};
    if (write.headers)
        made.headers = *write.headers;
    else if (existing)
        made.headers = existing->headers;
    if (!write.is_enabled && existing && existing->state == webhook_state::gone)
        made.state = webhook_state::gone;
    if (existing && made != *existing)
        ++made.version;
    const bool has_new_secrets = !existing || made.secrets != existing->secrets;
    return written_webhook{std::move(made), !existing, has_new_secrets};
}

result<> decide_on(const webhook_removal& removal, const std::optional<webhook>& existing)
{
    if (!existing)
        return absent_webhook(removal.name.text());
    if (!removal.expected.holds_for(existing->version))
        return changed_meanwhile(removal.name);
    return {};
}

}  // namespace botcore
