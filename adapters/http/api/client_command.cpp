#include "adapters/http/api/client_command.hpp"

#include "adapters/http/codec/message_codec.hpp"
#include "adapters/http/codec/object_reader.hpp"
#include "adapters/http/codec/raw_json.hpp"
#include "adapters/http/codec/strict_json.hpp"
#include "adapters/wire/text_encoding.hpp"

#include <botcore/domain/uuid.hpp>

#include <initializer_list>
#include <utility>
#include <vector>

namespace botapi::http {

namespace {

using botcore::errc;
using botcore::refuse;

/// The members of one kind of command, and their faults.
class command_reader {
public:
    /// `known` are the members besides `type` and `id`.
    command_reader(const boost::json::value& value, std::vector<std::string_view> known)
        : members_{value, with_common(std::move(known))}
    {
        const auto id = members_.text("id");
        const bool fits = id && !id->empty() && id->size() <= stream_name_size_max;
        if (fits) {
            id_ = *id;
        } else
            add("/id", "is required: a text of 1 to 64 bytes, which the answer repeats.");
    }

    [[nodiscard]] const std::string& id() const noexcept { return id_; }

    std::optional<std::string_view> text(std::string_view name) { return members_.text(name); }
    bool has_object(std::string_view name) { return members_.has_object(name); }

    template <class Id>
    std::optional<Id> uuid(std::string_view name)
    {
        const auto given = members_.text(name);
        if (!given)
            return std::nullopt;
        const auto read = botcore::uuid::parse(*given);
        if (!read) {
            add('/' + std::string{name},
                "must be a UUID, as in 7665ada8-3448-4acd-a1b7-d688e68fe9a1.");
            return std::nullopt;
        }
        return Id{*read};
    }

    void add(std::string pointer, std::string detail)
    {
        faults_.push_back({std::move(pointer), std::move(detail)});
    }

    /// All faults; nothing if there are none.
    [[nodiscard]] std::optional<bad_command> fault() const
    {
        const auto found = refuse(errc::invalid_argument, "The request is faulty.", faults_);
        const auto all = members_.merge(faults_.empty() ? nullptr : &found);
        if (!all)
            return std::nullopt;
        problem made = problem_from(*all);
        made.detail = "The request has faulty fields: see errors.";
        return bad_command{id_, std::move(made)};
    }

private:
    static std::vector<std::string_view> with_common(std::vector<std::string_view> known)
    {
        known.insert(known.begin(), {"type", "id"});
        return known;
    }

    object_reader members_;
    std::string id_{};
    std::vector<botcore::fault> faults_{};
};

client_command read_subscribe(const boost::json::value& value)
{
    command_reader read{value, {"conversationId", "botId", "after"}};
    const auto conversation = read.uuid<botcore::conversation_id>("conversationId");
    const auto bot = read.uuid<botcore::bot_id>("botId");
    const auto& members = value.get_object();
    const bool has_conversation = members.contains("conversationId");
    if (has_conversation && members.contains("botId")) {
        read.add("/botId", "can't be combined with conversationId: choose one stream.");
    } else if (!has_conversation && !members.contains("botId")) {
        read.add("/conversationId", "is required, or botId instead.");
    }

    subscribe_command made{.id = read.id(), .stream = botcore::conversation_id{}, .start = {}};
    if (conversation) {
        made.stream = *conversation;
    } else if (bot)
        made.stream = *bot;
    const auto after = read.text("after");
    if (const auto start = parse_start(made.stream, after.value_or("now"))) {
        made.start = *start;
    } else
        read.add("/after", "must be start, now, or a cursor of this stream.");
    if (auto fault = read.fault())
        return *std::move(fault);
    return made;
}

client_command read_send(
    const boost::json::value& value,
    std::string_view text,
    const botcore::message_service& messages
)
{
    command_reader read{value, {"message", "idempotencyKey"}};
    const auto& members = value.get_object();
    if (!read.has_object("message") && !members.contains("message"))
        read.add("/message", "is required: an object as in POST /messages.");
    std::optional<botcore::idempotency_key> key;
    if (const auto given = read.text("idempotencyKey")) {
        auto parsed = botcore::idempotency_key::parse(*given);
        if (parsed) {
            key = *std::move(parsed);
        } else
            read.add("/idempotencyKey", parsed.error().detail);
    }
    if (auto fault = read.fault())
        return *std::move(fault);

    auto draft = read_message(members.at("message"), raw_member(text, "message"), messages);
    if (!draft)
        return bad_command{read.id(), problem_from(draft.error(), "/message")};
    return send_command{read.id(), *std::move(draft), std::move(key)};
}

/// A command that has only the common members.
template <class Command>
client_command read_plain(const boost::json::value& value)
{
    const command_reader read{value, {}};
    if (auto fault = read.fault())
        return *std::move(fault);
    return Command{read.id()};
}

}  // namespace

client_command read_command(std::string_view text, const botcore::message_service& messages)
{
    text = wire::without_byte_order_mark(text);
    const auto parsed = parse_json(text);
    if (!parsed)
        return bad_command{{}, {problem_kind::malformed_json, parsed.error().detail}};
    object_reader envelope{*parsed, {}};
    const auto type = envelope.text("type").value_or("");
    if (type == "subscribe")
        return read_subscribe(*parsed);
    if (type == "unsubscribe")
        return read_plain<unsubscribe_command>(*parsed);
    if (type == "send")
        return read_send(*parsed, text, messages);
    if (type == "ping")
        return read_plain<ping_command>(*parsed);

    const auto id = envelope.text("id").value_or("");
    const bool fits = id.size() <= stream_name_size_max;
    const bool is_object = parsed->is_object();
    return bad_command{
        std::string{fits ? id : ""},
        {problem_kind::invalid_field,
         "The request has an unknown type: see errors.",
         {{"pointer",
           is_object ? "/type" : "",
           is_object ? "must be subscribe, unsubscribe, send or ping."
                     : "must be a JSON object."}}}};
}

}  // namespace botapi::http
