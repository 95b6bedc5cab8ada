#include "adapters/http/connection/request_body.hpp"

#include "adapters/http/protocol/body_failure.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <utility>

namespace botapi::http {

using boost::asio::awaitable;

request_body::request_body(
    connection& connection,
    const request_parser& parser,
    const limits& limits,
    bool must_invite
)
    : connection_{connection}, limits_{limits}, must_invite_{must_invite}
{
    if (!parser.is_header_done())
        return;  // A faulty header does not say where the body ends, so nobody reads the body.
    if (const auto announced = parser.content_length())
        announced_ = *announced;
    missing_ = announced_.value_or(0);
    if (parser.chunked())
        chunks_.emplace(limits.header_size_max);
}

awaitable<std::optional<std::string>> request_body::next()
{
    if (!std::exchange(has_begun_, true))
        connection_.begin_transfer(limits_.body_max, limits_.data_rate_min);
    if (must_invite_ && !is_done()) {
        must_invite_ = false;
        co_await invite();
    }
    while (!is_done()) {
        if (chunks_ && chunks_->result() == chunk_decoder::state::malformed) {
            throw body_failure{
                {problem_kind::malformed_request,
                 "The body is not well-formed HTTP. " + std::string{chunks_->fault()}}};
        }
        if (connection_.buffer().size() == 0)
            co_await fill();
        auto part = take_arrived();
        if (!part.empty())
            co_return part;
    }
    co_return std::nullopt;
}

awaitable<void> request_body::invite()
{
    static constexpr std::string_view invitation = "HTTP/1.1 100 Continue\r\n\r\n";
    connection_.expect_within(limits_.write_max);
    co_await boost::asio::async_write(
        connection_.transport(),
        boost::asio::buffer(invitation),
        boost::asio::use_awaitable
    );
}

/// Reads more into the buffer, which is empty.
awaitable<void> request_body::fill()
{
    constexpr auto as_result = boost::asio::as_tuple(boost::asio::use_awaitable);

    const auto wanted = chunks_ ? room_
                                : static_cast<std::size_t>(std::clamp<std::uint64_t>(
                                      missing_,
                                      connection::first_read_size,
                                      connection::part_size
                                  ));
    connection_.acknowledge();
    connection_.expect_transfer();
    auto reading =
        connection_.transport().async_read_some(connection_.buffer().prepare(wanted), as_result);
    const auto [why, count] = co_await std::move(reading);
    connection_.transferred(count);
    if (why && connection_.is_late())
        throw body_failure{{problem_kind::request_timeout, "The body took too long to arrive."}};
    if (why)
        throw boost::system::system_error{why};
    connection_.buffer().commit(count);
    // A larger read makes a large body faster. The first reads are small, as most bodies are.
    if (count == room_)
        room_ = std::min(2 * room_, connection::part_size);
}

/// The content in the buffer, without its framing.
std::string request_body::take_arrived()
{
    auto& buffer = connection_.buffer();
    const std::string_view all{static_cast<const char*>(buffer.cdata().data()), buffer.size()};
    std::string content;
    auto rest = all;
    if (chunks_) {
        chunks_->decode(rest, content, connection::part_size);
    } else {
        const auto size_max = std::min<std::uint64_t>(missing_, connection::part_size);
        content = all.substr(0, static_cast<std::size_t>(size_max));
        rest.remove_prefix(content.size());
        missing_ -= content.size();
    }
    const auto consumed = all.size() - rest.size();
    received_ += consumed;
    buffer.consume(consumed);
    return content;
}

bool request_body::is_done() const
{
    return chunks_ ? chunks_->result() == chunk_decoder::state::complete : missing_ == 0;
}

bool request_body::has_more_now() const
{
    if (is_done())
        return false;
    if (chunks_ && chunks_->result() == chunk_decoder::state::malformed)
        return true;
    const auto arrived = connection_.buffer().size() + connection_.transport().available();
    // The lines between chunks are not content. Their limit is that of a header.
    const std::size_t framing = chunks_ ? limits_.header_size_max + 64U : 0U;
    return arrived > framing;
}

std::optional<std::uint64_t> request_body::size() const
{
    return announced_;
}

bool request_body::is_too_much() const
{
    return !is_done() && (must_invite_ || missing_ > limits_.body_size_max);
}

awaitable<bool> request_body::skip_rest()
{
    if (is_too_much())
        co_return false;
    const auto before = received_;
    while (co_await next()) {
        if (received_ - before > limits_.body_size_max)
            co_return false;
    }
    co_return true;
}

}  // namespace botapi::http
