#include "adapters/http/protocol/content_coding.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace botapi::http;

namespace {

using boost::beast::http::field;

accepted_codings accepted_by(const std::string& accept)
{
    boost::beast::http::fields headers;
    headers.set(field::accept_encoding, accept);
    return read_accepted_codings(headers);
}

std::string preferred_by(const std::string& accept)
{
    return std::string{name_of(accepted_by(accept).preferred)};
}

std::optional<content_coding> coding_in(const std::string& value)
{
    boost::beast::http::fields headers;
    headers.set(field::content_encoding, value);
    return coding_of_body(headers);
}

}  // namespace

TEST_CASE("content_coding: a client gets what it gives the largest weight", "[content_coding]")
{
    const auto [accept, coding] = GENERATE(table<std::string, std::string>({
        {"", "identity"},
        {"gzip", "gzip"},
        {"X-GZip", "gzip"},
        {"zstd", "zstd"},
        {"gzip,zstd", "zstd"},
        {"gzip;q=0.8, zstd;q=0.7", "gzip"},
        {"gzip;q=0.8, identity;q=0.9", "identity"},
        {"gzip;q=0.8, identity;q=0.8", "gzip"},
        {"gzip;q=0", "identity"},
        {"gzip;q=0.000", "identity"},
        {"gzip;q=-1", "identity"},
        {"gzip;q=1.1", "identity"},
        {"*", "gzip"},
        {"*;q=0.5, zstd;q=0.4", "gzip"},
        {"*, gzip;q=0", "identity"},
        {"br, deflate", "identity"},
        {"gzipped, gzi", "identity"},
    }));
    CAPTURE(accept);

    CHECK(preferred_by(accept) == coding);
}

TEST_CASE("content_coding: identity is accepted unless it is excluded", "[content_coding]")
{
    CHECK(read_accepted_codings({}).has_identity);
    for (const auto* const accept : {"", "gzip", "*", "identity;q=0.1", "*;q=0, identity", "br"})
        CHECK(accepted_by(accept).has_identity);
    for (const auto* const accept : {"identity;q=0", "*;q=0", "gzip, identity;q=0", "gzip, *;q=0"})
        CHECK_FALSE(accepted_by(accept).has_identity);
    for (const auto* const accept : {"identity;q=0", "*;q=0", "br, identity;q=0"})
        CHECK(accepted_by(accept).is_empty());
    for (const auto* const accept : {"gzip, *;q=0", "zstd, identity;q=0", "*, identity;q=0", ""})
        CHECK_FALSE(accepted_by(accept).is_empty());
}

TEST_CASE("content_coding: a body has one coding, which is known or not", "[content_coding]")
{
    CHECK(coding_of_body({}) == content_coding::identity);
    CHECK(coding_in("Identity") == content_coding::identity);
    CHECK(coding_in("gzip") == content_coding::gzip);
    CHECK(coding_in(" X-GZIP ") == content_coding::gzip);
    CHECK(coding_in("zstd") == content_coding::zstd);
    for (const auto* const value : {"", "br", "gzip, gzip", "gzip, identity", "gzip;q=1", "*"})
        CHECK_FALSE(coding_in(value));
    boost::beast::http::fields twice;
    twice.insert(field::content_encoding, "gzip");
    twice.insert(field::content_encoding, "gzip");
    CHECK_FALSE(coding_of_body(twice));
}

TEST_CASE("content_coding: each coding of a content has a tag of its own", "[content_coding]")
{
    CHECK(tag_in(content_coding::identity, "\"1\"") == "\"1\"");
    CHECK(tag_in(content_coding::gzip, "\"1\"") == "\"1-gzip\"");
    CHECK(tag_in(content_coding::zstd, "\"1\"") == "\"1-zstd\"");
    for (const auto* const tag : {"\"1\"", "\"1-gzip\"", "\"1-zstd\""})
        CHECK(tag_without_coding(tag) == "\"1\"");
    for (const auto* const tag : {"\"1-br\"", "1-gzip", "\"gzip\"", "*", ""})
        CHECK(tag_without_coding(tag) == tag);
}
