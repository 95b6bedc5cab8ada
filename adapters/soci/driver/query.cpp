#include "adapters/soci/driver/query.hpp"

namespace botapi::sql {

std::string query::bind(value bound)
{
    values_.push_back(bound);
    const bool is_id = std::holds_alternative<botcore::uuid>(bound);
    return std::string{dialect_.parameter_begin}
        .append(std::to_string(values_.size()))
        .append(is_id ? dialect_.id_parameter_end : dialect_.number_parameter_end);
}

}  // namespace botapi::sql
