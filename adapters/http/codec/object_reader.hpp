#pragma once

#include <botcore/error.hpp>

#include <boost/json/value.hpp>

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace botapi::http {

/// Reads the text members of a JSON object, and collects what is wrong with them.
class object_reader {
public:
    /// Finds fault with a value that is no object, and with members that are not `known`.
    object_reader(const boost::json::value& value, std::vector<std::string_view> known);

    /// The member's text; nothing if it is not there, or no text.
    std::optional<std::string_view> text(std::string_view name);

    /// The member's number; nothing if it is not there, or no whole number of 64 bits.
    std::optional<std::int64_t> number(std::string_view name);

    /// The texts of a member that is an array of them; none if it is not there. What is no text is
    /// a fault.
    std::vector<std::string_view> texts(std::string_view name);

    /// The member's truth; nothing if it is not there, or neither true nor false.
    std::optional<bool> flag(std::string_view name);

    /// Whether the member is there and an object; a fault if it is there and is not.
    bool has_object(std::string_view name);

    /// Puts what the core found wrong together with what was found here; nothing if all is well.
    /// Where both found fault with a member, what was found here counts.
    [[nodiscard]] std::optional<botcore::error> merge(const botcore::error* why) const;

private:
    const boost::json::value* find(std::string_view name);
    void append_unknown(std::vector<botcore::fault>& faults) const;

    const boost::json::object* object_ = nullptr;
    std::vector<std::string_view> known_;
    std::vector<botcore::fault> faults_;
};

}  // namespace botapi::http
