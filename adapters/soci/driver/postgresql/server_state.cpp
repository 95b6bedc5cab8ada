#include "adapters/soci/driver/postgresql/server_state.hpp"

namespace botapi::sql {

database_state state_from(std::uint64_t answer) noexcept
{
    switch (answer) {
        case 1: return database_state::standby;
        case 2: return database_state::read_only;
        default: return database_state::serving;
    }
}

std::optional<database_state> reported_state(const PGconn& connection) noexcept
{
    const char* const is_standby = PQparameterStatus(&connection, "in_hot_standby");
    const char* const is_read_only =
        PQparameterStatus(&connection, "default_transaction_read_only");
    if (is_standby == nullptr || is_read_only == nullptr)
        return std::nullopt;
    if (std::string_view{is_standby} == "on")
        return database_state::standby;
    return std::string_view{is_read_only} == "on" ? database_state::read_only
                                                  : database_state::serving;
}

}  // namespace botapi::sql
