#include "adapters/http/websocket/handshake.hpp"

#include "adapters/http/codec/problem_json.hpp"
#include "adapters/http/protocol/problem.hpp"

#include <botcore/domain/base64.hpp>

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/rfc7230.hpp>

#include <algorithm>
#include <array>
#include <openssl/sha.h>
#include <string>
#include <utility>

namespace botapi::http {

namespace beast_http = boost::beast::http;

using beast_http::field;

namespace {

/// All lines of a field as one list (RFC 9110 section 5.3).
std::string list_of(const request& request, field name)
{
    std::string list;
    const auto [begin, end] = request.headers.equal_range(name);
    for (auto at = begin; at != end; ++at) {
        if (!list.empty())
            list += ", ";
        list.append(at->value().data(), at->value().size());
    }
    return list;
}

bool has_token(const request& request, field name, std::string_view token)
{
    const auto list = list_of(request, name);
    return beast_http::token_list{list}.exists({token.data(), token.size()});
}

response with_header(response answer, std::string name, std::string value)
{
    answer.headers.emplace_back(std::move(name), std::move(value));
    return answer;
}

response upgrade_required(const request& request, std::string detail)
{
    response refusal = answer({problem_kind::upgrade_required, std::move(detail)}, request);
    refusal = with_header(std::move(refusal), "Connection", "Upgrade");
    return with_header(std::move(refusal), "Upgrade", "websocket");
}

response bad_header(const request& request, std::string name, std::string detail)
{
    std::string whole = name + ' ' + detail;
    return answer(
        {problem_kind::invalid_header,
         std::move(whole),
         {{"header", std::move(name), std::move(detail)}}},
        request
    );
}

/// Whether a text is 16 bytes in base64.
bool is_key(std::string_view text)
{
    constexpr std::size_t byte_count = 16;
    const auto bytes = botcore::from_base64(text);
    return bytes && bytes->size() == byte_count;
}

/// The value of `Sec-WebSocket-Accept`, which proves that the server has read the client's key (RFC
/// 6455 section 4.2.2).
std::string proof_of(std::string_view key)
{
    std::string text{key};
    text += "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
    SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
    return botcore::to_base64(digest);
}

}  // namespace

std::optional<response> refuse_socket(const request& request)
{
    const bool is_get = request.method == beast_http::verb::get;
    if (!is_get || !has_token(request, field::upgrade, "websocket") ||
        !has_token(request, field::connection, "upgrade"))
        return upgrade_required(
            request,
            "This path is a WebSocket: send a request to upgrade to websocket."
        );
    if (request.headers.count(field::sec_websocket_version) != 1 ||
        request.headers[field::sec_websocket_version] != "13") {
        auto refusal =
            upgrade_required(request, "The server supports only version 13 of WebSocket.");
        return with_header(std::move(refusal), "Sec-WebSocket-Version", "13");
    }
    const auto key = request.header("Sec-WebSocket-Key");
    if (request.headers.count(field::sec_websocket_key) != 1 || !is_key(*key))
        return bad_header(
            request,
            "Sec-WebSocket-Key",
            "must occur once, and be 16 bytes in base64."
        );
    const auto protocols = list_of(request, field::sec_websocket_protocol);
    if (!beast_http::validate_list(beast_http::opt_token_list{protocols}))
        return bad_header(request, "Sec-WebSocket-Protocol", "must be a list of names.");
    if (request.body->size().value_or(0) > 0 ||
        request.headers.count(field::transfer_encoding) != 0)
        return bad_header(request, "Upgrade", "is not possible for a request with content.");
    return std::nullopt;
}

std::optional<deflate_terms> offered_deflate(const request& request)
{
    return accept_deflate(list_of(request, field::sec_websocket_extensions));
}

response accept_socket(
    const request& request,
    std::initializer_list<std::string_view> supported,
    const std::optional<deflate_terms>& deflate
)
{
    response answer{.status = 101};
    answer = with_header(std::move(answer), "Upgrade", "websocket");
    answer = with_header(std::move(answer), "Connection", "Upgrade");
    const auto key = request.header("Sec-WebSocket-Key").value_or("");
    answer = with_header(std::move(answer), "Sec-WebSocket-Accept", proof_of(key));

    const auto protocols = list_of(request, field::sec_websocket_protocol);
    for (const auto& offered : beast_http::token_list{protocols}) {
        const std::string_view name{offered.data(), offered.size()};
        if (std::ranges::find(supported, name) == supported.end())
            continue;
        answer = with_header(std::move(answer), "Sec-WebSocket-Protocol", std::string{name});
        break;
    }
    if (deflate)
        answer = with_header(std::move(answer), "Sec-WebSocket-Extensions", to_text(*deflate));
    return answer;
}

}  // namespace botapi::http
