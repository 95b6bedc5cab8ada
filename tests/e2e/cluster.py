"""`./dev cluster`: PostgreSQL, several servers and HAProxy on this machine, until Ctrl-C.

All of it listens on the loopback interface only. The data is removed at the end.
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
from kit.postgres import Postgres  # noqa: E402
from kit.server import run  # noqa: E402


def main():
    parser = argparse.ArgumentParser(prog="./dev cluster", description=__doc__)
    parser.add_argument("--servers", type=int, default=3, metavar="NUMBER")
    parser.add_argument("--port", type=int, default=8000, help="where HAProxy listens")
    parser.add_argument("flags", nargs="*", metavar="FLAG",
                        help="for each server, after `--`: see `botapi serve --help`")
    options = parser.parse_args()
    if not 1 <= options.servers <= 16:
        parser.error("--servers must be from 1 to 16")
    if any(flag.startswith("--log-") for flag in options.flags):
        parser.error("--log-… can't be set: the logs tell when a server listens")

    with tempfile.TemporaryDirectory(prefix="botapi-cluster-") as folder, ExitStack() as running:
        postgres = Postgres(fsync="on")
        running.callback(postgres.remove)
        database = postgres.new_database()
        migrated = run("migrate", "--database", database)
        if migrated.returncode:
            sys.exit(migrated.stderr)
        cluster = Cluster(database, folder, options.servers, options.port, options.flags)
        running.callback(cluster.stop)
        tell(cluster, folder)
        threading.Event().wait()


def tell(cluster, folder):
    print(f"HAProxy     {cluster.balancer.url}")
    for number, server in enumerate(cluster.servers, 1):
        print(f"server {number}    {server.url}   process {server.process.pid}")
    print(f"PostgreSQL  {cluster.database}")
    print(f"logs        {folder}")
    print("Ctrl-C stops all of it and removes the data.", flush=True)


def interrupt(*_):
    raise KeyboardInterrupt


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, interrupt)
    try:
        main()
    except KeyboardInterrupt:
        print("\nstopped")
