#include "adapters/http/live/hub.hpp"

#include <exception>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

namespace botapi::http {

using namespace std::chrono_literals;

namespace {

constexpr auto reread_interval = 1s;  ///< After a read that failed.
constexpr auto read_max = 10s;        ///< For the storage to answer.

// Limits of one call of the storage, all of whose messages are in memory at the same time.
constexpr std::size_t batch_max = 128;    ///< Feeds.
constexpr std::size_t messages_max = 16;  ///< Messages of each feed.

}  // namespace

/// Reads the queued feeds, batch by batch, like a coalescer. There is one drain at a time, so the
/// reads of a feed are in order.
void hub::drain(services& core)
{
    constexpr unsigned batches_max = 16;  // Then other work may use the thread first.
    for (unsigned count = 0; count < batches_max; ++count) {
        const auto batch = take_queued();
        if (batch.empty())
            return;
        read(core, batch);
    }
    gateway_.post([this](services& again) { drain(again); });
}

/// Takes the next batch of feeds from the queue. If the batch is empty, the drain ends.
hub::feeds hub::take_queued()
{
    feeds batch;
    const std::lock_guard lock{mutex_};
    while (!queue_.empty() && batch.size() < batch_max) {
        auto& next = queue_.front();
        next->state = next->loops.empty() ? feed::state::idle : feed::state::reading;
        if (!next->loops.empty())
            batch.push_back(std::move(next));
        queue_.pop_front();
    }
    is_draining_ = !batch.empty();
    return batch;
}

void hub::read(services& core, const feeds& batch)
{
    std::vector<botcore::stream_query> queries;
    queries.reserve(batch.size());
    for (const auto& one : batch) {
        queries.push_back(
            {.stream = one->view.stream,
             .after = one->kept.reached(),
             .limit = messages_max,
             .visible = one->view.visible}
        );
    }
    std::vector<botcore::result<botcore::stream_part>> parts;
    try {
        parts = core.streams.read(queries, clock::now() + read_max);
        if (parts.size() != batch.size())
            throw std::logic_error{"A read of streams got too few or too many answers."};
    } catch (const std::exception& failure) {
        parts.assign(batch.size(), refuse(botcore::errc::internal, failure.what()));
    }
    for (std::size_t at = 0; at < batch.size(); ++at) {
        if (parts[at]) {
            publish(batch[at], *parts[at]);
        } else
            give_up(batch[at], parts[at].error());
    }
}

void hub::publish(const std::shared_ptr<feed>& one, const botcore::stream_part& part)
{
    std::shared_ptr<const event_batch> batch;  // Shared by all receivers.
    if (!part.messages.empty()) {
        batch =
            std::make_shared<const event_batch>(one->view.stream, part.messages, one->view.extras);
        observer_.rendered(batch->count());
    }
    const auto size = batch ? batch->size() : 0;
    one->kept.append(part.reached, std::move(batch));

    const std::lock_guard lock{mutex_};
    one->due = next_look();
    settle(one, !part.is_end);
    if (size == 0)
        return;
    keep(one, size);
    notify_loops(one);
}

void hub::give_up(const std::shared_ptr<feed>& one, const botcore::error& why)
{
    const bool is_lost = why.code == botcore::errc::cursor_lost;
    if (why.code == botcore::errc::internal) {
        const std::string_view what = why.detail;
        log_.write(botcore::severity::error, "a stream can't be read", {{"what", what}});
    }

    const std::lock_guard lock{mutex_};
    one->state = feed::state::idle;
    one->due = clock::now() + reread_interval;
    if (!is_lost)
        return;
    forget(one);  // Before `lose`, so that a follower that sees the loss joins another feed.
    one->kept.lose();
    notify_loops(one);
}

/// Counts the bytes of a new batch. Drops the oldest batches if there are too many bytes. The
/// caller holds the mutex.
void hub::keep(const std::shared_ptr<feed>& one, std::size_t size)
{
    kept_.emplace_back(one, size);
    kept_size_ += size;
    observer_.size_changed(static_cast<std::ptrdiff_t>(size));
    while (kept_size_ > options_.kept_size_max) {
        const auto& [oldest, freed] = kept_.front();
        oldest->kept.drop_oldest();
        kept_size_ -= freed;
        observer_.size_changed(-static_cast<std::ptrdiff_t>(freed));
        kept_.pop_front();
    }
}

/// Ends the read of a feed. The caller holds the mutex.
void hub::settle(const std::shared_ptr<feed>& one, bool must_go_on)
{
    const bool is_due = must_go_on || one->state == feed::state::reading_again;
    one->state = feed::state::idle;
    if (is_due)
        schedule(one);
}

void hub::notify_loops(const std::shared_ptr<feed>& grown)
{
    for (const auto& [at, count] : grown->loops)
        at->notify(grown);
}

}  // namespace botapi::http
