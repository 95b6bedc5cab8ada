#include "adapters/http/bridge/gateway.hpp"

#include <botcore/domain/absence.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace botapi::http {

using botcore::deadline;
using botcore::errc;
using botcore::read_terms;
using botcore::refuse;
using botcore::result;

namespace {

botcore::error expired()
{
    return refuse(errc::unavailable, "The database was too busy to answer in time. Try again.");
}

botcore::error failed(std::string_view why)
{
    return refuse(errc::internal, std::string{why});
}

/// Splits the one answer of the store into an answer for each filter.
std::vector<result<botcore::list_version>> each_version(
    result<std::vector<botcore::list_version>> versions,
    std::size_t count
)
{
    std::vector<result<botcore::list_version>> each;
    if (versions)
        each.assign(versions->begin(), versions->end());
    else
        each.assign(count, versions.error());
    return each;
}

/// How long the keys that the server knows let callers read from copies while the primary is away.
constexpr std::chrono::seconds keys_age_max{60};

/// The bytes of content that add 1 to the weight of a row.
constexpr std::size_t short_size = 1'024;

/// About 1 for each row. A row with a long text costs as much as several rows with short texts.
std::size_t weight_of(const botcore::submission& submission)
{
    std::size_t weight = 1;
    for (const auto& entry : submission.entries)
        weight += 1 + entry.draft.content.size() / short_size;
    return weight;
}

coalescer_limits queue_limits(const limits& limits)
{
    return {.waiting_max = limits.queue_size_max, .wait_max = limits.queue_wait_max};
}

failover_limits gate_limits(const limits& limits)
{
    return {
        .wait_max = limits.failover_wait,
        .count_max = limits.queue_size_max,
        .weight_max = limits.queue_memory_max / short_size};
}

coalescer_limits append_limits(const server_options& options)
{
    auto append = queue_limits(options.limits);
    append.lanes = options.append_lanes;
    // A batch costs the database about as much as this many messages. So fewer messages wait for
    // the running batch, and share the next one with messages that arrive meanwhile.
    append.parallel_from = 8;
    // About the largest array of short messages: a transaction of some ten milliseconds.
    append.batch_weight_max = 1'024;
    append.waiting_weight_max = options.limits.queue_memory_max / short_size;
    return append;
}

coalescer_limits line_limits(const server_options& options)
{
    return {
        .waiting_max = options.limits.queue_size_max,
        .batch_max = 1,
        .lanes = options.append_lanes};
}

}  // namespace

gateway::gateway(
    services services,
    const server_options& options,
    metrics& metrics,
    const caller_check* callers
)
    : services_{services},
      readiness_age_max_{options.readiness_age_max},
      callers_{callers},
      gate_{services.storage, callers, gate_limits(options.limits), metrics.gate_observer()},
      threads_{options.storage_threads, options.limits.queue_size_max},
      appends_{
          threads_,
          [this](auto items, deadline until) { return append_all(items, until); },
          append_limits(options),
          metrics.observer_for("messages.append"),
          expired(),
          failed},
      lines_{
          threads_,
          [this](auto batches, deadline until) {
              using answers = std::vector<result<std::vector<botcore::appended>>>;
              std::vector<result<answers>> only;
              only.emplace_back(services_.messages.append(batches.front(), until));
              return only;
          },
          line_limits(options),
          metrics.observer_for("messages.import"),
          expired(),
          failed},
      messages_{
          threads_,
          [this](auto items, deadline until) {
              return read_by_demand<result<botcore::message>>(
                  items,
                  until,
                  [this](const auto& wanted, const read_terms& terms) {
                      return services_.messages.get(wanted, terms);
                  }
              );
          },
          queue_limits(options.limits),
          metrics.observer_for("messages.get"),
          expired(),
          failed},
      bots_{
          threads_,
          [this](auto items, deadline until) {
              return read_by_demand<result<botcore::bot>>(
                  items,
                  until,
                  [this](const auto& wanted, const read_terms& terms) {
                      return services_.bots.get(wanted, terms);
                  }
              );
          },
          queue_limits(options.limits),
          metrics.observer_for("bots.get"),
          expired(),
          failed},
      conversations_{
          threads_,
          [this](auto items, deadline until) {
              return read_by_demand<result<botcore::conversation>>(
                  items,
                  until,
                  [this](const auto& wanted, const read_terms& terms) {
                      return services_.conversations.get(wanted, {}, terms);
                  }
              );
          },
          queue_limits(options.limits),
          metrics.observer_for("conversations.get"),
          expired(),
          failed},
      versions_{
          threads_,
          [this](auto items, deadline until) {
              return read_by_demand<result<botcore::list_version>>(
                  items,
                  until,
                  [this](const auto& wanted, const read_terms& terms) {
                      return each_version(
                          services_.messages.versions(wanted, terms),
                          wanted.size()
                      );
                  }
              );
          },
          queue_limits(options.limits),
          metrics.observer_for("messages.versions"),
          expired(),
          failed},
      streams_{
          threads_,
          [this](auto items, deadline until) {
              return read_by_demand<result<botcore::stream_part>>(
                  items,
                  until,
                  [this](const auto& wanted, const read_terms& terms) {
                      return services_.streams.read(wanted, terms);
                  }
              );
          },
          {.waiting_max = options.limits.queue_size_max, .batch_max = 64, .lanes = 2},
          metrics.observer_for("streams.read"),
          expired(),
          failed},
      scans_{
          threads_,
          [this](auto queries, deadline until) {
              auto& [query, freshness, report] = queries.front();
              std::vector<result<botcore::message_page>> page;
              page.push_back(services_.messages.list(query, {until, freshness, report}));
              return page;
          },
          {.waiting_max = options.limits.queue_size_max, .batch_max = 1},
          metrics.observer_for("messages.scan"),
          expired(),
          failed},
      readiness_questions_{
          threads_,
          [this](auto questions, deadline until) {
              return std::vector<result<>>(questions.size(), look_at_readiness(until));
          },
          {.waiting_max = options.limits.queue_size_max},
          metrics.observer_for("storage.ready"),
          expired(),
          failed}
{
}

