#include "adapters/http/protocol/entity_tag.hpp"

#include <botcore/domain/hexadecimal.hpp>
#include <botcore/domain/idempotency.hpp>

#include <boost/beast/http/field.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace botapi::http {

namespace {

using boost::beast::http::field;

/// The members of a list of entity tags with their weak marks, or a single `*`.
std::vector<std::string_view> read_tags(const request& request, field name)
{
    std::vector<std::string_view> tags;
    const auto [first, last] = request.headers.equal_range(name);
    for (auto header = first; header != last; ++header) {
        std::string_view rest{header->value().data(), header->value().size()};
        while (!rest.empty()) {
            const auto start = rest.find_first_not_of(" \t,");
            if (start == std::string_view::npos)
                break;
            rest.remove_prefix(start);
            const auto quote = rest.find('"');
            const auto comma = rest.find(',');
            const auto end = quote < comma ? rest.find('"', quote + 1) : std::string_view::npos;
            const auto size = end == std::string_view::npos ? std::min(comma, rest.size())
                                                            : end + 1;
            std::string_view tag = rest.substr(0, size);
            rest.remove_prefix(size);
            tag.remove_suffix(tag.size() - tag.find_last_not_of(" \t") - 1);
            tags.push_back(tag);
        }
    }
    return tags;
}

std::optional<std::uint64_t> version_in(std::string_view coded)
{
    const std::string tag = tag_without_coding(coded);
    if (tag.size() < 3 || tag.front() != '"' || tag.back() != '"')
        return std::nullopt;
    std::uint64_t version = 0;
    const char* const end = tag.data() + tag.size() - 1;
    const auto [stop, problem] = std::from_chars(tag.data() + 1, end, version);
    // The comparison excludes tags that this server never writes, such as "01".
    if (problem != std::errc{} || stop != end || tag != tag_of_version(version))
        return std::nullopt;
    return version;
}

std::string_view without_weakness(std::string_view tag) noexcept
{
    return tag.starts_with("W/") ? tag.substr(2) : tag;
}

}  // namespace

std::string tag_of_version(std::uint64_t version)
{
    return '"' + std::to_string(version) + '"';
}

std::string tag_of_version(std::uint64_t version, std::uint64_t content)
{
    std::array<std::uint8_t, sizeof content> bytes{};
    for (auto& byte : bytes) {
        byte = static_cast<std::uint8_t>(content & 0xffU);
        content >>= 8U;
    }
    std::string tag = '"' + std::to_string(version) + '-';
    botcore::append_hexadecimal(tag, bytes);
    return tag + '"';
}

std::string tag_of_content(std::string_view content)
{
    const auto hash = botcore::content_hash{}.add(content).finish();
    std::string tag = "\"";
    botcore::append_hexadecimal(tag, std::span{hash}.first<8>());
    return tag + '"';
}

std::optional<content_coding> coding_known_to_client(
    const request& request,
    std::string_view tag,
    content_coding served
)
{
    const auto known = read_tags(request, field::if_none_match);
    if (known.empty())
        return std::nullopt;
    if (std::ranges::count(known, "*") > 0)
        return served;
    for (const auto coding :
         {request.codings.preferred,
          content_coding::identity,
          content_coding::gzip,
          content_coding::zstd}) {
        const auto coded = tag_in(coding, tag);
        const bool is_known = std::ranges::any_of(known, [&](std::string_view one) {
            return without_weakness(one) == coded;
        });
        if (is_known && request.codings.has(coding))
            return coding;
    }
    return std::nullopt;
}

bool must_be_absent(const request& request)
{
    return std::ranges::count(read_tags(request, field::if_none_match), "*") > 0;
}

bool has_weak_match(const request& request)
{
    return std::ranges::any_of(read_tags(request, field::if_match), [](std::string_view tag) {
        return tag.starts_with("W/");
    });
}

botcore::precondition precondition_of(const request& request)
{
    botcore::precondition condition;
    const auto allowed = read_tags(request, field::if_match);
    if (request.headers.count(field::if_match) > 0 && std::ranges::count(allowed, "*") == 0) {
        condition.any_of.emplace();
        for (const auto tag : allowed) {
            if (const auto version = version_in(tag))
                condition.any_of->push_back(*version);
        }
    }
    for (const auto tag : read_tags(request, field::if_none_match)) {
        if (const auto version = version_in(without_weakness(tag)))
            condition.none_of.push_back(*version);
    }
    if (must_be_absent(request))
        condition.any_of.emplace();
    return condition;
}

response not_modified(response answer)
{
    answer.status = 304;
    answer.body.clear();
    answer.shared_body.reset();
    answer.chunks.reset();
    return answer;
}

}  // namespace botapi::http
