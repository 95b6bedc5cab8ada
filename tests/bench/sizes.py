"""How much each size stores and reads in a second, and how much space a message takes."""

from loads import wrk
from machine import Spending
from sites import one_server, several_servers, with_standbys
from workloads import Workload

CONNECTIONS = 64
WARM_UP = 2  # Seconds.
SIZES = {
    "sqlite": ("SQLite", "one file", one_server("SQLite")),
    "postgresql": ("PostgreSQL", "one database", one_server("PostgreSQL")),
    "servers": ("PostgreSQL", "3 servers", several_servers),
    "standbys": ("PostgreSQL", "3 servers, 2 standbys", with_standbys),
}
# Lists are read before POSTs make their conversations longer.
REQUESTS = {"list": "GET a conversation", "get": "GET by id", "post": "POST"}


def size(start, request):
    def run(bench):
        site = bench.at(start)
        environment = site.store.environment
        wrk(site.port, request, CONNECTIONS, WARM_UP, environment)
        spending = Spending(site.processes(), **site.postmasters())
        reply = wrk(site.port, request, CONNECTIONS, bench.seconds, environment)
        return reply | spending.read(reply["requests"]), {}, None
    return run


def space(system):
    """Bytes a message in a database that was loaded, without those of an empty one."""
    def run(bench):
        each = bench.store(system).bytes_each
        return {"requests": bench.data_set.messages}, {}, each
    return run


def workloads(names):
    """The rows of these sizes."""
    return [Workload(f"size-{name}-{request}", f"{title}: {what}", system, size(start, request))
            for name in names
            for system, title, start in [SIZES[name]]
            for request, what in REQUESTS.items()]
