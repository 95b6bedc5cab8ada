#include "adapters/http/api/pages_api.hpp"

#include "adapters/http/api/answers.hpp"
#include "adapters/http/api/parameters.hpp"
#include "adapters/http/codec/compressor.hpp"
#include "adapters/http/dispatch/answer_coding.hpp"
#include "adapters/http/protocol/entity_tag.hpp"
#include "page_files.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace botapi::http {

namespace {

using boost::asio::awaitable;
using boost::beast::http::verb;

/// A content in each coding, made when it is first asked for.
///
/// Thread safety: any number of threads at once.
class coded_content {
public:
    std::shared_ptr<const std::string> get(content_coding coding, std::string_view content)
    {
        auto& [once, coded] = coding == content_coding::gzip ? gzip_ : zstd_;
        std::call_once(once, [&, &made = coded] {
            made = std::make_shared<const std::string>(
                compressed(coding, compressor::effort::most, content)
            );
        });
        return coded;
    }

private:
    using entry = std::pair<std::once_flag, std::shared_ptr<const std::string>>;

    entry gzip_{};
    entry zstd_{};
};

/// A file as it is served. Lifetime: that of the program, whose part the file is.
struct page {
    std::string_view type;  ///< Its media type, without parameters.
    std::string_view content;
    std::string tag;

    /// Writes the content for clients that see the server under a prefix. Null if all its links are
    /// relative.
    std::string (*under)(std::string_view prefix, std::string_view content) = nullptr;

    /// The content in other codings. Copies of a page share it.
    std::shared_ptr<coded_content> coded = std::make_shared<coded_content>();
};

/// Pages by the value of `{id}` in their path.
using page_map = std::map<std::string, page, std::less<>>;

std::string_view type_of(std::string_view name)
{
    if (name.ends_with(".html"))
        return "text/html";
    if (name.ends_with(".css"))
        return "text/css";
    if (name.ends_with(".js"))
        return "text/javascript";
    return json_type;
}

page to_page(const embedded_file& file)
{
    return {type_of(file.name), file.content, tag_of_content(file.content)};
}

page get_page(std::string_view name, decltype(page::under) under = nullptr)
{
    for (const auto& file : embedded_files) {
        if (file.name != name)
            continue;
        page found = to_page(file);
        found.under = under;
        return found;
    }
    throw std::logic_error{"No page " + std::string{name} + " was compiled in."};
}

/// The files that `/docs` loads.
page_map docs_assets()
{
    constexpr std::string_view folder = "pages/";
    page_map found;
    for (const auto& file : embedded_files) {
        if (file.name.ends_with(".css") || file.name.ends_with(".js"))
            found.emplace(file.name.substr(folder.size()), to_page(file));
    }
    return found;
}

/// The page about each kind of problem.
page_map problem_pages()
{
    page_map found;
    for (const auto& description : problem_descriptions) {
        const std::string slug{description.slug};
        found.emplace(slug, get_page("pages/problems/" + slug + ".html"));
    }
    return found;
}

/// The OpenAPI document of a server under a prefix.
std::string openapi_under(std::string_view prefix, std::string_view content)
{
    constexpr std::string_view before = R"("servers": [{"url": ")";
    std::string document{content};
    document.replace(document.find(before) + before.size(), 1, prefix);
    return document;
}

/// The index for programs, which do not resolve its paths against its own.
std::string index_under(std::string_view prefix, std::string_view content)
{
    constexpr std::string_view before = R"(": ")";
    std::string index{content};
    for (auto at = index.find(before); at != std::string::npos; at = index.find(before, at))
        index.insert(at += before.size(), prefix);
    return index;
}

response answer_with(const request& request, const page& shown)
{
    const bool is_text = shown.type.starts_with("text/");
    const bool is_at_root = request.prefix.empty() || shown.under == nullptr;
    response made;
    made.headers = {
        {"Content-Type", std::string{shown.type} + (is_text ? "; charset=utf-8" : "")},
        {"ETag", is_at_root ? shown.tag : tag_of_content(shown.tag + request.prefix)},
    };
    if (shown.type == "text/html") {
        made.headers.emplace_back(
            "Content-Security-Policy",
            "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
            "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        );
    }
    const auto coding = request.codings.preferred;
    const bool is_small = shown.content.size() < coded_size_min && request.codings.has_identity;
    if (is_at_root && !is_small && coding != content_coding::identity) {
        made.shared_body = shown.coded->get(coding, shown.content);
        made.coding = coding;
        return unless_known(request, std::move(made));
    }
    made.body = is_at_root ? std::string{shown.content}
                           : shown.under(request.prefix, shown.content);
    return unless_known(request, std::move(made));
}

awaitable<response> show(const request& request, const page& shown)
{
    if (auto wrong = refuse_parameters(request))
        co_return refused(request, *wrong);
    if (!negotiate(request, {shown.type}))
        co_return refused(request, not_acceptable(shown.type));
    co_return answer_with(request, shown);
}

/// The index of the API: a page for people, JSON for programs. A client that accepts neither gets
/// the JSON.
awaitable<response> show_index(
    const request& request,
    const page& for_people,
    const page& for_programs
)
{
    if (auto wrong = refuse_parameters(request))
        co_return refused(request, *wrong);
    const bool is_person = negotiate(request, {for_programs.type, for_people.type}) ==
                           for_people.type;
    response made = answer_with(request, is_person ? for_people : for_programs);
    made.headers.emplace_back("Vary", "Accept");
    co_return made;
}

awaitable<response> show_one_of(const request& request, const page_map& pages)
{
    const auto found = pages.find(request.path_id);
    if (found == pages.end()) {
        const problem missing{
            problem_kind::not_found,
            "No page has this name. /docs links to all pages."};
        co_return refused(request, missing);
    }
    co_return co_await show(request, found->second);
}

handler show_always(page shown)
{
    return [shown = std::move(shown)](request& request) { return show(request, shown); };
}

handler show_index_always(page for_people, page for_programs)
{
    return [for_people = std::move(for_people),
            for_programs = std::move(for_programs)](request& request) {
        return show_index(request, for_people, for_programs);
    };
}

handler show_by_name(page_map pages)
{
    return [pages = std::move(pages)](request& request) { return show_one_of(request, pages); };
}

}  // namespace

std::vector<route> pages_routes()
{
    return {
        {"/",
         verb::get,
         {},
         show_index_always(
             get_page("pages/index.html"),
             get_page("pages/index.json", index_under)
         )},
        {"/openapi.json",
         verb::get,
         {},
         show_always(get_page("pages/openapi.json", openapi_under))},
        {"/asyncapi.json", verb::get, {}, show_always(get_page("pages/asyncapi.json"))},
        {"/docs", verb::get, {}, show_always(get_page("pages/docs.html"))},
        {"/docs/{id}", verb::get, {}, show_by_name(docs_assets())},
        {"/problems", verb::get, {}, show_always(get_page("pages/problems/index.html"))},
        {"/problems/{id}", verb::get, {}, show_by_name(problem_pages())},
    };
}

}  // namespace botapi::http
