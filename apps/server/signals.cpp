#include "apps/server/signals.hpp"

#include <csignal>
#include <cstdlib>
#include <initializer_list>
#include <utility>

namespace botapi::app {

namespace {

sigset_t set_of(std::initializer_list<int> signals)
{
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : signals)
        sigaddset(&set, signal);
    return set;
}

}  // namespace

void hold_hangups()
{
    const auto set = set_of({SIGHUP});
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

void hold_ends()
{
    const auto set = set_of({SIGINT, SIGTERM});
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

signal_watch::signal_watch(signal_actions actions)
    : actions_{std::move(actions)}, thread_{[this] { watch(); }}
{
}

signal_watch::~signal_watch()
{
    is_over_ = true;
    pthread_kill(thread_.native_handle(), SIGINT);
    thread_.join();
    const auto set = set_of({SIGINT, SIGTERM});
    pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

void signal_watch::watch()
{
    constexpr int ended_by_signal =
        128;  // The exit code of a shell for a program that a signal ended.
    const int first = next_end();
    if (is_over_)
        return;
    actions_.stop(first == SIGINT ? "SIGINT" : "SIGTERM");

    const int second = next_end();
    if (!is_over_)
        std::_Exit(ended_by_signal + second);
}

/// Waits for SIGTERM or SIGINT, and returns it. Calls `reload` on each SIGHUP until then.
int signal_watch::next_end() const
{
    const auto set = set_of({SIGINT, SIGTERM, SIGHUP});
    for (;;) {
        int caught = 0;
        sigwait(&set, &caught);
        if (caught != SIGHUP)
            return caught;
        actions_.reload();
    }
}

}  // namespace botapi::app
