#include "adapters/http/api/conversations_api.hpp"

#include "adapters/http/api/answers.hpp"
#include "adapters/http/api/parameters.hpp"
#include "adapters/http/codec/json_text.hpp"

#include <botcore/domain/query.hpp>
#include <botcore/domain/stream_position.hpp>

#include <cstdint>

namespace botapi::http {

namespace {

using boost::asio::awaitable;
using boost::beast::http::verb;
using botcore::scope;

/// The parameters of a list.
struct conversation_list_request {
    botcore::conversation_query query{};
    std::uint32_t scope = 0;
    std::optional<problem> fault{};
};

conversation_list_request read_conversation_list(const request& request)
{
    parameter_reader read{request, {"botId", "clientId", "limit", "cursor"}};
    conversation_list_request made;
    auto& filter = made.query.filter;
    filter.bot = read.id<botcore::bot_id>("botId");
    filter.client = read.id<botcore::client_id>("clientId");
    filter.visible = request.visible();
    made.query.limit = read.limit("limit").value_or(botcore::page_size_max);
    made.scope = botcore::scope_of(filter);

    if (!read.text("botId") && !read.text("clientId"))
        read.add_fault("botId", "is required, or clientId, or both.");
    if (const auto text = read.text("cursor")) {
        made.query.from = botcore::parse_id_cursor(*text, made.scope);
        if (!made.query.from)
            read.add_fault("cursor", "is not a cursor of this list. Begin without a cursor.");
    }
    made.fault = read.fault();
    return made;
}

/// A conversation only grows, so the number of its changes is its version. After a restore the
/// number comes up again, but with another last message.
std::string tag_of(const botcore::conversation& conversation)
{
    const auto& last = conversation.last;
    const auto fingerprint = botcore::fingerprint_of(last.id, last.seq, last.stamp.at());
    return tag_of_version(conversation.state.revision, fingerprint);
}

class conversations_api {
public:
    explicit conversations_api(gateway& gateway) noexcept : gateway_{gateway} {}

    awaitable<response> list(request& request) const
    {
        const conversation_list_request parameters = read_conversation_list(request);
        if (auto wrong = check_get(request, parameters.fault))
            co_return refused(request, *wrong);

        if (const auto allowed = request.grant().may_list(parameters.query.filter); !allowed)
            co_return refused(request, about_parameters(allowed.error()));

        // Named, not written inside the co_await, because of GCC PR 107288.
        auto ask = [&](services& core) {
            return core.conversations.list(parameters.query, request.until);
        };
        const auto page = co_await gateway_.run(ask, request.until);
        if (!page)
            co_return refused(request, page.error());
        // Each conversation has its last message.
        constexpr bool mixes_people = true;
        co_return page_answer(request, *page, parameters.scope, mixes_people);
    }

    awaitable<response> get(request& request) const
    {
        const auto id = botcore::uuid::parse(request.path_id);
        if (auto wrong = check_get(request, id ? refuse_parameters(request) : bad_path_id(request)))
            co_return refused(request, *wrong);
        if (const auto allowed = request.grant().may_read(botcore::conversation_id{*id}); !allowed)
            co_return refused(request, about_parameters(allowed.error()));
        const auto found =
            co_await gateway_.get(botcore::conversation_id{*id}, request.visible(), request.until);
        if (!found)
            co_return refused(request, found.error());
        response made = json_answer(200, to_json(*found));
        made.headers.emplace_back(
            "ETag",
            request.visible().is_all() ? tag_of(*found) : tag_of_content(made.body)
        );
        co_return unless_known(request, std::move(made));
    }

private:
    gateway& gateway_;
};

}  // namespace

std::vector<route> conversations_routes(gateway& gateway)
{
    const conversations_api api{gateway};
    return {
        {"/conversations",
         verb::get,
         scope::messages_read,
         [api](request& request) { return api.list(request); }},
        {"/conversations/{id}",
         verb::get,
         scope::messages_read,
         [api](request& request) { return api.get(request); },
         token_use::accepted},
    };
}

}  // namespace botapi::http
