#include "adapters/http/connection/request_head.hpp"

#include "adapters/http/protocol/target.hpp"

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/field.hpp>

#include <string>
#include <utility>

namespace botapi::http {

namespace beast_http = boost::beast::http;

namespace {

problem too_long(const limits& limits)
{
    return {
        problem_kind::target_too_long,
        "The request target is longer than " + std::to_string(limits.target_size_max) + " bytes."};
}

problem unknown_version()
{
    return {problem_kind::http_version_not_supported, "Send the request as HTTP/1.1."};
}

problem malformed(std::string detail)
{
    return {problem_kind::malformed_request, std::move(detail)};
}

problem bad_header(std::string name, std::string detail)
{
    std::string whole = name + ' ' + detail;
    return {
        problem_kind::invalid_header,
        std::move(whole),
        {{"header", std::move(name), std::move(detail)}}};
}

template <class Head>
void read_start_line(const Head& head, request& asked)
{
    asked.method = head.method();
    asked.target = std::string{head.target()};
    asked.path = asked.target.substr(0, asked.target.find('?'));
}

/// What RFC 9112 sections 3.2 and 6.1 demand of the fields that frame a request.
std::optional<problem> check_framing(const beast_http::fields& fields, unsigned version)
{
    const auto hosts = fields.count(beast_http::field::host);
    if (hosts > 1 || (hosts == 0 && version > 10))
        return bad_header("Host", "has to stand exactly once.");

    if (fields.count(beast_http::field::transfer_encoding) != 0) {
        const auto coding = fields[beast_http::field::transfer_encoding];
        if (version < 11)
            return bad_header("Transfer-Encoding", "does not exist in HTTP/1.0.");
        if (fields.count(beast_http::field::transfer_encoding) > 1 ||
            !boost::beast::iequals(coding, "chunked")) {
            return problem{
                problem_kind::not_implemented,
                "The only transfer coding understood is chunked."};
        }
    }
    return std::nullopt;
}

}  // namespace

std::optional<problem> read_head(request_parser& parser, request& asked, const limits& limits)
{
    const unsigned version = parser.get().version();
    read_start_line(parser.get(), asked);
    asked.headers = std::move(parser.get().base());

    if (version / 10 != 1)
        return unknown_version();
    if (asked.target.size() > limits.target_size_max)
        return too_long(limits);
    if (auto wrong = check_framing(asked.headers, version))
        return wrong;
    if (version > 10 && asked.headers.count(beast_http::field::expect) != 0 &&
        !expects_continue(asked, version)) {
        return problem{
            problem_kind::expectation_failed,
            "The only expectation understood is 100-continue."};
    }
    const bool of_the_server = asked.method == beast_http::verb::options &&
                               asked.target == "*";  // RFC 9110 9.3.7
    return of_the_server ? std::nullopt : read_target(asked);
}

problem read_broken_head(
    const boost::system::error_code& why,
    const request_parser& parser,
    request& asked,
    const limits& limits
)
{
    read_start_line(parser.get(), asked);
    if (why == beast_http::error::bad_version)
        return unknown_version();
    if (why != beast_http::error::header_limit && why != beast_http::error::buffer_overflow)
        return malformed("The request is no well-formed HTTP: " + why.message() + '.');

    // The parser reads line by line: without a target, the first one was too long already.
    if (asked.target.empty() || asked.target.size() > limits.target_size_max)
        return too_long(limits);
    return {
        problem_kind::headers_too_large,
        "The header is larger than " + std::to_string(limits.header_size_max) + " bytes."};
}

bool expects_continue(const request& asked, unsigned version)
{
    return version > 10 &&
           boost::beast::iequals(asked.headers[beast_http::field::expect], "100-continue");
}

}  // namespace botapi::http
