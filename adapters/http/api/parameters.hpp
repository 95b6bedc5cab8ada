#pragma once

#include "adapters/http/protocol/message.hpp"
#include "adapters/http/protocol/problem.hpp"
#include "adapters/wire/message_json.hpp"

#include <botcore/domain/query.hpp>

#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace botapi::http {

/// Reads the query parameters of one request, and collects their faults.
class parameter_reader {
public:
    /// Reports parameters that are not `known`, and repeated ones.
    parameter_reader(const request& request, std::initializer_list<std::string_view> known);

    template <class Id>
    std::optional<Id> id(std::string_view name)
    {
        const auto value = uuid(name);
        return value ? std::optional{Id{*value}} : std::nullopt;
    }

    std::optional<botcore::instant> instant(std::string_view name);
    std::optional<botcore::direction> direction(std::string_view name);
    botcore::sort_order order(std::string_view name);

    /// A number of items, 1 to `botcore::page_size_max`.
    std::optional<std::size_t> limit(std::string_view name);

    /// The optional members of messages that the client requests: a list of names, separated by
    /// commas.
    wire::message_extras extras(std::string_view name);

    /// The text of a parameter; nothing if it is missing.
    [[nodiscard]] std::optional<std::string_view> text(std::string_view name) const;

    /// Adds a fault of a parameter.
    void add_fault(std::string_view name, std::string detail);

    /// All faults as one problem; nothing if there are none.
    [[nodiscard]] std::optional<problem> fault() const;

private:
    std::optional<botcore::uuid> uuid(std::string_view name);

    const request& request_;
    std::vector<problem_part> faults_;
};

/// The problem of a request with parameters on a route that has none; nothing if there are none.
std::optional<problem> refuse_parameters(const request& request);

/// The problem of a path whose `{id}` is not a UUID.
problem bad_path_id(const request& request);

/// The links of a page (RFC 8288), as the value of a `Link` header; empty without neighbours.
/// `next` and `previous` are the texts of cursors.
std::string page_links(
    const request& request,
    const std::optional<std::string>& next,
    const std::optional<std::string>& previous
);

}  // namespace botapi::http
