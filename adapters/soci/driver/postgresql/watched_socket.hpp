#pragma once

#include <botcore/ports/deadline.hpp>

namespace botapi::sql {

class watchdog;

/// The socket of a connection under a watchdog. It is a duplicate of libpq's descriptor, because
/// libpq closes its own as soon as the connection breaks. The kernel may then reuse that number for
/// another file.
///
/// Thread safety: none.
class watched_socket {
public:
    /// Throws `unreachable` if no descriptor is left. `guard` must outlive it.
    watched_socket(watchdog& guard, int socket);
    ~watched_socket();

    watched_socket(const watched_socket&) = delete;
    watched_socket& operator=(const watched_socket&) = delete;

    /// Says that the connection waits for an answer, until `until` at most.
    void expect_by(botcore::deadline until);

    /// Says that the connection waits for no answer.
    void mark_idle() noexcept;

private:
    watchdog& guard_;
    int descriptor_;
};

}  // namespace botapi::sql
