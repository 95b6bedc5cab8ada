#include "adapters/soci/driver/query.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

namespace botapi::sql {

std::string query::bind(value bound)
{
    const bool is_id = std::holds_alternative<botcore::uuid>(bound);
    values_.push_back(std::move(bound));
    return std::string{dialect_.parameter_begin}
        .append(std::to_string(values_.size()))
        .append(is_id ? dialect_.id_parameter_end : dialect_.number_parameter_end);
}

std::string query::bind_any(const std::string& column, const std::vector<botcore::uuid>& ids)
{
    if (dialect_.has_arrays) {
        values_.emplace_back(ids);
        return column + " = ANY(" + std::string{dialect_.parameter_begin} +
               std::to_string(values_.size()) + "::uuid[])";
    }
    std::string all;
    for (std::size_t number = 0; number < padded_count(ids.size()); ++number)
        all.append(all.empty() ? "" : ", ").append(bind(ids[std::min(number, ids.size() - 1)]));
    return column + " IN (" + all + ')';
}

}  // namespace botapi::sql
