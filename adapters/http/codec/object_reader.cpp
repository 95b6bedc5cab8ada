#include "adapters/http/codec/object_reader.hpp"

#include "adapters/http/codec/strict_json.hpp"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

namespace botapi::http {

using botcore::errc;
using botcore::refuse;

namespace {

/// The most faulty members of an object that an answer names. Without a limit, the answer to a body
/// of faulty members would be many times as large as the body.
constexpr std::size_t named_max = 100;

/// RFC 6901 section 3.
std::string pointer_to(std::string_view name)
{
    std::string pointer = "/";
    for (const char c : name) {
        if (c == '~') {
            pointer += "~0";
        } else if (c == '/') {
            pointer += "~1";
        } else {
            pointer += c;
        }
    }
    return pointer;
}

}  // namespace

object_reader::object_reader(const boost::json::value& value, std::vector<std::string_view> known)
    : object_{value.if_object()}, known_{std::move(known)}
{
    if (object_ == nullptr)
        faults_.push_back({"", "must be a JSON object."});
}

const boost::json::value* object_reader::find(std::string_view name)
{
    return object_ == nullptr ? nullptr : object_->if_contains({name.data(), name.size()});
}

std::optional<std::string_view> object_reader::text(std::string_view name)
{
    const auto* const member = find(name);
    if (member == nullptr)
        return std::nullopt;
    if (const auto* const text = member->if_string())
        return std::string_view{text->data(), text->size()};
    faults_.push_back(
        {pointer_to(name), member->is_null() ? "must not be null." : "must be a string."}
    );
    return std::nullopt;
}

std::optional<std::int64_t> object_reader::number(std::string_view name)
{
    const auto* const member = find(name);
    if (member == nullptr)
        return std::nullopt;
    if (const auto number = whole_number(*member))
        return number;
    faults_.push_back(
        {pointer_to(name), member->is_null() ? "must not be null." : "must be a whole number."}
    );
    return std::nullopt;
}

std::vector<std::string_view> object_reader::texts(std::string_view name)
{
    const auto* const member = find(name);
    if (member == nullptr)
        return {};
    const auto* const array = member->if_array();
    if (array == nullptr) {
        faults_.push_back({pointer_to(name), "must be an array of strings."});
        return {};
    }
    std::vector<std::string_view> texts;
    for (const auto& element : *array) {
        if (const auto* const text = element.if_string()) {
            texts.emplace_back(text->data(), text->size());
        } else {
            const auto at = std::to_string(&element - array->data());
            faults_.push_back({pointer_to(name) + '/' + at, "must be a string."});
        }
    }
    return texts;
}

std::optional<std::vector<std::pair<std::string_view, std::string_view>>> object_reader::
    text_members(std::string_view name)
{
    if (!has_object(name))
        return std::nullopt;
    std::vector<std::pair<std::string_view, std::string_view>> members;
    std::size_t fault_count = 0;
    for (const auto& member : find(name)->get_object()) {
        const std::string_view key{member.key().data(), member.key().size()};
        const auto* const text = member.value().if_string();
        if (text != nullptr) {
            members.emplace_back(key, std::string_view{text->data(), text->size()});
        } else if (++fault_count <= named_max)
            faults_.push_back({pointer_to(name) + pointer_to(key), "must be a string."});
    }
    return members;
}

std::optional<bool> object_reader::flag(std::string_view name)
{
    const auto* const member = find(name);
    if (member == nullptr)
        return std::nullopt;
    if (const auto* const truth = member->if_bool())
        return *truth;
    faults_.push_back({pointer_to(name), "must be true or false."});
    return std::nullopt;
}

bool object_reader::has_object(std::string_view name)
{
    const auto* const member = find(name);
    if (member == nullptr)
        return false;
    if (!member->is_object()) {
        faults_.push_back(
            {pointer_to(name), member->is_null() ? "must not be null." : "must be an object."}
        );
    }
    return member->is_object();
}

void object_reader::append_unknown(std::vector<botcore::fault>& faults) const
{
    if (object_ == nullptr)
        return;
    std::size_t count = 0;
    for (const auto& member : *object_) {
        const std::string_view name{member.key().data(), member.key().size()};
        if (std::ranges::find(known_, name) != known_.end())
            continue;
        if (++count > named_max) {
            faults.push_back({"", "has even more unknown fields. Remove them."});
            return;
        }
        faults.push_back({pointer_to(name), "is not a field of this object. Remove it."});
    }
}

std::optional<botcore::error> object_reader::merge(const botcore::error* why) const
{
    std::vector<botcore::fault> core;
    if (why != nullptr && object_ != nullptr && why->code == errc::invalid_argument)
        core = why->faults;
    // Appends the faults of a member and of its elements.
    const auto append = [](const auto& faults, const std::string& pointer, auto& to) {
        const auto before = to.size();
        std::ranges::copy_if(faults, std::back_inserter(to), [&](const botcore::fault& one) {
            return one.pointer == pointer || one.pointer.starts_with(pointer + '/');
        });
        return to.size() > before;
    };

    std::vector<botcore::fault> merged;
    if (object_ == nullptr)
        merged = faults_;
    for (const auto name : known_) {
        const auto pointer = pointer_to(name);
        if (!append(faults_, pointer, merged))
            append(core, pointer, merged);
    }
    append_unknown(merged);
    if (!merged.empty()) {
        return refuse(
            errc::invalid_argument,
            "The body has faulty fields: see errors.",
            std::move(merged)
        );
    }
    return why == nullptr ? std::nullopt : std::optional{*why};
}

}  // namespace botapi::http
