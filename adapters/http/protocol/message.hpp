#pragma once

#include "adapters/http/protocol/caller.hpp"
#include "adapters/http/protocol/upgraded.hpp"
#include "adapters/http/protocol/wait_limit.hpp"

#include <botcore/domain/access.hpp>
#include <botcore/domain/grant.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/beast/http/fields.hpp>
#include <boost/beast/http/verb.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace botapi::http {

/// A request's body while it still arrives.
class body_source {
public:
    virtual ~body_source() = default;

    /// The next part, as soon as there is one; nothing at the end. Never an empty part.
    ///
    /// Throws `body_failure` if the client sends no HTTP or is too slow, and
    /// `boost::system::system_error` if it breaks off.
    virtual boost::asio::awaitable<std::optional<std::string>> next() = 0;

    /// Whether `next` will return without waiting for the client, for certain.
    [[nodiscard]] virtual bool has_more_now() const = 0;

    /// Bytes of the whole body, if the client announced them.
    [[nodiscard]] virtual std::optional<std::uint64_t> size() const = 0;
};

/// The client, while it waits for an answer that waits for something itself.
///
/// Thread safety: none. Everything happens on the thread of the client's connection.
class presence {
public:
    virtual ~presence() = default;

    /// Waits until `wake` is called, or was since the last wait, or until `until` or a moment
    /// later, or until `is_over`.
    ///
    /// Throws `boost::system::system_error` if the client has gone, as soon as that is known.
    virtual boost::asio::awaitable<void> wait(std::chrono::steady_clock::time_point until) = 0;

    virtual void wake() = 0;

    /// Whether the answer has to come to its end: the server is about to, or the client's right to
    /// be answered has.
    [[nodiscard]] virtual bool is_over() const = 0;
};

/// A query parameter, decoded.
using parameter = std::pair<std::string, std::string>;

/// A name of a route's pattern, which is a constant, and what stands for it, decoded.
using path_part = std::pair<std::string_view, std::string>;

/// What a client asked.
struct request {
    boost::beast::http::verb method{};
    std::string target;                   ///< As sent.
    std::string path;                     ///< Still percent-encoded, without the query.
    std::vector<parameter> parameters{};  ///< In the order sent.
    boost::beast::http::fields headers{};
    body_source* body = nullptr;          ///< Lives as long as the request.
    http::presence* presence = nullptr;   ///< The same.
    std::string id{};                     ///< `X-Request-Id`: the client's, or made here.
    std::vector<path_part> path_parts{};  ///< What stands for the names in the route.
    std::string path_id{};                ///< What stands for `{id}` among them.
    wait_limit until{};                   ///< When the answer has to be there.
    std::string_view remote{};            ///< The client's address, without its port.
    std::string_view network{};           ///< What the client counts as where there are limits.

    /// Whose request it is; nothing where everybody may do everything.
    std::shared_ptr<const http::caller> caller{};
    bool has_token_in_target = false;  ///< It was taken out of there.
    std::string about{};  ///< For the audit record: what was done with, where the path doesn't say.

    /// What the client may know and do.
    [[nodiscard]] const botcore::grant& grant() const noexcept
    {
        static const botcore::grant everything;
        return caller ? caller->grant : everything;
    }

    /// Which bots the client may know of.
    [[nodiscard]] const botcore::visible_bots& visible() const noexcept { return grant().bots(); }

    /// What stands for a name in the route; an empty text if the route has no such name.
    [[nodiscard]] std::string_view in_path(std::string_view name) const noexcept
    {
        for (const auto& [known, value] : path_parts) {
            if (known == name)
                return value;
        }
        return {};
    }

    /// The value of a header that may stand only once; nothing if it is not there.
    [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const
    {
        const auto found = headers.find({name.data(), name.size()});
        if (found == headers.end())
            return std::nullopt;
        return std::string_view{found->value().data(), found->value().size()};
    }
};

/// A part of an answer's body. Many answers may share its bytes.
class body_part {
public:
    // Implicit by design: most parts are just text.
    body_part(std::string own) : own_{std::move(own)} {}  // NOLINT(google-explicit-constructor)

    /// `bytes` live as long as `owner`.
    body_part(std::shared_ptr<const void> owner, std::string_view bytes)
        : owner_{std::move(owner)}, shared_{bytes}
    {
    }

    /// Lifetime: as long as the part stays where it is.
    [[nodiscard]] std::string_view bytes() const noexcept
    {
        return owner_ ? shared_ : std::string_view{own_};
    }

private:
    std::string own_{};
    std::shared_ptr<const void> owner_{};
    std::string_view shared_{};
};

/// Gives an answer's body part by part.
class chunk_source {
public:
    virtual ~chunk_source() = default;

    /// The next part; nothing at the end. What it throws cuts the connection, so that the client
    /// sees that the body is not whole.
    virtual boost::asio::awaitable<std::optional<body_part>> next() = 0;
};

/// What we answer. The session adds the length, the date and what belongs to the connection.
struct response {
    unsigned status = 200;
    std::vector<std::pair<std::string, std::string>> headers{};
    std::string body{};
    std::shared_ptr<const std::string> shared_body{};  ///< If set, it stands for `body`.
    std::unique_ptr<chunk_source> chunks{};            ///< If set, the body goes on with these.
    std::unique_ptr<http::upgraded> upgraded{};        ///< What follows an answer of status 101.
    bool close = false;    ///< Whether the connection can't be used after this.
    bool is_live = false;  ///< Whether it waits for news: the time that it takes tells nothing.
    std::string cause{};   ///< For the log alone: what failed in the server, if something did.

    /// The body, as far as it is there. Lifetime: as long as the answer is left alone.
    [[nodiscard]] std::string_view content() const noexcept
    {
        return shared_body ? std::string_view{*shared_body} : std::string_view{body};
    }
};

}  // namespace botapi::http
