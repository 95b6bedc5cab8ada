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

/// In place of Boost's default, under which a plus means a space.
const urls::encoding_opts plus_is_plus{false};

problem malformed()
{
    return {
        problem_kind::malformed_request,
        "The request target is not a path with an optional query, as in "
        "/messages?conversationId=7665ada8-3448-4acd-a1b7-d688e68fe9a1."};
}

/// RFC 9110 section 4.2. Boost's parser takes some paths that do not begin with a slash.
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

std::optional<problem> read_target(request& asked)
{
    const bool origin_form = asked.target.starts_with('/');
    const auto parsed = origin_form ? urls::parse_origin_form(asked.target)
                                    : urls::parse_absolute_uri(asked.target);
    if (!parsed || (!origin_form && !is_http_url(*parsed)))
        return malformed();

    asked.path = std::string{parsed->encoded_path()};
    if (asked.path.empty())
        asked.path = "/";
    for (const auto& param : parsed->params(plus_is_plus)) {
        // Nothing between two ampersands is no parameter, as in HTML forms.
        if (!param.key.empty() || param.has_value)
            asked.parameters.emplace_back(param.key, param.value);
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
    // Boost's own writer of parameters leaves brackets in, which no query may have.
    static constexpr auto kept = urls::pchars - urls::grammar::lut_chars{"&="};
    std::string made{path};
    char before = '?';
    for (const auto& [name, value] : parameters) {
        made += before;
        made += urls::encode(name, kept);
        made += '=';
        made += urls::encode(value, kept);
        before = '&';
    }
    return made;
}

}  // namespace botapi::http
