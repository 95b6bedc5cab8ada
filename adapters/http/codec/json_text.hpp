#pragma once

#include <botcore/domain/api_key.hpp>
#include <botcore/domain/bot.hpp>
#include <botcore/domain/conversation.hpp>
#include <botcore/domain/delivery.hpp>
#include <botcore/domain/message.hpp>
#include <botcore/domain/webhook.hpp>
#include <botcore/ports/webhook_sender.hpp>

#include <string>
#include <string_view>

namespace botapi::http {

/// Appends a JSON string, quotes included. `text` is well-formed UTF-8.
void append_json(std::string& out, std::string_view text);

/// Append what clients see of these: objects with the members of the API, in its order.
void append_json(std::string& out, const botcore::bot& bot);
void append_json(std::string& out, const botcore::message& message);
void append_json(std::string& out, const botcore::conversation& conversation);
void append_json(std::string& out, const botcore::api_key& key);
void append_json(std::string& out, const botcore::webhook& webhook);  // Of secrets only hints.
void append_json(std::string& out, const botcore::delivery& delivery);
void append_json(std::string& out, const botcore::webhook_trial& trial);

template <class Item>
std::string to_json(const Item& item)
{
    std::string text;
    append_json(text, item);
    return text;
}

/// An array of objects.
template <class Range>
std::string array_to_json(const Range& items)
{
    std::string text = "[";
    for (const auto& item : items) {
        if (text.size() > 1)
            text += ',';
        append_json(text, item);
    }
    text += ']';
    return text;
}

}  // namespace botapi::http
