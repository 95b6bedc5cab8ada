#pragma once

#include <botcore/error.hpp>

#include <boost/json/value.hpp>

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace botapi::http {

/// Reads the members of a JSON object, and collects their faults.
class object_reader {
public:
    /// A value that is not an object is a fault, and so is each member that is not `known`.
    object_reader(const boost::json::value& value, std::vector<std::string_view> known);

    /// The member's text; nothing if the member is missing, or not a text.
    std::optional<std::string_view> text(std::string_view name);

    /// The member's number; nothing if the member is missing, or not a whole number of 64 bits.
    std::optional<std::int64_t> number(std::string_view name);

    /// The texts of a member that is an array of texts; none if the member is missing. An element
    /// that is not a text is a fault.
    std::vector<std::string_view> texts(std::string_view name);

    /// The names and texts in a member that is an object of texts; nothing if the member is missing
    /// or not an object. A value that is not a text is a fault.
    std::optional<std::vector<std::pair<std::string_view, std::string_view>>> text_members(
        std::string_view name
    );

    /// The member's value; nothing if the member is missing, or neither true nor false.
    std::optional<bool> flag(std::string_view name);

    /// Whether the member is an object. A member that is something else is a fault.
    bool has_object(std::string_view name);

    /// Merges the core's error, which may be null, with the faults of this reader; nothing if there
    /// is no error. If both have a fault of the same member, the reader's fault wins.
    [[nodiscard]] std::optional<botcore::error> merge(const botcore::error* why) const;

private:
    const boost::json::value* find(std::string_view name);
    void append_unknown(std::vector<botcore::fault>& faults) const;

    const boost::json::object* object_ = nullptr;
    std::vector<std::string_view> known_;
    std::vector<botcore::fault> faults_;
};

}  // namespace botapi::http
