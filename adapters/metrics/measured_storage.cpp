#include "adapters/metrics/measured_storage.hpp"

#include "adapters/metrics/measured_keys.hpp"
#include "adapters/metrics/measured_streams.hpp"
#include "adapters/metrics/measured_webhooks.hpp"
#include "adapters/metrics/storage_metrics.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace botapi::metrics {

using botcore::deadline;
using botcore::read_terms;
using botcore::result;
using std::optional;
using std::span;
using std::vector;

namespace {

class measured_bots final : public botcore::bot_store {
public:
    measured_bots(bot_store& store, storage_families families)
        : store_{store},
          add_{families, "bots.add"},
          find_{families, "bots.find"},
          list_{families, "bots.list"},
          change_{families, "bots.change"},
          remove_{families, "bots.remove"}
    {
    }

    vector<result<botcore::registered_bot>> add(
        span<const botcore::bot_registration> registrations,
        deadline until
    ) override
    {
        return add_.measure([&] { return store_.add(registrations, until); });
    }

    result<vector<optional<botcore::bot>>> find(
        span<const botcore::bot_id> ids,
        const read_terms& terms
    ) override
    {
        return find_.measure([&] { return store_.find(ids, terms); });
    }

    result<botcore::bot_page> list(const botcore::bot_query& query, const read_terms& terms)
        override
    {
        return list_.measure([&] { return store_.list(query, terms); });
    }

    vector<result<botcore::bot>> change(span<const botcore::bot_change> changes, deadline until)
        override
    {
        return change_.measure([&] { return store_.change(changes, until); });
    }

    vector<result<>> remove(span<const botcore::bot_removal> removals, deadline until) override
    {
        return remove_.measure([&] { return store_.remove(removals, until); });
    }

private:
    bot_store& store_;
    operation add_;
    operation find_;
    operation list_;
    operation change_;
    operation remove_;
};

class measured_messages final : public botcore::message_store {
public:
    measured_messages(message_store& store, storage_families families)
        : store_{store},
          append_{families, "messages.append"},
          find_{families, "messages.find"},
          list_{families, "messages.list"},
          versions_{families, "messages.versions"}
    {
    }

    vector<result<vector<botcore::appended>>> append(
        span<const botcore::submission> submissions,
        deadline until
    ) override
    {
        return append_.measure([&] { return store_.append(submissions, until); });
    }

    result<vector<optional<botcore::message>>> find(
        span<const botcore::message_id> ids,
        const read_terms& terms
    ) override
    {
        return find_.measure([&] { return store_.find(ids, terms); });
    }

    result<botcore::message_page> list(const botcore::message_query& query, const read_terms& terms)
        override
    {
        return list_.measure([&] { return store_.list(query, terms); });
    }

    result<vector<botcore::list_version>> versions(
        span<const botcore::message_filter> filters,
        const read_terms& terms
    ) override
    {
        return versions_.measure([&] { return store_.versions(filters, terms); });
    }

private:
    message_store& store_;
    operation append_;
    operation find_;
    operation list_;
    operation versions_;
};

class measured_conversations final : public botcore::conversation_store {
public:
    measured_conversations(conversation_store& store, storage_families families)
        : store_{store},
          find_{families, "conversations.find"},
          list_{families, "conversations.list"}
    {
    }

    result<vector<optional<botcore::conversation>>> find(
        span<const botcore::conversation_id> ids,
        const botcore::visible_bots& visible,
        const read_terms& terms
    ) override
    {
        return find_.measure([&] { return store_.find(ids, visible, terms); });
    }

    result<botcore::conversation_page> list(
        const botcore::conversation_query& query,
        const read_terms& terms
    ) override
    {
        return list_.measure([&] { return store_.list(query, terms); });
    }

private:
    conversation_store& store_;
    operation find_;
    operation list_;
};

}  // namespace

struct measured_storage::state {
    state(botcore::storage& storage, storage_families families)
        : inner{storage},
          bots{storage.bots(), families},
          messages{storage.messages(), families},
          conversations{storage.conversations(), families},
          keys{storage.keys(), families},
          streams{storage.streams(), families},
          webhooks{storage.webhooks(), families},
          ready{families, "ready"}
    {
    }

    botcore::storage& inner;
    measured_bots bots;
    measured_messages messages;
    measured_conversations conversations;
    measured_keys keys;
    measured_streams streams;
    measured_webhooks webhooks;
    operation ready;
};

measured_storage::measured_storage(botcore::storage& inner, prometheus::Registry& registry)
    : state_{std::make_unique<state>(inner, storage_families{registry})}
{
}

measured_storage::~measured_storage() = default;

botcore::bot_store& measured_storage::bots() noexcept
{
    return state_->bots;
}

botcore::message_store& measured_storage::messages() noexcept
{
    return state_->messages;
}

botcore::conversation_store& measured_storage::conversations() noexcept
{
    return state_->conversations;
}

botcore::key_store& measured_storage::keys() noexcept
{
    return state_->keys;
}

botcore::stream_store& measured_storage::streams() noexcept
{
    return state_->streams;
}

botcore::webhook_store& measured_storage::webhooks() noexcept
{
    return state_->webhooks;
}

botcore::consistency& measured_storage::consistency() noexcept
{
    return state_->inner.consistency();
}

result<> measured_storage::ready(deadline until)
{
    return state_->ready.measure([&] { return state_->inner.ready(until); });
}

// Not measured: it is called for every request, and only looks at what is known.
std::optional<botcore::outage> measured_storage::last_outage()
{
    return state_->inner.last_outage();
}

}  // namespace botapi::metrics
