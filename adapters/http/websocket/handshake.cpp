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
std::string list_of(const request& asked, field name)
{
    std::string list;
    const auto [begin, end] = asked.headers.equal_range(name);
    for (auto at = begin; at != end; ++at) {
        if (!list.empty())
            list += ", ";
        list.append(at->value().data(), at->value().size());
    }
    return list;
}

bool names(const request& asked, field name, std::string_view token)
{
    const auto list = list_of(asked, name);
    return beast_http::token_list{list}.exists({token.data(), token.size()});
}

response with_header(response made, std::string name, std::string value)
{
    made.headers.emplace_back(std::move(name), std::move(value));
    return made;
}

response upgrade_required(const request& asked, std::string detail)
{
    response made = answer({problem_kind::upgrade_required, std::move(detail)}, asked.path);
    made = with_header(std::move(made), "Connection", "Upgrade");
    return with_header(std::move(made), "Upgrade", "websocket");
}

response bad_header(const request& asked, std::string name, std::string detail)
{
    std::string whole = name + ' ' + detail;
    return answer(
        {problem_kind::invalid_header,
         std::move(whole),
         {{"header", std::move(name), std::move(detail)}}},
        asked.path
    );
}

bool is_key(std::string_view text)
{
    constexpr std::size_t byte_count = 16;
    const auto bytes = botcore::from_base64(text);
    return bytes && bytes->size() == byte_count;
}

/// What shows a client that its key was read and understood as one (RFC 6455 section 4.2.2).
std::string proof_of(std::string_view key)
{
    std::string text{key};
    text += "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
    SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
    return botcore::to_base64(digest);
}

}  // namespace

std::optional<response> refuse_socket(const request& asked)
{
    const bool is_get = asked.method == beast_http::verb::get;
    if (!is_get || !names(asked, field::upgrade, "websocket") ||
        !names(asked, field::connection, "upgrade"))
        return upgrade_required(asked, "This is a WebSocket: ask for an upgrade to websocket.");
    if (asked.headers.count(field::sec_websocket_version) != 1 ||
        asked.headers[field::sec_websocket_version] != "13") {
        auto made = upgrade_required(asked, "The only version of WebSocket spoken here is 13.");
        return with_header(std::move(made), "Sec-WebSocket-Version", "13");
    }
    const auto key = asked.header("Sec-WebSocket-Key");
    if (asked.headers.count(field::sec_websocket_key) != 1 || !is_key(*key))
        return bad_header(asked, "Sec-WebSocket-Key", "has to stand once: 16 bytes in base64.");
    const auto protocols = list_of(asked, field::sec_websocket_protocol);
    if (!beast_http::validate_list(beast_http::opt_token_list{protocols}))
        return bad_header(asked, "Sec-WebSocket-Protocol", "has to be a list of names.");
    if (asked.body->size().value_or(0) > 0 || asked.headers.count(field::transfer_encoding) != 0)
        return bad_header(asked, "Upgrade", "can't be asked for by a request with content.");
    return std::nullopt;
}

std::optional<deflate_terms> offered_deflate(const request& asked)
{
    return accept_deflate(list_of(asked, field::sec_websocket_extensions));
}

response accept_socket(
    const request& asked,
    std::initializer_list<std::string_view> spoken,
    const std::optional<deflate_terms>& deflate
)
{
    response made{.status = 101};
    made = with_header(std::move(made), "Upgrade", "websocket");
    made = with_header(std::move(made), "Connection", "Upgrade");
    const auto key = asked.header("Sec-WebSocket-Key").value_or("");
    made = with_header(std::move(made), "Sec-WebSocket-Accept", proof_of(key));

    const auto protocols = list_of(asked, field::sec_websocket_protocol);
    for (const auto& one : beast_http::token_list{protocols}) {
        const std::string_view name{one.data(), one.size()};
        if (std::ranges::find(spoken, name) == spoken.end())
            continue;
        made = with_header(std::move(made), "Sec-WebSocket-Protocol", std::string{name});
        break;
    }
    if (deflate)
        made = with_header(std::move(made), "Sec-WebSocket-Extensions", to_text(*deflate));
    return made;
}

}  // namespace botapi::http
