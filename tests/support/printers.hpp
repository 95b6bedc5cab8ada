#pragma once

#include <botcore/domain/stream_position.hpp>
#include <botcore/error.hpp>

#include <catch2/catch.hpp>

#include <string>

/// Lets a failed check print the refusal instead of `{?}`.
template <>
struct Catch::StringMaker<botcore::error> {
    static std::string convert(const botcore::error& error)
    {
        std::string text = "error{" + std::to_string(static_cast<int>(error.code)) + ", \"" +
                           error.detail + "\"";
        for (const auto& [pointer, detail] : error.faults)
            text.append(", ").append(pointer).append(": \"").append(detail).append("\"");
        return text + "}";
    }
};

/// Lets a failed check print a position in a stream.
template <>
struct Catch::StringMaker<botcore::stream_position> {
    static std::string convert(const botcore::stream_position& position)
    {
        const auto fingerprint = position.fingerprint();
        return "position{" + std::to_string(position.order()) + ", " +
               (fingerprint ? std::to_string(*fingerprint) : "unchecked") + "}";
    }
};
