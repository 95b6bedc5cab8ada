#pragma once

#include "adapters/wire/api_key_json.hpp"
#include "adapters/wire/json_string.hpp"
#include "adapters/wire/message_json.hpp"

#include <botcore/domain/bot.hpp>
#include <botcore/domain/conversation.hpp>
#include <botcore/domain/delivery.hpp>
#include <botcore/domain/webhook.hpp>
#include <botcore/ports/webhook_sender.hpp>

#include <string>

namespace botapi::http {

/// For texts, messages and keys, which other adapters write too.
using wire::append_json;

/// Append these as clients see them: as objects with the members of the API, in its order.
void append_json(std::string& out, const botcore::bot& bot);
void append_json(std::string& out, const botcore::conversation& conversation);
void append_json(std::string& out, const botcore::webhook& webhook);  // Secrets as hints only.
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
