#include "adapters/http/dispatch/consistency_rule.hpp"

#include <botcore/domain/storage_position.hpp>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>

namespace botapi::http {

using boost::asio::awaitable;
using boost::beast::http::verb;
using botcore::result;
using std::chrono::steady_clock;

namespace {

constexpr const char* token_header = "Consistency-Token";

/// The token that stands for everything that is committed when a server reads it.
constexpr std::string_view latest_token = "latest";

bool only_reads(const request& request)
{
    return request.method == verb::get || request.method == verb::head;
}

/// How long a read waits for a copy that will soon have what its token stands for.
constexpr std::chrono::milliseconds copy_wait_max{50};
constexpr std::chrono::milliseconds copy_look_interval{1};

/// A time in seconds, with three decimals.
std::string in_seconds(std::chrono::milliseconds time)
{
    auto text = std::to_string(time.count() % 1'000);
    text.insert(0, 3 - text.size(), '0');
    return std::to_string(time.count() / 1'000) + '.' + text;
}

problem bad_token(std::string detail)
{
    return {problem_kind::invalid_header, detail, {{"header", token_header, detail}}};
}

}  // namespace

consistency_rule::consistency_rule(gateway& gateway)
    : gateway_{gateway}, has_copies_{!gateway.direct().storage.consistency().copy_states().empty()}
{
}

awaitable<std::optional<problem>> consistency_rule::check(request& request) const
{
    const auto text = request.header(token_header);
    if (text && request.headers.count(token_header) > 1)
        co_return bad_token("Consistency-Token occurs more than once.");
    std::optional<botcore::storage_position> position;
    if (text && *text != latest_token) {
        position = botcore::parse_storage_position(*text);
        if (!position) {
            co_return bad_token(
                "Consistency-Token is no token of an answer, and not `latest`. Send it as it came."
            );
        }
    }
    // A write always sees everything.
    if (!only_reads(request))
        co_return std::nullopt;
    if (position && !is_certain(*position)) {
        auto ask = [&](services& core) {
            return core.storage.consistency().confirm(*position, request.until);
        };
        const result<> confirmed = co_await gateway_.run(ask, request.until);
        if (!confirmed)
            co_return problem_from(confirmed.error());
    }
    if (!has_copies_)
        co_return std::nullopt;
    auto demanded = text ? botcore::freshness::latest() : botcore::freshness::any();
    if (position)
        demanded = co_await demand(*position, request.until);
    request.reads = read_progress{demanded};
    request.until.reads = &request.reads;
    co_return std::nullopt;
}

/// Whether the store that will answer includes `position`. What is held may be carried out by a
/// store that lacks commits of the one before; a copy that has the position has them.
bool consistency_rule::is_certain(const botcore::storage_position& position) const
{
    auto& known = gateway_.direct().storage.consistency();
    return known.includes(position) &&
           (!gateway_.is_shut() || known.copies_of(position) == botcore::copies::there);
}

/// Waits until a copy has `position`, for a moment. If none has it then, the primary has to answer.
awaitable<botcore::freshness> consistency_rule::demand(
    botcore::storage_position position,
    wait_limit until
) const
{
    const auto end = std::min<botcore::deadline>(until, steady_clock::now() + copy_wait_max);
    auto& known = gateway_.direct().storage.consistency();
    std::optional<boost::asio::steady_timer> pause;
    for (;;) {
        const auto found = known.copies_of(position);
        if (found == botcore::copies::there)
            co_return botcore::freshness::at_least(position);
        if (found == botcore::copies::none || steady_clock::now() >= end)
            co_return botcore::freshness::latest();
        if (!pause)
            pause.emplace(co_await boost::asio::this_coro::executor);
        pause->expires_after(copy_look_interval);
        co_await pause->async_wait(boost::asio::use_awaitable);
    }
}

void consistency_rule::tell(request& request, response& answer) const
{
    if (only_reads(request)) {
        if (request.until.reads != nullptr && !answer.is_live && !answer.upgrade)
            answer.headers.emplace_back("Staleness", in_seconds(request.reads.age()));
        return;
    }
    if (request.method == verb::options || answer.status / 100 != 2)
        return;
    // What an import stores comes after this header.
    auto token = answer.chunks ? std::string{latest_token}
                               : to_text(gateway_.direct().storage.consistency().position());
    answer.headers.emplace_back(token_header, std::move(token));
}

}  // namespace botapi::http
