#include "adapters/http/api/messages_api.hpp"

#include "adapters/http/api/answers.hpp"
#include "adapters/http/api/import_stream.hpp"
#include "adapters/http/api/live_messages.hpp"
#include "adapters/http/api/message_list.hpp"
#include "adapters/http/api/stream_request.hpp"
#include "adapters/http/codec/json_body.hpp"
#include "adapters/http/codec/json_text.hpp"
#include "adapters/http/codec/message_codec.hpp"
#include "adapters/http/codec/raw_json.hpp"
#include "adapters/http/protocol/idempotency_header.hpp"
#include "adapters/http/protocol/preferences.hpp"

#include <algorithm>
#include <string>

namespace botapi::http {

namespace {

using boost::asio::awaitable;
using boost::beast::http::verb;
using botcore::scope;

/// A message never changes, so its tag depends only on its id and on the optional members. The
/// number is the version of the JSON format.
std::string tag_of(botcore::message_id id, const wire::message_extras& extras)
{
    return "\"1-" + id.text() + (extras.has_seq ? "-seq\"" : "\"");
}

/// `/3`, the pointer to an array's element.
std::string element_pointer(std::size_t at)
{
    return '/' + std::to_string(at);
}

std::variant<std::vector<botcore::draft>, problem> read_array(
    const json_body& body,
    const botcore::message_service& messages,
    const limits& limits
)
{
    const auto& array = body.value.get_array();
    if (array.empty() || array.size() > limits.batch_size_max) {
        return problem{
            problem_kind::invalid_field,
            "An array has 1 to " + std::to_string(limits.batch_size_max) + " messages; this has " +
                std::to_string(array.size()) + ". Send more as application/x-ndjson.",
            {{"pointer",
              "",
              "must have 1 to " + std::to_string(limits.batch_size_max) + " elements."}}};
    }

    const auto texts = raw_elements(body.text);
    std::vector<botcore::draft> drafts;
    std::optional<problem> faulty;
    for (std::size_t at = 0; at < array.size(); ++at) {
        auto draft = read_message(array[at], texts[at], messages);
        if (draft) {
            drafts.push_back(std::move(*draft));
            continue;
        }
        problem one = problem_from(draft.error(), element_pointer(at));
        if (!faulty) {
            faulty = std::move(one);
        } else if (one.kind == faulty->kind) {
            std::ranges::move(one.parts, std::back_inserter(faulty->parts));
        }
    }
    if (faulty)
        return *faulty;
    return drafts;
}

class messages_api {
public:
    messages_api(gateway& gateway, page_cache& cache, hub& live, const limits& limits) noexcept
        : gateway_{gateway}, cache_{cache}, live_{live}, limits_{limits}
    {
    }

    awaitable<response> create(request& request) const
    {
        if (auto wrong = check_json_exchange(request, {json_type, ndjson_type});
            wrong && !(wrong->kind == problem_kind::not_acceptable && is_import(request)))
            co_return refused(request, *wrong);
        const auto key = read_idempotency_key(request);
        if (!key)
            co_return refused(request, bad_idempotency_key(key.error()));
        if (is_import(request))
            co_return import(request, key->has_value());

        auto read = co_await read_json(request, limits_);
        if (const auto* const wrong = std::get_if<problem>(&read))
            co_return refused(request, *wrong);
        const auto& body = std::get<json_body>(read);
        if (body.value.is_array())
            co_return co_await create_all(request, body, *key);

        auto draft = read_message(body.value, body.text, gateway_.direct().messages);
        if (!draft)
            co_return refused(request, draft.error());
        std::vector<botcore::draft> one;
        one.push_back(std::move(*draft));
        auto prepared = gateway_.direct().messages.prepare(std::move(one), *key, request.grant());
        if (!prepared)
            co_return refused(request, prepared.error());
        const auto stored =
            co_await gateway_.append(*std::move(prepared), request.sender(), request.until);
        if (!stored)
            co_return refused(request, stored.error());

        const auto& [message, replayed] = stored->front();
        response made = json_answer(201, to_json(message));
        made.headers.emplace_back("Location", "/messages/" + message.id.text());
        if (replayed)
            made.headers.emplace_back("Idempotent-Replayed", "true");
        co_return made;
    }

