#include "adapters/soci/engine/topology.hpp"

#include <utility>

namespace botapi::sql {

topology::topology(const database_route& route, std::size_t sessions, botcore::log& log)
    : topology{make_database_link(route, log), sessions}
{
}

// The pool keeps a reference to the link. The link's address stays the same when its owner moves.
topology::topology(std::unique_ptr<database_link> link, std::size_t sessions)
    : primary_{.link = std::move(link), .pool = {*primary_.link, sessions}}
{
}

database_node& topology::for_read(const botcore::freshness& /*freshness*/) noexcept
{
    return primary_;
}

}  // namespace botapi::sql
