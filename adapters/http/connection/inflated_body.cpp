#include "adapters/http/connection/inflated_body.hpp"

#include "adapters/http/protocol/body_failure.hpp"

#include <algorithm>
#include <span>
#include <utility>

namespace botapi::http {

using boost::asio::awaitable;

namespace {

problem malformed_body(content_coding coding, std::string_view why)
{
    const auto detail = std::string{why} + ' ' + std::string{name_of(coding)} + '.';
    return {
        problem_kind::malformed_request,
        "The body is not what Content-Encoding says: it " + detail,
        {{"header", "Content-Encoding", "The body " + detail}}};
}

problem too_large_inflated(std::uint64_t size_max)
{
    return {
        problem_kind::body_too_large,
        "The body grows to more than " + std::to_string(inflated_body::ratio_max) +
            " times its compressed size, and to more than " + std::to_string(size_max) +
            " bytes. Send it in a coding that compresses less, or without one."};
}

problem too_much_memory()
{
    return {
        problem_kind::overloaded,
        "The server inflates too many bodies at once, of all clients or of yours. Try again later, "
        "with fewer requests at once, or send the body without Content-Encoding."};
}

}  // namespace

inflated_body::inflated_body(
    body_source& body,
    content_coding coding,
    std::uint64_t size_max,
    memory_budget& held,
    std::string_view client
)
    : body_{body}, coding_{coding}, size_max_{size_max}, held_{held, client}
{
}

awaitable<std::optional<std::string>> inflated_body::next()
{
    while (ready_.empty() && !failure_ && !has_ended_) {
        if (!coded_.empty() || has_rest_) {
            inflate_more();
            continue;
        }
        auto part = co_await body_.next();
        has_ended_ = !part;
        if (part) {
            received_ += part->size();
            coded_ = *std::move(part);
        } else if (inflater_ && !inflater_->is_complete()) {
            failure_ = malformed_body(coding_, "ends before the end of its");
        }
    }
    if (ready_.empty() && failure_)
        throw body_failure{*failure_};
    if (ready_.empty())
        co_return std::nullopt;
    auto part = std::exchange(ready_, {});
    // So `has_more_now` can tell.
    while (ready_.empty() && !failure_ && (!coded_.empty() || has_rest_))
        inflate_more();
    co_return part;
}

bool inflated_body::has_more_now() const
{
    return !ready_.empty() || failure_.has_value();
}

/// Inflates a part, or all that has arrived if that is less.
void inflated_body::inflate_more()
{
    if (!inflater_)
        inflater_ = make_inflater(coding_);
    std::string out(std::min(part_size_max, 4'096 + 8 * coded_.size()), '\0');
    const auto step = inflater_->inflate(coded_, out);
    coded_.erase(0, step.consumed);
    has_rest_ = step.produced == out.size();
    inflated_ += step.produced;
    out.resize(step.produced);
    ready_ = std::move(out);
    const bool is_stuck = step.consumed == 0 && step.produced == 0 && !coded_.empty();
    if (step.is_malformed || is_stuck) {
        failure_ = malformed_body(coding_, "is not valid");
        return;
    }
    check_cost();
}

void inflated_body::check_cost()
{
    if (inflated_ > std::max(size_max_, ratio_max * received_)) {
        failure_ = too_large_inflated(size_max_);
    } else if (!held_.resize(inflater_->memory())) {
        failure_ = too_much_memory();
    } else {
        return;
    }
    ready_.clear();
}

}  // namespace botapi::http
