#pragma once

#include "adapters/http/options.hpp"
#include "adapters/http/protocol/caller.hpp"
#include "adapters/http/protocol/content_coding.hpp"
#include "adapters/http/protocol/memory_budget.hpp"
#include "adapters/http/protocol/upgraded_protocol.hpp"
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
    /// Throws `body_failure` if the body is malformed or too slow, and
    /// `boost::system::system_error` if the client breaks off.
    virtual boost::asio::awaitable<std::optional<std::string>> next() = 0;

    /// Whether `next` is certain to return without waiting for the client.
    [[nodiscard]] virtual bool has_more_now() const = 0;

    /// Bytes of the whole body, if the client announced them.
    [[nodiscard]] virtual std::optional<std::uint64_t> size() const = 0;
};

/// A client whose answer waits for events, such as new messages.
///
/// Thread safety: none. Everything happens on the thread of the client's connection.
class presence {
public:
    virtual ~presence() = default;

    /// Waits until `wake` is called, or was called since the last wait; until `until` or a moment
    /// later; or until `is_over`.
    ///
    /// Throws `boost::system::system_error` if the client has left, as soon as that is known.
    virtual boost::asio::awaitable<void> wait(std::chrono::steady_clock::time_point until) = 0;

    virtual void wake() = 0;

    /// Whether the answer has to end: the server is about to end, or the caller's key or token has
    /// ended.
    [[nodiscard]] virtual bool is_over() const = 0;
};

/// A query parameter, decoded.
using parameter = std::pair<std::string, std::string>;

/// A name of a route's pattern, which is a constant, and its value in the path, decoded.
using path_part = std::pair<std::string_view, std::string>;

/// The request of a client.
struct request {
    boost::beast::http::verb method{};
    std::string target;                   ///< As sent.
    std::string path;                     ///< Still percent-encoded, without query and prefix.
    std::vector<parameter> parameters{};  ///< In the order sent.
    std::string host{};  ///< The host that the client addresses; empty if it names none.
    boost::beast::http::fields headers{};
    body_source* body = nullptr;           ///< Lives as long as the request.
    http::presence* presence = nullptr;    ///< Lives as long as the request.
    memory_budget::share* held = nullptr;  ///< For what has arrived of the body; null: no limit.
    std::string id{};                      ///< `X-Request-Id`: the client's, or one made here.
    std::vector<path_part> path_parts{};   ///< The values of the names in the route.
    std::string path_id{};                 ///< The value of `{id}` among them.
    wait_limit until{};                    ///< The deadline of the answer.
    read_progress reads{};                 ///< How fresh the answer of a read has to be, and is.
    std::string_view remote{};             ///< The client's address, without its port.
    std::string_view network{};            ///< The client's network, to which limits apply.

    /// The caller; null where every client may do everything.
    std::shared_ptr<const http::caller> caller{};
    bool is_guarded = false;  ///< Whether its route needs a right, which may end meanwhile.
    bool has_token_in_target = false;  ///< Whether the target had one, which was removed.
    std::string prefix{};              ///< Of the paths that the client sees; empty at the root.
    http::compression compression = compression::off;  ///< As the operator allows it.
    accepted_codings codings{};  ///< For the answer; only identity while compression is off.
    std::string about{};  ///< The subject for the audit log, where the path does not name it.

    /// What the client may see and do.
    [[nodiscard]] const botcore::grant& grant() const noexcept
    {
        static const botcore::grant everything;
        return caller ? caller->grant : everything;
    }

    /// The bots that the client may see.
    [[nodiscard]] const botcore::visible_bots& visible() const noexcept { return grant().bots(); }

    /// Identifies the sender: by its key, or the key that issued its token, or else by its network.
    /// Senders with different numbers get equal shares of the database.
    [[nodiscard]] std::size_t sender() const
    {
        if (caller && caller->key)
            return std::hash<botcore::uuid>{}(caller->key->id.value);
        return std::hash<std::string_view>{}(network);
    }

    /// The value of a name in the route; an empty text if the route has no such name.
    [[nodiscard]] std::string_view in_path(std::string_view name) const noexcept
    {
        for (const auto& [known, value] : path_parts) {
            if (known == name)
                return value;
        }
        return {};
    }

    /// The value of a header that may occur only once; nothing if it is missing.
    [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const
    {
        const auto field = headers.find({name.data(), name.size()});
        if (field == headers.end())
            return std::nullopt;
        return std::string_view{field->value().data(), field->value().size()};
    }
};

/// A part of an answer's body. Several answers may share its bytes.
class body_part {
public:
    // Implicit by design: most parts are text.
    body_part(std::string own) : own_{std::move(own)} {}  // NOLINT(google-explicit-constructor)

    /// `bytes` live as long as `owner`.
    body_part(std::shared_ptr<const void> owner, std::string_view bytes)
        : owner_{std::move(owner)}, shared_{bytes}
    {
    }

    /// Valid until the part is moved or destroyed.
    [[nodiscard]] std::string_view bytes() const noexcept
    {
        return owner_ ? shared_ : std::string_view{own_};
    }

private:
    std::string own_{};
    std::shared_ptr<const void> owner_{};
    std::string_view shared_{};
};

/// The source of a body that is sent part by part.
class chunk_source {
public:
    virtual ~chunk_source() = default;

    /// The next part; nothing at the end. An exception ends the connection, so that the client sees
    /// that the body is incomplete.
    virtual boost::asio::awaitable<std::optional<body_part>> next() = 0;

    /// Whether `next` reads the request's body. Then the client may still be sending, and reading
    /// nothing, while parts are written.
    [[nodiscard]] virtual bool reads_body() const noexcept { return false; }
};

/// An answer. The session adds the length, the date, and the headers about the connection.
struct response {
    unsigned status = 200;
    std::vector<std::pair<std::string, std::string>> headers{};
    std::string body{};
    std::shared_ptr<const std::string> shared_body{};  ///< If set, it replaces `body`.
    std::unique_ptr<chunk_source> chunks{};            ///< If set, these parts follow.
    std::unique_ptr<upgraded_protocol> upgrade{};      ///< The next protocol, for status 101.
    bool close = false;  ///< Whether the connection has to end after this.
    content_coding coding = content_coding::identity;  ///< Of the body, as it stands here.

    /// Whether the body may hold texts of people who may not read each other's.
    bool mixes_people = false;
    bool is_live = false;  ///< Whether it waited for news: its duration says nothing.
    std::string cause{};   ///< What failed in the server, if something did; only for the log.

    /// The body, without the parts of `chunks`. Valid until the answer changes.
    [[nodiscard]] std::string_view content() const noexcept
    {
        return shared_body ? std::string_view{*shared_body} : std::string_view{body};
    }
};

}  // namespace botapi::http
