#include "adapters/wire/message_json.hpp"

#include "adapters/wire/json_string.hpp"

#include <botcore/domain/direction.hpp>

#include <string_view>

namespace botapi::wire {

namespace {

template <class Value>
void append_member(std::string& out, std::string_view before, const Value& value)
{
    out += before;
    value.append_to(out);
}

}  // namespace

void append_json(std::string& out, const botcore::message& message, const message_extras& extras)
{
    const auto [from, to] = botcore::ends_of(message.way);
    append_member(out, R"({"id":")", message.id);
    append_member(out, R"(","conversationId":")", message.conversation);
    append_member(out, R"(","timestamp":")", message.stamp);
    append_member(out, R"(","from":")", from);
    append_member(out, R"(","to":")", to);
    out += R"(","text":)";
    append_json(out, std::string_view{message.content.text});
    if (const auto& metadata = message.content.metadata)
        out.append(R"(,"metadata":)").append(*metadata);
    if (extras.has_seq)
        out.append(R"(,"seq":)").append(std::to_string(message.seq));
    out += '}';
}

}  // namespace botapi::wire
