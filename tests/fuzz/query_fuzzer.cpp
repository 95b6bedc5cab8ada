// Input: a request target.
#include "adapters/http/api/parameters.hpp"
#include "adapters/http/protocol/target.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <botcore/domain/text.hpp>

#include <algorithm>
#include <string>

namespace botapi::fuzz {

namespace {

using http::request;

void try_parameters(const request& request)
{
    http::parameter_reader query{
        request,
        {"conversationId",
         "botId",
         "clientId",
         "from",
         "to",
         "since",
         "until",
         "direction",
         "order",
         "limit",
         "cursor"}};
    const auto conversation = query.id<botcore::conversation_id>("conversationId");
    const auto since = query.instant("since");
    const auto limit = query.limit("limit");
    const auto direction = query.direction("direction");
    query.order("order");
    require(
        !limit || (*limit >= 1 && *limit <= botcore::page_size_max),
        "a limit is within its range"
    );

    const auto fault = query.fault();
    require(fault.has_value() || !query.text("limit") || limit, "a bad limit is a fault");
    require(fault.has_value() || !query.text("since") || since, "a bad time is a fault");
    require(
        fault.has_value() || !query.text("direction") || direction,
        "a bad direction is a fault"
    );
    require(
        fault.has_value() || !query.text("conversationId") || conversation,
        "a bad id is a fault"
    );
    if (!fault) {
        for (const auto& one : request.parameters) {
            require(
                std::ranges::count(request.parameters, one.first, &http::parameter::first) == 1,
                "a parameter occurs once"
            );
        }
    }
    const auto links = http::page_links(request, "next", std::nullopt);
    require(links.find_first_of("\r\n") == std::string::npos, "a link is one line");
}

}  // namespace

void try_input(std::string_view input)
{
    request original;
    original.target = input;
    if (http::read_target(original))
        return;
    require(original.path.starts_with('/'), "a path begins with a slash");
    require(original.path.find_first_of("?# \r\n") == std::string::npos, "a path is only a path");

    request again;
    again.target = http::make_target(original.path, original.parameters);
    require(!http::read_target(again), "a target that was written can be read");
    require(again.path == original.path, "the path is read again");
    require(again.parameters == original.parameters, "the parameters are read again");

    for (const auto& part : {std::string_view{original.path}.substr(1), input})
        if (const auto segment = http::decode_segment(part))
            require(segment->size() <= part.size(), "decoding makes nothing longer");
    try_parameters(original);
}

}  // namespace botapi::fuzz
