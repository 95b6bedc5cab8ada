#include "adapters/soci/array_text.hpp"

namespace botapi::sql {

array_text& array_text::add(const botcore::uuid& item)
{
    separate();
    items_ += item.text();
    return *this;
}

array_text& array_text::add(std::int64_t item)
{
    separate();
    items_ += std::to_string(item);
    return *this;
}

array_text& array_text::add(std::string_view item)
{
    // Always in quotes, so that a text that says NULL is a text.
    separate();
    items_ += '"';
    for (const char letter : item) {
        if (letter == '"' || letter == '\\')
            items_ += '\\';
        items_ += letter;
    }
    items_ += '"';
    return *this;
}

array_text& array_text::add_null()
{
    separate();
    items_ += "NULL";
    return *this;
}

void array_text::separate()
{
    if (items_.size() > 1)
        items_ += ',';
}

}  // namespace botapi::sql
