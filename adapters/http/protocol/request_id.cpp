#include "adapters/http/protocol/request_id.hpp"

#include <boost/uuid/random_generator.hpp>
#include <boost/uuid/uuid_io.hpp>

#include <algorithm>

namespace botapi::http {

namespace {

bool is_safe(char c) noexcept
{
    constexpr std::string_view others = "-._~:/+=@";
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           others.find(c) != std::string_view::npos;
}

}  // namespace

std::string request_id(const request& request)
{
    constexpr std::size_t size_max = 128;
    const auto value = request.header("X-Request-Id");
    if (value && !value->empty() && value->size() <= size_max &&
        std::ranges::all_of(*value, is_safe))
        return std::string{*value};
    thread_local boost::uuids::random_generator_mt19937 random;
    return boost::uuids::to_string(random());
}

}  // namespace botapi::http
