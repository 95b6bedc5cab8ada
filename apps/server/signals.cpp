#include "apps/server/signals.hpp"

#include <csignal>
#include <cstdlib>
#include <utility>

namespace botapi::app {

namespace {

sigset_t stop_signals()
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    return set;
}

}  // namespace

void hold_signals()
{
    const auto set = stop_signals();
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

signal_watch::signal_watch(std::function<void(std::string_view)> stop)
    : stop_{std::move(stop)}, thread_{[this] { watch(); }}
{
}

signal_watch::~signal_watch()
{
    is_over_ = true;
    pthread_kill(thread_.native_handle(), SIGINT);
    thread_.join();
    const auto set = stop_signals();
    pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

void signal_watch::watch()
{
    constexpr int ended_by_signal = 128;  // What a shell says of a program that a signal ended.
    const auto set = stop_signals();
    int caught = 0;
    sigwait(&set, &caught);
    if (is_over_)
        return;
    stop_(caught == SIGINT ? "SIGINT" : "SIGTERM");

    sigwait(&set, &caught);
    if (!is_over_)
        std::_Exit(ended_by_signal + caught);
}

}  // namespace botapi::app
