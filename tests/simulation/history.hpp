#pragma once

#include "tests/simulation/faulty_messages.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace simulation {

/// The report of a history. It counts the faults, so that a test can check that they occurred.
struct history_report {
    std::optional<std::string> broken{};  ///< The first promise that was broken, in a sentence.
    unsigned sent = 0;                    ///< Requests, retries included.
    unsigned faults = 0;
    unsigned replays = 0;
    unsigned lost_answers = 0;
    unsigned stored = 0;
    unsigned written_late = 0;  ///< Batches that were written after they were given up.
};

/// Plays a random history, the same for the same seed: clients send messages, give up waiting, send
/// again while the first try is still on its way; batches are carried out in any order, fail in
/// every way a storage may fail, and are answered in any order, or not at all; the clock jumps. No
/// thread, no real time.
///
/// Everything that is carried out is carried out by `model` too, and every answer has to be the
/// model's. In the end the faults cease, every client gets its answer, and all is compared.
history_report play(std::uint64_t seed, flaw flaw = flaw::none);

}  // namespace simulation
