#pragma once

#include <botcore/ports/storage.hpp>

#include <memory>

namespace botcore::memory {

/// Keeps everything in memory, for embedders and tests: what it holds ends with it, and "durable"
/// means no more than that.
///
/// Answers at once and so ignores deadlines; always ready. Every function takes time logarithmic in
/// what is stored, and linear in what is asked or answered. A list within one conversation also
/// reads over the messages that its filter leaves out.
///
/// Thread safety: any number of threads may call at once; one is served at a time.
class memory_storage final : public storage {
public:
    memory_storage();
    ~memory_storage() override;

    memory_storage(const memory_storage&) = delete;
    memory_storage& operator=(const memory_storage&) = delete;

    bot_store& bots() noexcept override;
    message_store& messages() noexcept override;
    conversation_store& conversations() noexcept override;
    key_store& keys() noexcept override;
    stream_store& streams() noexcept override;
    webhook_store& webhooks() noexcept override;

    result<> ready(deadline until) override;

private:
    struct state;
    std::unique_ptr<state> state_;
};

}  // namespace botcore::memory