    awaitable<response> get(request& request) const
    {
        const auto id = botcore::uuid::parse(request.path_id);
        parameter_reader read{request, {"include"}};
        const auto extras = read.extras("include");
        if (auto wrong = check_get(request, id ? read.fault() : bad_path_id(request)))
            co_return refused(request, *wrong);
        const auto found =
            co_await gateway_.get(botcore::message_id{*id}, request.grant(), request.until);
        if (!found)
            co_return refused(request, found.error());
        std::string body;
        append_json(body, *found, extras);
        response made = json_answer(200, std::move(body));
        made.headers.emplace_back("ETag", tag_of(found->id, extras));
        co_return unless_known(request, std::move(made));
    }

    awaitable<response> list(request& request) const
    {
        if (is_about_stream(request))
            return follow_messages(request, live_, limits_);
        return list_messages(request, gateway_, cache_);
    }

private:
    static bool is_import(const request& request)
    {
        return content_type(request, {ndjson_type}).has_value();
    }

    response import(request& request, bool has_key) const
    {
        const auto type = negotiate(request, {ndjson_type});
        if (!type)
            return refused(request, not_acceptable(ndjson_type));
        if (has_key) {
            const std::string why =
                "An import takes no Idempotency-Key: give each line an id instead, so that a retry "
                "stores nothing twice.";
            return refused(
                request,
                {problem_kind::invalid_header, why, {{"header", "Idempotency-Key", why}}}
            );
        }
        const bool is_brief = prefers_minimal(request);
        response made{.status = 200, .headers = {{"Content-Type", std::string{*type}}}};
        if (is_brief)
            made.headers.emplace_back("Preference-Applied", "return=minimal");
        made.chunks = make_import(
            request,
            gateway_,
            limits_,
            is_brief ? report_kind::brief : report_kind::full
        );
        return made;
    }

    awaitable<response> create_all(
        const request& request,
        const json_body& body,
        const std::optional<botcore::idempotency_key>& key
    ) const
    {
        auto read = read_array(body, gateway_.direct().messages, limits_);
        if (const auto* const wrong = std::get_if<problem>(&read))
            co_return refused(request, *wrong);
        auto& drafts = std::get<std::vector<botcore::draft>>(read);
        auto prepared = gateway_.direct().messages.prepare(std::move(drafts), key, request.grant());
        if (!prepared)
            co_return refused_element(request, prepared.error());
        const auto stored =
            co_await gateway_.append(*std::move(prepared), request.sender(), request.until);
        if (!stored)
            co_return refused_element(request, stored.error());

        std::string text = "[";
        for (const auto& [message, replayed] : *stored) {
            append_json(text, message);
            text += ',';
        }
        text.back() = ']';
        response made = json_answer(201, std::move(text));
        if (std::ranges::all_of(*stored, &botcore::appended::replayed))
            made.headers.emplace_back("Idempotent-Replayed", "true");
        co_return made;
    }

    static response refused_element(const request& request, const botcore::error& why)
    {
        const auto prefix = why.item ? element_pointer(*why.item) : std::string{};
        return refused(request, problem_from(why, prefix));
    }

    gateway& gateway_;
    page_cache& cache_;
    hub& live_;
    const limits& limits_;
};

}  // namespace

std::vector<route> messages_routes(
    gateway& gateway,
    page_cache& cache,
    hub& live,
    const limits& limits
)
{
    const messages_api api{gateway, cache, live, limits};
    return {
        {"/messages",
         verb::get,
         scope::messages_read,
         [api](request& request) { return api.list(request); },
         token_use::accepted_in_query},
        {"/messages",
         verb::post,
         scope::messages_write,
         [api](request& request) { return api.create(request); },
         token_use::accepted},
        {"/messages/{id}",
         verb::get,
         scope::messages_read,
         [api](request& request) { return api.get(request); },
         token_use::accepted},
    };
}

}  // namespace botapi::http
