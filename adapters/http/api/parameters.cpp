#include "adapters/http/api/parameters.hpp"

#include "adapters/http/protocol/target.hpp"

#include <algorithm>
#include <charconv>

namespace botapi::http {

parameter_reader::parameter_reader(
    const request& request,
    std::initializer_list<std::string_view> known
)
    : request_{request}
{
    for (auto one = request.parameters.begin(); one != request.parameters.end(); ++one) {
        const auto& name = one->first;
        const auto is_same = [&](const parameter& other) { return other.first == name; };
        if (std::ranges::find(known, name) == known.end()) {
            std::string detail = "is not known here. Known are:";
            for (const auto& each : known)
                detail.append(" ").append(each);
            add_fault(
                name,
                known.size() == 0 ? "is not known: this route takes none." : detail + '.'
            );
        } else if (std::any_of(request.parameters.begin(), one, is_same)) {
            add_fault(name, "occurs more than once.");
        }
    }
}

std::optional<std::string_view> parameter_reader::text(std::string_view name) const
{
    const auto found = std::ranges::find(request_.parameters, name, &parameter::first);
    if (found == request_.parameters.end())
        return std::nullopt;
    return found->second;
}

std::optional<botcore::uuid> parameter_reader::uuid(std::string_view name)
{
    const auto value = text(name);
    if (!value)
        return std::nullopt;
    const auto parsed = botcore::uuid::parse(*value);
    if (!parsed)
        add_fault(name, "must be a UUID, as in 7665ada8-3448-4acd-a1b7-d688e68fe9a1.");
    return parsed;
}

std::optional<botcore::instant> parameter_reader::instant(std::string_view name)
{
    const auto value = text(name);
    if (!value)
        return std::nullopt;
    const auto parsed = botcore::timestamp::parse(*value);
    if (!parsed) {
        add_fault(name, parsed.error().detail);
        return std::nullopt;
    }
    return parsed->at();
}

std::optional<botcore::direction> parameter_reader::direction(std::string_view name)
{
    const auto value = text(name);
    if (value == "inbound")
        return botcore::direction::inbound;
    if (value == "outbound")
        return botcore::direction::outbound;
    if (value)
        add_fault(name, "must be inbound (from the client) or outbound (from the bot).");
    return std::nullopt;
}

botcore::sort_order parameter_reader::order(std::string_view name)
{
    const auto value = text(name);
    if (value == "desc")
        return botcore::sort_order::descending;
    if (value && value != "asc")
        add_fault(name, "must be asc or desc.");
    return botcore::sort_order::ascending;
}

std::optional<std::size_t> parameter_reader::limit(std::string_view name)
{
    const auto value = text(name);
    if (!value)
        return std::nullopt;
    std::size_t number = 0;
    const char* const end = value->data() + value->size();
    const auto [stop, problem] = std::from_chars(value->data(), end, number);
    if (problem != std::errc{} || stop != end || number < 1 || number > botcore::page_size_max) {
        add_fault(
            name,
            "must be a whole number from 1 to " + std::to_string(botcore::page_size_max) + "."
        );
        return std::nullopt;
    }
    return number;
}

wire::message_extras parameter_reader::extras(std::string_view name)
{
    wire::message_extras made;
    auto rest = text(name);
    while (rest) {
        const auto comma = rest->find(',');
        const auto one = rest->substr(0, comma);
        if (one == "seq") {
            made.has_seq = true;
        } else {
            add_fault(
                name,
                "has the unknown name \"" + std::string{one.substr(0, 64)} +
                    "\". Known are: seq. Several are separated by commas."
            );
            break;
        }
        rest = comma == std::string_view::npos ? std::nullopt
                                               : std::optional{rest->substr(comma + 1)};
    }
    return made;
}

void parameter_reader::add_fault(std::string_view name, std::string detail)
{
    faults_.push_back({"parameter", std::string{name}, std::move(detail)});
}

std::optional<problem> parameter_reader::fault() const
{
    if (faults_.empty())
        return std::nullopt;
    problem made{problem_kind::invalid_parameter, "The query has faulty parameters:", faults_};
    for (const auto& part : faults_)
        made.detail.append(made.detail.ends_with(':') ? " " : ", ").append(part.name);
    made.detail += '.';
    return made;
}

std::optional<problem> refuse_parameters(const request& request)
{
    return parameter_reader{request, {}}.fault();
}

problem bad_path_id(const request& request)
{
    return {
        problem_kind::invalid_parameter,
        "The id in the path is not a UUID.",
        {{"parameter",
          "id",
          "must be a UUID, as in 36b9f842-ee97-11e8-9443-0242ac120002, not \"" +
              request.path_id.substr(0, 64) + "\"."}}};
}

std::string page_links(
    const request& request,
    const std::optional<std::string>& next,
    const std::optional<std::string>& previous
)
{
    std::vector<parameter> kept = request.parameters;
    std::erase_if(kept, [](const parameter& one) { return one.first == "cursor"; });

    std::string links;
    const auto add = [&](const std::string& cursor, std::string_view relation) {
        auto parameters = kept;
        if (!cursor.empty())
            parameters.emplace_back("cursor", cursor);
        links.append(links.empty() ? "<" : ", <").append(make_target(request.path, parameters));
        links.append(">; rel=\"").append(relation).append("\"");
    };
    if (next)
        add(*next, "next");
    if (previous)
        add(*previous, "prev");
    if (next || previous)
        add({}, "first");
    return links;
}

}  // namespace botapi::http
