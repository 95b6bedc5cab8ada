"""`./dev cluster`: PostgreSQL, several servers and HAProxy on this machine, until Ctrl-C.

With `--available`, three PostgreSQL under Patroni, of which one is primary. All of it listens on
the loopback interface only. The data is removed at the end.
"""

import argparse
import signal
import sys
import tempfile
import threading
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from kit.cluster import Cluster  # noqa: E402
from kit.patroni import Patroni  # noqa: E402
from kit.postgres import Postgres  # noqa: E402
from kit.server import run  # noqa: E402


def main():
    parser = argparse.ArgumentParser(prog="./dev cluster", description=__doc__)
    parser.add_argument("--available", action="store_true",
                        help="three PostgreSQL under Patroni, with etcd; two servers")
    parser.add_argument("--servers", type=int, metavar="NUMBER",
                        help="how many: 3; 2 with --available")
    parser.add_argument("--port", type=int, default=8000, help="where HAProxy listens")
    parser.add_argument("flags", nargs="*", metavar="FLAG",
                        help="for each server, after `--`: see `botapi serve --help`")
    options = parser.parse_args()
    servers = options.servers if options.servers is not None else 2 if options.available else 3
    if not 1 <= servers <= 16:
        parser.error("--servers must be from 1 to 16")
    if any(flag.startswith("--log-") for flag in options.flags):
        parser.error("--log-… can't be set: the logs tell when a server listens")

    with tempfile.TemporaryDirectory(prefix="botapi-cluster-") as folder, ExitStack() as running:
        postgres = Patroni() if options.available else Postgres(fsync="on")
        running.callback(postgres.remove)
        database = postgres.url if options.available else postgres.new_database()
        migrated = run("migrate", "--database", database)
        if migrated.returncode:
            sys.exit(migrated.stderr)
        cluster = Cluster(database, folder, servers, options.port, options.flags)
        running.callback(cluster.stop)
        tell(cluster, folder)
        if options.available:
            tell_more(postgres)
        print("Ctrl-C stops all of it and removes the data.", flush=True)
        threading.Event().wait()


def tell(cluster, folder):
    print(f"HAProxy     {cluster.balancer.url}")
    for number, server in enumerate(cluster.servers, 1):
        print(f"server {number}    {server.url}   process {server.process.pid}")
    print(f"PostgreSQL  {cluster.database}")
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
