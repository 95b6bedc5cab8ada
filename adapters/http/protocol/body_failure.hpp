#pragma once

#include "adapters/http/protocol/problem.hpp"

#include <exception>
#include <utility>

namespace botapi::http {

/// A body is malformed, or arrives too slowly. Later requests on the connection can't be read.
class body_failure final : public std::exception {
public:
    explicit body_failure(http::problem problem) : problem_{std::move(problem)} {}

    [[nodiscard]] const http::problem& problem() const noexcept { return problem_; }
    [[nodiscard]] const char* what() const noexcept override { return "a request body failed"; }

private:
    http::problem problem_;
};

}  // namespace botapi::http
