#include "adapters/http/codec/bot_codec.hpp"

#include "adapters/http/codec/object_reader.hpp"

namespace botapi::http {

botcore::result<botcore::bot_registration> read_registration(
    const boost::json::value& value,
    const std::optional<botcore::idempotency_key>& key,
    const botcore::visible_bots& visible,
    botcore::bot_service& bots,
    const std::optional<botcore::bot_id>& addressed
)
{
    object_reader body{value, {"id", "name"}};
    botcore::bot_input input{.id = body.text("id"), .name = body.text("name")};

    if (addressed) {
        auto change = botcore::parse_bot_change(*addressed, input, true);
        if (auto fault = body.merge(change ? nullptr : &change.error()))
            return *fault;
        const std::string id = addressed->text();
        input.id = id;
        return bots.prepare(input, key, visible);
    }
    auto registration = bots.prepare(input, key, visible);
    if (auto fault = body.merge(registration ? nullptr : &registration.error()))
        return *fault;
    return registration;
}

botcore::result<botcore::bot_change> read_change(
    const boost::json::value& value,
    botcore::bot_id addressed,
    bool whole
)
{
    object_reader body{value, {"id", "name"}};
    const botcore::bot_input input{.id = body.text("id"), .name = body.text("name")};
    auto change = botcore::parse_bot_change(addressed, input, whole);
    if (auto fault = body.merge(change ? nullptr : &change.error()))
        return *fault;
    return change;
}

}  // namespace botapi::http
