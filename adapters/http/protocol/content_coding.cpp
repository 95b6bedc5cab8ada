#include "adapters/http/protocol/content_coding.hpp"

#include "adapters/http/protocol/list_elements.hpp"

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/field.hpp>

#include <array>

namespace botapi::http {

namespace {

using boost::beast::iequals;
using boost::beast::http::field;

constexpr std::array own_codings{content_coding::gzip, content_coding::zstd};

/// RFC 9110 section 8.4.1.3: x-gzip is gzip.
bool is_gzip(std::string_view name) noexcept
{
    return iequals(name, "gzip") || iequals(name, "x-gzip");
}

/// The weights in an `Accept-Encoding`, where it states one.
struct coding_weights {
    std::optional<double> identity{};
    std::optional<double> gzip{};
    std::optional<double> zstd{};
    std::optional<double> others{};
};

coding_weights read_weights(const boost::beast::http::fields& headers)
{
    coding_weights weights;
    const auto [first, last] = headers.equal_range(field::accept_encoding);
    for (auto line = first; line != last; ++line) {
        std::string_view rest{line->value().data(), line->value().size()};
        while (!rest.empty()) {
            const auto [name, weight] = read_weighted(take_until(rest, ','));
            if (is_gzip(name)) {
                weights.gzip = weight;
            } else if (iequals(name, "zstd")) {
                weights.zstd = weight;
            } else if (iequals(name, "identity")) {
                weights.identity = weight;
            } else if (name == "*") {
                weights.others = weight;
            }
        }
    }
    return weights;
}

std::string suffix_of(content_coding coding)
{
    return '-' + std::string{name_of(coding)} + '"';
}

}  // namespace

std::string_view name_of(content_coding coding) noexcept
{
    switch (coding) {
        case content_coding::identity: return "identity";
        case content_coding::gzip: return "gzip";
        case content_coding::zstd: return "zstd";
    }
    return {};
}

bool accepted_codings::has(content_coding coding) const noexcept
{
    switch (coding) {
        case content_coding::identity: return has_identity;
        case content_coding::gzip: return has_gzip;
        case content_coding::zstd: return has_zstd;
    }
    return false;
}

accepted_codings read_accepted_codings(const boost::beast::http::fields& headers)
{
    accepted_codings accepted;
    if (headers.count(field::accept_encoding) == 0)
        return accepted;
    const auto weights = read_weights(headers);
    const double identity = weights.identity.value_or(weights.others == 0.0 ? 0.0 : 1.0);
    const double gzip = weights.gzip.value_or(weights.others.value_or(0.0));
    const double zstd = weights.zstd.value_or(0.0);
    accepted.has_identity = identity > 0;
    accepted.has_gzip = gzip > 0;
    accepted.has_zstd = zstd > 0;
    // Identity that is not named is what a client gets that prefers nothing.
    const double plain = weights.identity.value_or(0.0);
    if (zstd > 0 && zstd >= gzip && zstd >= plain) {
        accepted.preferred = content_coding::zstd;
    } else if (gzip > 0 && gzip >= plain) {
        accepted.preferred = content_coding::gzip;
    }
    return accepted;
}

std::optional<content_coding> coding_of_body(const boost::beast::http::fields& headers)
{
    const auto count = headers.count(field::content_encoding);
    if (count == 0)
        return content_coding::identity;
    const auto value = headers[field::content_encoding];
    const auto name = trim({value.data(), value.size()});
    if (count > 1)
        return std::nullopt;
    if (iequals(name, "identity"))
        return content_coding::identity;
    if (is_gzip(name))
        return content_coding::gzip;
    if (iequals(name, "zstd"))
        return content_coding::zstd;
    return std::nullopt;
}

std::string tag_in(content_coding coding, std::string_view tag)
{
    std::string other{tag};
    if (coding != content_coding::identity && other.ends_with('"'))
        other.replace(other.size() - 1, 1, suffix_of(coding));
    return other;
}

std::string tag_without_coding(std::string_view tag)
{
    for (const auto coding : own_codings) {
        if (const auto suffix = suffix_of(coding); tag.ends_with(suffix))
            return std::string{tag.substr(0, tag.size() - suffix.size())} + '"';
    }
    return std::string{tag};
}

}  // namespace botapi::http
