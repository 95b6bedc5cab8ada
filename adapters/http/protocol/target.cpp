#include "adapters/http/protocol/target.hpp"

#include <boost/url/authority_view.hpp>
#include <boost/url/encode.hpp>
#include <boost/url/grammar/lut_chars.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/pct_string_view.hpp>
#include <boost/url/rfc/pchars.hpp>
#include <boost/url/url_view.hpp>

#include <charconv>
#include <system_error>

namespace botapi::http {

namespace urls = boost::urls;

namespace {

/// Replaces Boost's default, which reads a plus as a space.
const urls::encoding_opts plus_is_plus{false};

problem malformed()
{
    return {
        problem_kind::malformed_request,
        "The request target is not a path with an optional query, as in "
        "/messages?conversationId=7665ada8-3448-4acd-a1b7-d688e68fe9a1."};
}

/// RFC 9110 section 4.2. Boost's parser accepts some paths that do not begin with a slash.
bool is_http_url(const urls::url_view& parsed)
{
    const auto path = parsed.encoded_path();
    if (!path.empty() && !path.starts_with('/'))
        return false;
    const bool is_http = parsed.scheme_id() == urls::scheme::http ||
                         parsed.scheme_id() == urls::scheme::https;
    const auto authority = parsed.encoded_authority();
    return is_http && parsed.has_authority() && is_host({authority.data(), authority.size()});
}

}  // namespace

std::optional<problem> read_target(request& request)
{
    const bool origin_form = request.target.starts_with('/');
    const auto parsed = origin_form ? urls::parse_origin_form(request.target)
                                    : urls::parse_absolute_uri(request.target);
    if (!parsed || (!origin_form && !is_http_url(*parsed)))
        return malformed();

    // RFC 9112 section 3.2.2: a host in the target replaces the field `Host`.
    if (!origin_form)
        request.host = std::string{parsed->encoded_authority()};
    request.path = std::string{parsed->encoded_path()};
    if (request.path.empty())
        request.path = "/";
    for (const auto& param : parsed->params(plus_is_plus)) {
        // The empty text between two ampersands is not a parameter, as in HTML forms.
        if (!param.key.empty() || param.has_value)
            request.parameters.emplace_back(param.key, param.value);
    }
    return std::nullopt;
}

bool is_host(std::string_view text)
{
    const auto parsed = urls::parse_authority({text.data(), text.size()});
    if (!parsed || parsed->has_userinfo() || parsed->encoded_host().empty())
        return false;
    const std::string_view port{parsed->port().data(), parsed->port().size()};
    unsigned number = 0;
    const auto [end, why] = std::from_chars(port.data(), port.data() + port.size(), number);
    return port.empty() || (why == std::errc{} && number <= 65'535);
}

std::optional<std::string> decode_segment(std::string_view encoded)
{
    const auto parsed = urls::make_pct_string_view({encoded.data(), encoded.size()});
    if (!parsed)
        return std::nullopt;
    return parsed->decode();
}

std::string make_target(std::string_view path, const std::vector<parameter>& parameters)
{
    // Boost's own writer of parameters does not encode brackets, which no query may have.
    static constexpr auto unencoded = urls::pchars - urls::grammar::lut_chars{"&="};
    std::string target{path};
    char before = '?';
    for (const auto& [name, value] : parameters) {
        target += before;
        target += urls::encode(name, unencoded);
        target += '=';
        target += urls::encode(value, unencoded);
        before = '&';
    }
    return target;
}

}  // namespace botapi::http
