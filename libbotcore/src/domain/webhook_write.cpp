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
        "The webhook " + name.text() + " is not in the state that was asked for. Read it again."
    );
}

}  // namespace

result<webhook_written> decide_on(
    const webhook_write& asked,
    const std::optional<webhook>& existing,
    std::size_t count
)
{
    const bool is_as_expected = existing ? !asked.must_be_absent &&
                                               asked.expected.holds_for(existing->version)
                                         : !asked.must_exist;
    if (!is_as_expected)
        return changed_meanwhile(asked.name);
    if (!existing && count >= webhook::each_bot_max) {
        return refuse(
            errc::invalid_argument,
            "A bot has at most " + std::to_string(webhook::each_bot_max) + " webhooks."
        );
    }

    webhook made{
        .id = existing ? existing->id : asked.fresh.id,
        .bot = asked.bot,
        .name = asked.name,
        .url = asked.url,
        .events = asked.events,
        .secrets = asked.secrets,
        .state = asked.is_enabled ? webhook_state::enabled : webhook_state::disabled,
        .version = existing ? existing->version : asked.fresh.version};
    if (made.secrets.empty())
        made.secrets = existing ? existing->secrets : std::vector{asked.fresh.secret};
    if (!asked.is_enabled && existing && existing->state == webhook_state::gone)
        made.state = webhook_state::gone;
    if (existing && made != *existing)
        ++made.version;
    const bool has_new_secrets = !existing || made.secrets != existing->secrets;
    return webhook_written{std::move(made), !existing, has_new_secrets};
}

result<> decide_on(const webhook_removal& asked, const std::optional<webhook>& existing)
{
    if (!existing)
        return absent_webhook(asked.name.text());
    if (!asked.expected.holds_for(existing->version))
        return changed_meanwhile(asked.name);
    return {};
}

}  // namespace botcore
