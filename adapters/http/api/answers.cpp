#include "adapters/http/api/answers.hpp"

#include "adapters/http/codec/problem_json.hpp"
#include "adapters/http/dispatch/answer_coding.hpp"

#include <algorithm>

namespace botapi::http {

namespace {

/// Whether the body has a coding that the server does not undo.
bool is_unreadable(const request& request)
{
    const auto coding = coding_of_body(request.headers);
    return !coding ||
           (*coding != content_coding::identity && request.compression == compression::off);
}

/// The codings that a body may have (RFC 9110 section 12.5.3).
std::string_view readable_codings(const request& request)
{
    return request.compression == compression::off ? "identity" : "gzip, zstd";
}

}  // namespace

response json_answer(unsigned status, std::string body)
{
    return {
        .status = status,
        .headers = {{"Content-Type", std::string{json_type}}},
        .body = std::move(body),
    };
}

response unkept(response made)
{
    made.headers.emplace_back("Cache-Control", "no-store");
    return made;
}

response refused(const request& request, const problem& problem)
{
    response made = answer(problem, request);
    // RFC 9110 section 12.5.3: what the client may send instead.
    if (problem.kind == problem_kind::unsupported_media_type && is_unreadable(request))
        made.headers.emplace_back("Accept-Encoding", readable_codings(request));
    return made;
}

response refused(const request& request, const botcore::error& why)
{
    auto fault = problem_from(why);
    if (fault.kind == problem_kind::precondition_failed && has_weak_match(request)) {
        const std::string_view detail =
            "has a weak tag, and weak tags never match there. Send the tag without W/, as the "
            "server made it: a proxy that compresses answers may have made it weak.";
        fault.detail = "If-Match " + std::string{detail};
        fault.parts.push_back({"header", "If-Match", std::string{detail}});
    }
    response made = answer(fault, request);
    if (why.code == botcore::errc::internal)
        made.cause = why.detail;
    return made;
}

problem about_parameters(const botcore::error& why)
{
    problem made = problem_from(why);
    for (auto& part : made.parts) {
        part.where = "parameter";
        part.name.erase(0, 1);
    }
    return made;
}

problem not_acceptable(std::string_view offered)
{
    return {
        problem_kind::not_acceptable,
        "This route answers with " + std::string{offered} + ", which the Accept header excludes."};
}

std::optional<problem> check_get(const request& request, std::optional<problem> fault)
{
    if (fault)
        return fault;
    if (!negotiate(request, {json_type}))
        return not_acceptable(json_type);
    return std::nullopt;
}

std::optional<problem> check_json_exchange(
    const request& request,
    std::initializer_list<std::string_view> types
)
{
    if (auto fault = refuse_parameters(request))
        return fault;
    if (is_unreadable(request)) {
        return problem{
            problem_kind::unsupported_media_type,
            request.compression == compression::off
                ? "Send the body without Content-Encoding: this server supports none."
                : "Send the body with Content-Encoding gzip or zstd, one of them and once, or "
                  "without it."};
    }
    if (!content_type(request, types)) {
        std::string detail = "Send the body with the Content-Type";
        for (const auto type : types)
            detail.append(type == *types.begin() ? " " : " or ").append(type);
        return problem{problem_kind::unsupported_media_type, detail + ", in UTF-8."};
    }
    if (!negotiate(request, {json_type}))
        return not_acceptable(json_type);
    return std::nullopt;
}

response unless_known(const request& request, response made)
{
    const auto tag =
        std::ranges::find(made.headers, "ETag", &std::pair<std::string, std::string>::first);
    const auto served = made.coding == content_coding::identity ? coding_for(request, made)
                                                                : made.coding;
    const auto known = tag == made.headers.end()
                           ? std::nullopt
                           : coding_known_to_client(request, tag->second, served);
    made.headers.emplace_back("Cache-Control", "no-cache");
    vary_by_coding(request, made);
    if (!known)
        return made;
    made.coding = *known;
    return not_modified(std::move(made));
}

}  // namespace botapi::http
