#include "adapters/logging/descriptor_sink.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace botapi::logging {

namespace {

/// `poll` reports room in a pipe if this many bytes fit: PIPE_BUF on Linux.
constexpr std::size_t chunk_size = 4'096;

}  // namespace

descriptor_sink::descriptor_sink(int descriptor, line_formatter formatter)
    : descriptor_{descriptor}, formatter_{formatter}
{
    struct stat status {};
    is_file_ = ::fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode);
    flusher_ = std::jthread{[this](const std::stop_token& end) { flush_when_due(end); }};
}

void descriptor_sink::sink_it_(const spdlog::details::log_msg& message)
{
    block_.append(message.payload.data(), message.payload.size()).push_back('\n');
    ++block_lines_;
    if (message.level >= spdlog::level::warn || block_.size() >= block_size) {
        flush_();
    } else if (block_lines_ == 1)
        block_begun_.notify_one();
}

void descriptor_sink::flush_()
{
    if (block_.empty())
        return;
    if (!catch_up() || !write(block_))
        lost_ += block_lines_;
    block_.clear();
    block_lines_ = 0;
}

void descriptor_sink::flush_when_due(const std::stop_token& end)
{
    // This thread must not handle signals: other threads do.
    sigset_t all{};
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_BLOCK, &all, nullptr);

    std::unique_lock lock{mutex_};
    while (block_begun_.wait(lock, end, [this] { return !block_.empty(); })) {
        block_begun_.wait_for(lock, end, delay_max, [] { return false; });
        flush_();
    }
}

bool descriptor_sink::catch_up()
{
    const auto unfinished = std::exchange(rest_, {});
    if (!write(unfinished))
        rest_ = unfinished;
    if (!rest_.empty())
        return false;
    if (lost_ == 0)
        return true;

    const botcore::log_field count{"count", lost_};
    const record loss{
        .at = std::chrono::system_clock::now(),
        .severity = botcore::severity::warning,
        .event = "log lines were lost",
        .fields = {&count, 1}};
    if (!write(formatter_(loss) + '\n'))
        return false;
    lost_ = 0;
    return rest_.empty();
}

/// Writes lines. True if at least a part of them was written; `rest_` then has the other part.
bool descriptor_sink::write(std::string_view lines)
{
    const auto size_before = lines.size();
    while (!lines.empty()) {
        if (!has_room())
            break;
        const auto size = ::write(descriptor_, lines.data(), std::min(lines.size(), chunk_size));
        if (size < 0 && errno == EPIPE)
            return true;  // The reader is gone.
        if (size < 0 && errno != EINTR && errno != EAGAIN)
            break;  // For example a full disk: the lines count as lost, unless they have begun.
        if (size > 0)
            lines.remove_prefix(static_cast<std::size_t>(size));
    }
    const bool has_begun = lines.size() < size_before;
    if (has_begun)
        rest_ = lines;
    return has_begun || lines.empty();
}

bool descriptor_sink::has_room()
{
    if (is_file_)
        return true;
    pollfd output{.fd = descriptor_, .events = POLLOUT, .revents = 0};
    const int wait = is_stuck_ ? 0 : static_cast<int>(wait_max.count());
    int ready = 0;
    do {
        ready = ::poll(&output, 1, wait);
    } while (ready < 0 && errno == EINTR);
    is_stuck_ = ready == 0;
    return !is_stuck_;
}

}  // namespace botapi::logging
