#include "adapters/http/dispatch/answer_coding.hpp"

#include "adapters/http/codec/compressor.hpp"
#include "adapters/http/protocol/list_elements.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/string.hpp>

#include <algorithm>
#include <string_view>
#include <utility>

namespace botapi::http {

namespace {

using boost::asio::awaitable;

/// Bytes that are compressed in one turn: about 0.1 ms of work.
constexpr std::size_t turn_size = 16'384;

bool has_header(const response& answer, std::string_view name, std::string_view part)
{
    return std::ranges::any_of(answer.headers, [&](const auto& field) {
        return field.first == name && field.second.find(part) != std::string::npos;
    });
}

/// Whether answers of this kind are ever compressed, whatever their size.
bool may_be_coded(const request& request, const response& answer)
{
    if (!permits_coding(request.compression, answer.mixes_people))
        return false;
    if (answer.upgrade || answer.status == 204)
        return false;
    if (answer.chunks && (answer.is_live || answer.chunks->reads_body()))
        return false;
    return !has_header(answer, "Cache-Control", "no-store");
}

bool is_large(const response& answer)
{
    return answer.chunks || answer.coding != content_coding::identity ||
           answer.content().size() >= coded_size_min;
}

/// Whether this answer is compressed for clients that take a coding.
bool is_codable(const request& request, const response& answer)
{
    const bool must_be_coded = !request.codings.has_identity;
    return may_be_coded(request, answer) && (is_large(answer) || must_be_coded);
}

/// Lets the other work of this thread run.
awaitable<void> take_turns()
{
    const auto here = co_await boost::asio::this_coro::executor;
    auto turn = boost::asio::post(here, boost::asio::use_awaitable);
    co_await std::move(turn);
}

/// Compresses a piece in turns. What is behind `content` lives until the end.
awaitable<void> put_in_turns(
    compressor& into,
    std::string_view content,
    compressor::then next,
    std::string& out
)
{
    while (content.size() > turn_size) {
        into.put(content.substr(0, turn_size), compressor::then::more, out);
        content.remove_prefix(turn_size);
        auto turn = take_turns();
        co_await std::move(turn);
    }
    into.put(content, next, out);
}

/// The parts of another source, compressed.
class coded_source final : public chunk_source {
public:
    coded_source(std::unique_ptr<chunk_source> source, std::unique_ptr<compressor> into) noexcept
        : source_{std::move(source)}, into_{std::move(into)}
    {
    }

    awaitable<std::optional<body_part>> next() override
    {
        if (!into_)
            co_return std::nullopt;
        const auto part = co_await source_->next();
        std::string coded;
        if (!part) {
            into_->put({}, compressor::then::end, coded);
            into_.reset();
            co_return coded;
        }
        auto putting = put_in_turns(*into_, part->bytes(), compressor::then::pause, coded);
        co_await std::move(putting);
        co_return coded;
    }

private:
    std::unique_ptr<chunk_source> source_;
    std::unique_ptr<compressor> into_;  ///< Null at the end.
};

/// Compresses a body in parts, of which the first one is there. Does nothing if there is not the
/// memory for it.
awaitable<void> code_parts(const request& request, response& answer, content_coding coding)
{
    if (request.held != nullptr && !request.held->resize(compressor::memory))
        co_return;
    auto into = make_compressor(coding, compressor::effort::least);
    std::string coded;
    const auto first = answer.content();
    auto putting = put_in_turns(*into, first, compressor::then::pause, coded);
    co_await std::move(putting);
    answer.shared_body.reset();
    answer.body = std::move(coded);
    answer.chunks = std::make_unique<coded_source>(std::move(answer.chunks), std::move(into));
    answer.coding = coding;
}

/// Says in the header how the body is coded.
void mark(response& answer)
{
    if (answer.coding == content_coding::identity)
        return;
    answer.headers.emplace_back("Content-Encoding", name_of(answer.coding));
    for (auto& [name, value] : answer.headers) {
        if (name == "ETag")
            value = tag_in(answer.coding, value);
    }
}

}  // namespace

bool permits_coding(compression allowed, bool mixes_people) noexcept
{
    return allowed == compression::all || (allowed == compression::on && !mixes_people);
}

content_coding coding_for(const request& request, const response& answer)
{
    return is_codable(request, answer) ? request.codings.preferred : content_coding::identity;
}

void vary_by_coding(const request& request, response& answer)
{
    if (is_codable(request, answer) && !has_header(answer, "Vary", "Accept-Encoding"))
        answer.headers.emplace_back("Vary", "Accept-Encoding");
}

awaitable<std::shared_ptr<const std::string>> code_content(
    const request& request,
    content_coding coding,
    std::string_view content
)
{
    if (request.held != nullptr && !request.held->resize(compressor::memory))
        co_return nullptr;
    std::string coded;
    {
        const auto into = make_compressor(coding, compressor::effort::least);
        auto putting = put_in_turns(*into, content, compressor::then::end, coded);
        co_await std::move(putting);
    }
    if (request.held != nullptr)
        request.held->resize(0);
    if (coded.size() >= content.size() && request.codings.has_identity)
        co_return nullptr;
    coded.shrink_to_fit();
    co_return std::make_shared<const std::string>(std::move(coded));
}

awaitable<void> code_answer(const request& request, response& answer)
{
    if (answer.status == 304 || answer.coding != content_coding::identity) {
        mark(answer);
        co_return;
    }
    vary_by_coding(request, answer);
    const auto coding = coding_for(request, answer);
    if (coding == content_coding::identity)
        co_return;
    if (!answer.chunks) {
        auto coding_all = code_content(request, coding, answer.content());
        auto coded = co_await std::move(coding_all);
        if (coded) {
            answer.body.clear();
            answer.shared_body = std::move(coded);
            answer.coding = coding;
        }
    } else if (request.method == boost::beast::http::verb::head) {
        answer.coding = coding;
    } else {
        auto coding_parts = code_parts(request, answer, coding);
        co_await std::move(coding_parts);
    }
    mark(answer);
}

}  // namespace botapi::http
