#include "adapters/logging/descriptor_sink.hpp"

#include <algorithm>
#include <cerrno>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace botapi::logging {

namespace {

/// What a pipe that has room takes without blocking: PIPE_BUF on Linux.
constexpr std::size_t chunk_size = 4'096;

}  // namespace

descriptor_sink::descriptor_sink(int descriptor, line_form form) noexcept
    : descriptor_{descriptor}, form_{form}
{
    struct stat kind {};
    is_file_ = ::fstat(descriptor, &kind) == 0 && S_ISREG(kind.st_mode);
}

void descriptor_sink::sink_it_(const spdlog::details::log_msg& message)
{
    const std::string_view text{message.payload.data(), message.payload.size()};
    if (!catch_up() || !write(std::string{text} + '\n'))
        ++lost_;
}

bool descriptor_sink::catch_up()
{
    const auto begun = std::exchange(rest_, {});
    if (!write(begun))
        rest_ = begun;
    if (!rest_.empty())
        return false;
    if (lost_ == 0)
        return true;

    const botcore::log_field count{"count", lost_};
    const record told{
        .at = std::chrono::system_clock::now(),
        .severity = botcore::severity::warning,
        .event = "log lines were lost",
        .fields = {&count, 1}};
    if (!write(form_(told) + '\n'))
        return false;
    lost_ = 0;
    return rest_.empty();
}

/// Returns whether the line is written, or begun, so that its rest will be.
bool descriptor_sink::write(std::string_view line)
{
    const auto size_asked = line.size();
    while (!line.empty()) {
        if (!has_room())
            break;
        const auto size = ::write(descriptor_, line.data(), std::min(line.size(), chunk_size));
        if (size < 0 && errno != EINTR && errno != EAGAIN)
            return true;  // Nobody will ever read it.
        if (size > 0)
            line.remove_prefix(static_cast<std::size_t>(size));
    }
    const bool is_begun = line.size() < size_asked;
    if (is_begun)
        rest_ = line;
    return is_begun || line.empty();
}

bool descriptor_sink::has_room()
{
    if (is_file_)
        return true;
    pollfd asked{.fd = descriptor_, .events = POLLOUT, .revents = 0};
    const int wait = is_stuck_ ? 0 : static_cast<int>(wait_max.count());
    int ready = 0;
    do {
        ready = ::poll(&asked, 1, wait);
    } while (ready < 0 && errno == EINTR);
    is_stuck_ = ready == 0;
    return !is_stuck_;
}

}  // namespace botapi::logging
