"""`./dev cluster`: PostgreSQL, several servers and HAProxy on this machine, until Ctrl-C.

With `--available`, three PostgreSQL under Patroni, of which one is primary. With `--pooler`, a
PgBouncer between the servers and PostgreSQL. All of it listens on the loopback interface only. The
data is removed at the end.
"""

import argparse
import signal
import sys
import tempfile
import threading
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from kit import pooler  # noqa: E402
from kit.cluster import Cluster  # noqa: E402
from kit.patroni import PASSWORD, Patroni  # noqa: E402
from kit.postgres import Postgres  # noqa: E402
from kit.server import run  # noqa: E402


def parse_command_line():
    parser = argparse.ArgumentParser(prog="./dev cluster", description=__doc__)
    parser.add_argument("--available", action="store_true",
                        help="three PostgreSQL under Patroni, with etcd; two servers")
    parser.add_argument("--pooler", choices=("session", "transaction"), metavar="MODE",
                        help="a PgBouncer that pools sessions (session) or transactions "
                             "(transaction, from PgBouncer 1.21 on: BOTAPI_PGBOUNCER may name one)")
    parser.add_argument("--servers", type=int, metavar="NUMBER",
                        help="how many: 3; 2 with --available")
    parser.add_argument("--port", type=int, default=8000, help="where HAProxy listens")
    parser.add_argument("flags", nargs="*", metavar="FLAG",
                        help="for each server, after `--`: see `botapi serve --help`")
    options = parser.parse_args()
    if options.servers is None:
        options.servers = 2 if options.available else 3
    if not 1 <= options.servers <= 16:
        parser.error("--servers must be from 1 to 16")
    if any(flag.startswith("--log-") for flag in options.flags):
        parser.error("--log-… can't be set: the logs tell when a server listens")
    if options.pooler and not pooler.PROGRAM:
        parser.error("--pooler needs PgBouncer: apt-get install pgbouncer")
    if options.pooler == "transaction" and not pooler.tracks_statements():
        has = ".".join(map(str, pooler.version()))
        parser.error("--pooler transaction needs PgBouncer 1.21 or newer, which tracks prepared "
                     f"statements: {pooler.PROGRAM} is {has}, as Debian 12's is. "
                     "BOTAPI_PGBOUNCER may name a newer one")
    return options


def main():
    options = parse_command_line()
    with tempfile.TemporaryDirectory(prefix="botapi-cluster-") as folder, ExitStack() as running:
        postgres = Patroni() if options.available else Postgres(fsync="on")
        running.callback(postgres.remove)
        database = postgres.url if options.available else postgres.new_database()
        migrated = run("migrate", "--database", database)
        if migrated.returncode:
            sys.exit(migrated.stderr)
        direct, flags = database, options.flags
        if options.pooler:
            pool = start_pooler(options, postgres, Path(folder))
            running.callback(pool.stop)
            database, flags = pool.url(direct), [*pool.flags(direct), *flags]
        cluster = Cluster(database, folder, options.servers, options.port, flags)
        running.callback(cluster.stop)
        tell(cluster, direct, folder)
        if options.available:
            tell_more(postgres)
        print("Ctrl-C stops all of it and removes the data.", flush=True)
        threading.Event().wait()


def start_pooler(options, postgres, folder):
    if options.available:  # Behind it is HAProxy, which leads to the primary.
        return pooler.for_servers(options.servers, postgres.listener, folder, options.pooler,
                                  PASSWORD)
    return pooler.for_servers(options.servers, postgres, folder, options.pooler)


def tell(cluster, direct, folder):
    print(f"HAProxy     {cluster.balancer.url}")
    for number, server in enumerate(cluster.servers, 1):
        print(f"server {number}    {server.url}   process {server.process.pid}")
    if cluster.database != direct:
        print(f"PgBouncer   {cluster.database}")
    print(f"PostgreSQL  {direct}")
    print(f"logs        {folder}")


def tell_more(patroni):
    """What is behind the address of PostgreSQL, and how to try it."""
    for member in patroni.members:
        print(f"{member.name}         {member.address}   Patroni http://{member.rest}, "
              f"process {member.patroni.pid}; postmaster {member.postmaster()}")
    print(f"etcd        {patroni.etcd.address}   process {patroni.etcd.process.pid}")
    print(f"logs        {patroni.folder}")
    primary = patroni.primary()
    print(f"""To try it, while a client writes:
  who leads              {patroni.control()} list
  a switchover           {patroni.control()} switchover --force
  {primary.name}, which leads, dies  kill -9 $(head -n 1 {patroni.folder}/{primary.name}/postmaster.pid)""")


def interrupt(*_):
    raise KeyboardInterrupt


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, interrupt)
    try:
        main()
    except KeyboardInterrupt:
        print("\nstopped")
