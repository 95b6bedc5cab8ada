#pragma once

#include <botcore/ports/deadline.hpp>

namespace botapi::sql {

class watchdog;

/// A connection's socket, as a watchdog sees it. It is a duplicate of libpq's descriptor: libpq
/// closes its own as soon as it finds the connection broken, and the kernel may then reuse the
/// number for another file.
///
/// Thread safety: none.
class watched_socket {
public:
    /// Throws `unreachable` if no descriptor is left. `guard` must outlive it.
    watched_socket(watchdog& guard, int socket);
    ~watched_socket();

    watched_socket(const watched_socket&) = delete;
    watched_socket& operator=(const watched_socket&) = delete;

    /// The connection waits for an answer, until `until` at most.
    void expect_by(botcore::deadline until);

    /// The connection waits for nothing.
    void mark_idle() noexcept;

private:
    watchdog& guard_;
    int descriptor_;
};

}  // namespace botapi::sql
