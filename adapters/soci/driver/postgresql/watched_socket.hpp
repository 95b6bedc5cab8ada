#pragma once

#include <botcore/ports/deadline.hpp>

namespace botapi::sql {

class watchdog;

/// A connection, to a watchdog. It is a descriptor of its own of the same socket: libpq closes its
/// own as soon as it finds that a connection broke, and then the number is the next one's who
/// opens something.
///
/// Thread safety: none.
class watched_socket {
public:
    /// Throws `unreachable` if no descriptor is left. `guard` must outlive it.
    watched_socket(watchdog& guard, int socket);
    ~watched_socket();

    watched_socket(const watched_socket&) = delete;
    watched_socket& operator=(const watched_socket&) = delete;

    /// An answer is waited for, to `until` at most.
    void expect_by(botcore::deadline until);

    /// Nothing is waited for.
    void rest() noexcept;

private:
    watchdog& guard_;
    int descriptor_;
};

}  // namespace botapi::sql
