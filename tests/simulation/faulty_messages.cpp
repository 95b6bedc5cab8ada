#include "tests/simulation/faulty_messages.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace simulation {

using namespace botcore;

namespace {

submission renamed(submission request)
{
    auto bytes = request.entries.front().id.value.bytes();
    bytes.front() ^= 0xffU;
    request.receipt.reset();
    request.entries.front().id = message_id{uuid{bytes}};
    return request;
}

std::vector<appended> as_if_stored(const submission& request)
{
    std::vector<appended> outcome;
    for (const auto& one : request.entries) {
        const auto way = route_between(one.draft.ends, true, false);
        outcome.push_back(
            {.stored =
                 {
                     .id = one.id,
                     .conversation = one.draft.conversation,
                     .stamp = one.stamp,
                     .way = way.value(),
                     .content = one.draft.content,
                     .seq = outcome.size() + 1,
                     .arrival = outcome.size() + 1,
                 }}
        );
    }
    return outcome;
}

}  // namespace

auto faulty_messages::append(std::span<const submission> submissions, deadline until) -> answers
{
    const auto all = [&](errc code) { return answers(submissions.size(), refuse(code, {})); };
    if (std::exchange(is_flawed_next_, false))
        return append_flawed({submissions.begin(), submissions.end()}, until);
    switch (std::exchange(next_, fault::none)) {
        case fault::none: return sound_.append(submissions, until);
        case fault::unavailable: return all(errc::unavailable);
        case fault::storage_full: return all(errc::storage_full);
        case fault::vanished:
        case fault::delayed: return all(errc::outcome_unknown);
        case fault::committed: sound_.append(submissions, until); return all(errc::outcome_unknown);
    }
    return all(errc::internal);
}

bool faulty_messages::write_late(std::span<const submission> submissions, deadline until)
{
    std::vector<message_id> ids;
    for (const auto& one : submissions) {
        for (const auto& entry : one.entries)
            ids.push_back(entry.id);
    }
    const auto found = sound_.find(ids, until);
    const auto is_stored = [](const std::optional<message>& one) { return one.has_value(); };
    if (std::ranges::any_of(*found, is_stored))
        return false;
    sound_.append(submissions, until);
    return true;
}

auto faulty_messages::append_flawed(std::vector<submission> requests, deadline until) -> answers
{
    if (flaw_ == flaw::forgets) {
        answers outcome;
        for (const auto& one : requests)
            outcome.emplace_back(as_if_stored(one));
        return outcome;
    }
    auto outcome = sound_.append(requests, until);
    if (flaw_ == flaw::doubles)
        sound_.append(std::vector{renamed(requests.front())}, until);
    if (flaw_ == flaw::writes_refused)
        outcome.assign(requests.size(), refuse(errc::unavailable, {}));
    return outcome;
}

}  // namespace simulation