auto gateway::append(botcore::submission submission, std::size_t sender, wait_limit until)
    -> awaitable<std::vector<botcore::appended>>
{
    // Messages of one conversation share a lane, so that batches which run at once do not wait for
    // each other's lock of a conversation. They still may, if an array has several conversations or
    // is heavy.
    const std::size_t lane = submission.entries.empty()
                                 ? 0
                                 : shard_of(submission.entries.front().draft.conversation);
    const waiting_terms terms{.lane = lane, .client = sender, .weight = weight_of(submission)};
    co_return co_await ask(appends_, &submission, until, terms);
}

/// Stores a batch. The submissions are moved out of the coroutines that wait for the answers, and
/// back if they were not stored because of an outage.
std::vector<result<std::vector<botcore::appended>>> gateway::append_all(
    std::span<botcore::submission*> items,
    deadline until
)
{
    std::vector<botcore::submission> batch;
    batch.reserve(items.size());
    for (auto* const item : items)
        batch.push_back(std::move(*item));
    auto answers = services_.messages.append(batch, until);
    for (std::size_t at = 0; at < answers.size(); ++at) {
        if (is_unavailable(answers[at]))
            *items[at] = std::move(batch[at]);
    }
    return answers;
}

auto gateway::append_lines(
    std::span<const botcore::submission> lines,
    std::size_t lane,
    std::size_t sender,
    wait_limit until
) -> awaitable<std::vector<result<std::vector<botcore::appended>>>>
{
    const waiting_terms terms{.lane = lane, .client = sender};
    co_return co_await ask(lines_, lines, until, terms);
}

auto gateway::get(botcore::message_id id, const botcore::grant& grant, wait_limit until)
    -> awaitable<botcore::message>
{
    auto answer = co_await ask(messages_, {id, until}, until);
    if (answer && !grant.may_see(*answer))
        co_return botcore::absent(id);
    co_return answer;
}

auto gateway::get(botcore::bot_id id, const botcore::visible_bots& visible, wait_limit until)
    -> awaitable<botcore::bot>
{
    if (!visible.contains(id))
        co_return botcore::absent(id);
    co_return co_await ask(bots_, {id, until}, until);
}

auto gateway::get(
    botcore::conversation_id id,
    const botcore::visible_bots& visible,
    wait_limit until
) -> awaitable<botcore::conversation>
{
    if (visible.is_all())
        co_return co_await ask(conversations_, {id, until}, until);
    const std::array ids{id};
    auto get = [&](services& core) { return core.conversations.get(ids, visible, until); };
    auto answers = co_await run(get, until);
    co_return std::move(answers.front());
}

auto gateway::version(botcore::message_filter filter, wait_limit until)
    -> awaitable<botcore::list_version>
{
    co_return co_await ask(versions_, {std::move(filter), until}, until);
}

auto gateway::read(botcore::stream_query query, wait_limit until) -> awaitable<botcore::stream_part>
{
    const std::size_t key = std::hash<botcore::stream_id>{}(query.stream);
    co_return co_await ask(streams_, {std::move(query), until}, until, {.lane = key});
}

auto gateway::list(botcore::message_query query, wait_limit until)
    -> awaitable<botcore::message_page>
{
    if (may_scan(query.filter))
        co_return co_await ask(scans_, {std::move(query), until}, until);
    auto read = [&](services& core) { return core.messages.list(query, until); };
    co_return co_await run(read, until);
}

boost::asio::awaitable<result<>> gateway::ready(wait_limit until)
{
    auto answer = co_await readiness_questions_.submit({}, until);
    co_return std::move(answer).value_or(busy());
}

result<> gateway::look_at_readiness(deadline until)
{
    if (readiness_.is_known &&
        std::chrono::steady_clock::now() - readiness_.at < readiness_age_max_)
        return readiness_.answer;
    // The time before the call, not after it: the answer is not older than it claims.
    const auto at = std::chrono::steady_clock::now();
    readiness_ = {.answer = services_.storage.ready(until), .at = at, .is_known = true};
    return readiness_.answer;
}

bool gateway::can_copy_serve(const wait_limit& until) const
{
    if (until.reads == nullptr)
        return false;
    // Nobody can revoke a key without the primary, but this server may be the only one without it.
    const auto now = std::chrono::steady_clock::now();
    if (callers_ != nullptr && !callers_->is_known_since(now - keys_age_max))
        return false;
    const auto demanded = until.reads->demand();
    auto& known = services_.storage.consistency();
    if (const auto position = demanded.position())
        return known.copies_of(*position) == botcore::copies::there;
    return !demanded.is_latest() &&
           std::ranges::any_of(known.copy_states(), &botcore::copy_status::serves);
}

botcore::error gateway::busy()
{
    return refuse(errc::overloaded, "Too many requests wait for the database. Try again later.");
}

botcore::error gateway::refusal_of(failover_gate::verdict verdict)
{
    switch (verdict) {
        case failover_gate::verdict::full: return busy();
        case failover_gate::verdict::revoked:
            return refuse(errc::forbidden, "The key or token is not valid any more.");
        case failover_gate::verdict::open:
        case failover_gate::verdict::late: break;
    }
    return refuse(errc::unavailable, "The database did not come back in time. Try again later.");
}

}  // namespace botapi::http
