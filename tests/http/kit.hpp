#pragma once

#include "adapters/http/dispatch/router.hpp"
#include "adapters/http/options.hpp"
#include "adapters/http/protocol/message.hpp"

#include <botcore/ports/storage.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/http/verb.hpp>
#include <boost/json/value.hpp>
#include <catch2/catch.hpp>

#include <chrono>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace botapi::http::testing {

using header_list = std::vector<std::pair<std::string, std::string>>;

/// A body whose parts are known from the start.
class given_body final : public body_source {
public:
    explicit given_body(std::vector<std::string> parts) : parts_{std::move(parts)} {}

    boost::asio::awaitable<std::optional<std::string>> next() override;
    [[nodiscard]] bool has_more_now() const override { return given_ < parts_.size(); }
    [[nodiscard]] std::optional<std::uint64_t> size() const override { return announced; }

    std::optional<std::uint64_t> announced{};

private:
    std::vector<std::string> parts_;
    std::size_t given_ = 0;
};

/// A client that stays for one wait. `waiting` is called when the wait begins. If it is empty, the
/// client has left before that.
class given_presence final : public presence {
public:
    boost::asio::awaitable<void> wait(std::chrono::steady_clock::time_point until) override;
    void wake() override;
    [[nodiscard]] bool is_over() const override { return is_over_; }

    std::function<void()> waiting{};

private:
    bool is_over_ = false;
    bool is_woken_ = false;
    boost::asio::steady_timer* timer_ = nullptr;
};

/// A request as it arrives at a route, without a body. The target must be well-formed.
request make_request(std::string target, const header_list& headers = {});

/// An answer, read to its end.
struct reply {
    unsigned status = 0;
    header_list headers{};
    std::string body{};

    /// The value of a header that occurs once at most. Empty if it is missing.
    [[nodiscard]] std::string header(std::string_view name) const;
    [[nodiscard]] boost::json::value json() const;
};

/// The content of a request.
struct request_content {
    header_list headers{};
    std::string body{};
    std::function<void()> waiting{};  ///< See `given_presence`.
};

inline const std::pair<std::string, std::string> as_json{"Content-Type", "application/json"};

/// All routes, over a storage in memory.
class api {
public:
    explicit api(http::limits limits = {});
    ~api();

    api(const api&) = delete;
    api& operator=(const api&) = delete;

    reply ask(
        boost::beast::http::verb method,
        const std::string& target,
        const request_content& content = {}
    );
    reply get(const std::string& target, const header_list& headers = {});
    reply post(const std::string& target, const std::string& body, header_list headers = {as_json});

    /// Registers a bot and stores a message between it and a client.
    void say(std::string_view conversation, std::string_view client, std::string_view text);

    /// Stores a message directly, as another server would. The bot must be registered.
    void slip_in(std::string_view conversation, std::string_view client, std::string_view text);

    /// Makes the storage refuse `ready` with this error, or accept it again.
    void break_storage(std::optional<botcore::error> why);

    static constexpr const char* bot = "36b9f842-ee97-11e8-9443-0242ac120002";

private:
    struct state;
    std::unique_ptr<state> state_;
};

}  // namespace botapi::http::testing
