#include "adapters/http/codec/message_codec.hpp"

#include "adapters/http/codec/object_reader.hpp"
#include "adapters/http/codec/raw_json.hpp"

namespace botapi::http {

botcore::result<botcore::draft> read_message(
    const boost::json::value& value,
    std::string_view text,
    const botcore::message_service& messages
)
{
    object_reader body{
        value,
        {"id", "conversationId", "timestamp", "from", "to", "text", "metadata"}};
    botcore::message_input input{
        .id = body.text("id"),
        .conversation_id = body.text("conversationId"),
        .timestamp = body.text("timestamp"),
        .from = body.text("from"),
        .to = body.text("to"),
        .text = body.text("text"),
    };
    if (body.has_object("metadata"))
        input.metadata = raw_member(text, "metadata");

    auto draft = messages.parse(input);
    if (auto fault = body.merge(draft ? nullptr : &draft.error()))
        return *fault;
    return draft;
}

}  // namespace botapi::http
