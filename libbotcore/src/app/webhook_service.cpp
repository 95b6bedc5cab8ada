#include "element_pointer.hpp"

#include <botcore/app/webhook_service.hpp>
#include <botcore/domain/absence.hpp>

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

namespace botcore {

namespace {

/// Reads the fields of one input and collects their faults.
class webhook_reader {
public:
    webhook_reader(const webhook_input& input, webhook_rules rules) : input_{input}, rules_{rules}
    {
    }

    std::optional<web_address> url()
    {
        if (!input_.url) {
            fault("/url", "is required.");
            return std::nullopt;
        }
        auto read = web_address::parse(*input_.url);
        if (!read) {
            fault("/url", read.error().detail);
            return std::nullopt;
        }
        if (!read->is_secure() && !rules_.allows_http)
            fault("/url", "must be https: this server sends nothing in the clear.");
        return *std::move(read);
    }

    webhook_events events()
    {
        webhook_events read;
        for (std::size_t at = 0; at < input_.events.size(); ++at) {
            const auto* const known =
                std::ranges::find(webhook_event_names, input_.events[at], [](const auto& one) {
                    return one.second;
                });
            if (known == webhook_event_names.end()) {
                fault(
                    element_pointer("events", at),
                    "must be message.inbound or message.outbound."
                );
            } else
                read.add(known->first);
        }
        if (input_.events.empty())
            fault("/events", "must have at least one event.");
        return read;
    }

    std::vector<webhook_secret> secrets()
    {
        std::vector<webhook_secret> read;
        for (std::size_t at = 0; at < input_.secrets.size(); ++at) {
            if (auto secret = webhook_secret::parse(input_.secrets[at])) {
                read.push_back(*std::move(secret));
            } else
                fault(element_pointer("secrets", at), secret.error().detail);
        }
        if (input_.secrets.size() > webhook::secret_count_max)
            fault("/secrets", "must have at most 2 elements: the new one and the one before it.");
        return read;
    }

    std::optional<std::vector<webhook_header>> headers()
    {
        if (!input_.headers)
            return std::nullopt;
        std::vector<webhook_header> read;
        if (input_.headers->size() > webhook::header_count_max) {
            fault("/headers", "must have at most 16 members.");
            return read;
        }
        for (const auto& [name, value] : *input_.headers) {
            auto header = webhook_header::parse(name, value);
            const auto is_same = [&, wanted = name](const webhook_header& other) {
                return other.has_name(wanted);
            };
            if (!header)
                fault(member_pointer("headers", name), header.error().detail);
            else if (std::ranges::any_of(read, is_same))
                fault(member_pointer("headers", name), "is there twice: case does not matter.");
            else
                read.push_back(*std::move(header));
        }
        return read;
    }

    [[nodiscard]] std::vector<botcore::fault> faults() && { return std::move(faults_); }

private:
    void fault(std::string pointer, std::string detail)
    {
        faults_.push_back({std::move(pointer), std::move(detail)});
    }

    const webhook_input& input_;
    webhook_rules rules_;
    std::vector<botcore::fault> faults_{};
};

}  // namespace

result<webhook_write> webhook_service::prepare(
    bot_id bot,
    std::string_view name,
    const webhook_input& input
)
{
    auto named = webhook_name::parse(name);
    if (!named)
        return named.error();
    webhook_reader read{input, rules_};
    auto url = read.url();
    const auto events = read.events();
    auto secrets = read.secrets();
    auto headers = read.headers();
    if (auto faults = std::move(read).faults(); !faults.empty())
        return refuse(errc::invalid_argument, "The webhook has faulty fields.", std::move(faults));

    // A webhook created again under an old name must get a version that the old one never had.
    const auto age = std::chrono::floor<std::chrono::milliseconds>(clock_.now());
    const auto random = secrets_.next();
    return webhook_write{
        .bot = bot,
        .name = *std::move(named),
        .url = *std::move(url),
        .events = events,
        .secrets = std::move(secrets),
        .headers = std::move(headers),
        .is_enabled = input.is_enabled.value_or(true),
        .fresh = {
            .id = webhook_id{ids_.next(shard_number{0})},
            .secret = webhook_secret{{random.begin(), random.end()}},
            .version = static_cast<std::uint64_t>(age.time_since_epoch().count())}};
}

result<written_webhook> webhook_service::put(const webhook_write& write, deadline until)
{
    auto written = webhooks_.put(write, until);
    if (written)
        sender_.wake();  // Deliveries wait while a webhook is disabled.
    return written;
}

result<webhook> webhook_service::get(bot_id bot, std::string_view name, const read_terms& terms)
{
    auto all = webhooks_.list(bot, terms);
    if (!all)
        return all.error();
    const auto found = std::ranges::find(*all, name, [](const webhook& one) {
        return one.name.text();
    });
    if (found == all->end())
        return absent_webhook(name);
    return std::move(*found);
}

result<> webhook_service::remove(
    bot_id bot,
    std::string_view name,
    const precondition& expected,
    deadline until
)
{
    auto named = webhook_name::parse(name);
    if (!named)
        return absent_webhook(name);
    return webhooks_.remove({bot, *std::move(named), expected}, until);
}

result<> webhook_service::redeliver(const webhook& to, std::string_view delivery, deadline until)
{
    const auto message = parse_delivery_name(to.id, delivery);
    const auto found = message ? webhooks_.redeliver(to.id, *message, until) : result<bool>{false};
    if (!found)
        return found.error();
    if (!*found)
        return refuse(errc::not_found, "There is no such delivery, pending or dead.");
    sender_.wake();
    return {};
}

/// Whether there is time for another batch and for the answer. A service does long work in batches,
/// so that the database holds no lock for long.
bool webhook_service::has_time_left(deadline until) const
{
    constexpr std::chrono::seconds spare{2};
    return clock_.steady_now() + spare < until;
}

result<redelivery_progress> webhook_service::redeliver_dead(const webhook& to, deadline until)
{
    redelivery_progress done;
    do {
        const auto count = webhooks_.redeliver_dead(to.id, page_size_max, until);
        if (!count)
            return count.error();
        done = {done.queued + *count, *count < page_size_max};
    } while (!done.is_end && has_time_left(until));
    sender_.wake();
    return done;
}

result<replay_progress> webhook_service::replay(
    const webhook& to,
    const stream_position& after,
    deadline until
)
{
    replay_progress done{.queued = 0, .reached = after, .is_end = false};
    do {
        const auto part = webhooks_.replay(to.id, done.reached, page_size_max, until);
        if (!part)
            return part.error();
        done = {done.queued + part->queued, part->reached, part->is_end};
    } while (!done.is_end && has_time_left(until));
    sender_.wake();
    return done;
}

}  // namespace botcore
