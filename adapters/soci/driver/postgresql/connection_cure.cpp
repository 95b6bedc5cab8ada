#include "adapters/soci/driver/postgresql/connection_cure.hpp"

#include <array>
#include <utility>

namespace botapi::sql {

namespace {

/// The first part that a reason contains decides.
constexpr std::array<std::pair<std::string_view, std::string_view>, 18> cures{{
    {"is not permitted to log in", "Allow it with ALTER ROLE … LOGIN."},
    {"no password supplied",
     "Put the password into the URL, PGPASSWORD or the file that PGPASSFILE names."},
    {"password authentication failed",
     "Check the role and its password in the URL, in PGPASSWORD or in the file that PGPASSFILE "
     "names."},
    {"no pg_hba.conf entry",
     "Add a line for this role, database and address to PostgreSQL's pg_hba.conf."},
    {"Peer authentication failed",
     "Connect over TCP with a password, or change the line for local connections in pg_hba.conf."},
    {"permission denied for database", "Allow it with GRANT CONNECT ON DATABASE."},
    {"not currently accepting connections", "Allow them with ALTER DATABASE."},
    {"remaining connection slots", "Raise max_connections, or lower --db-connections."},
    {"too many", "Raise the limit in PostgreSQL, or lower --db-connections."},
    {"could not translate host name", "Check the host's name in the URL, and the DNS."},
    {"Connection refused",
     "Check the host and the port in the URL, and that PostgreSQL runs and listens there "
     "(listen_addresses)."},
    {"No such file or directory",
     "PostgreSQL does not run on this machine, or has its socket elsewhere: name its host in the "
     "URL."},
    {"timeout expired", "Check the host and the port in the URL, and the firewalls on the way."},
    {"No route to host", "Check the host in the URL, and the network."},
    {"Network is unreachable", "Check the host in the URL, and the network."},
    {"does not support SSL", "Turn TLS on in PostgreSQL, or choose another sslmode in the URL."},
    {"certificate", "Check sslmode, sslrootcert, sslcert and sslkey in the URL."},
    {"starting up", "Try again in a moment."},
}};

}  // namespace

std::string_view connection_cure(std::string_view reason)
{
    if (reason.find("does not exist") != std::string_view::npos) {
        return reason.find("role \"") != std::string_view::npos
                   ? "Create it with CREATE ROLE … LOGIN PASSWORD …, or name another in the URL."
                   : "Create it with CREATE DATABASE … OWNER … ENCODING 'UTF8' TEMPLATE template0, "
                     "or name another in the URL.";
    }
    for (const auto& [part, cure] : cures) {
        if (reason.find(part) != std::string_view::npos)
            return cure;
    }
    return {};
}

}  // namespace botapi::sql
