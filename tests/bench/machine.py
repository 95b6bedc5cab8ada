"""The cost of programs: processor time and memory, as the kernel counts them."""

import os
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def stat_of(pid):
    """The fields of /proc/PID/stat after the name, or nothing if the process has ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except (FileNotFoundError, ProcessLookupError):
        return None


def cpu_seconds(pid):
    stat = stat_of(pid)
    return (int(stat[11]) + int(stat[12])) / TICKS if stat else 0.0


def tree_cpu_seconds(pid):
    """The usage of a process and its children, including those that have ended."""
    stat = stat_of(pid)
    spent = sum(int(stat[at]) for at in range(11, 15)) / TICKS
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return spent + sum(cpu_seconds(child) for child in children)


def memory(pid, key="VmRSS"):
    """In bytes. VmHWM is the most since `forget_peak`."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(key + ":"):
            return int(line.split()[1]) * 1024
    raise ValueError(key)


def forget_peak(pid):
    Path(f"/proc/{pid}/clear_refs").write_text("5")


class Meter:
    """Counts what a server and its database spend between two instants."""

    def __init__(self, server_pid, database_pid=None):
        self.server_pid = server_pid
        self.database_pid = database_pid
        if server_pid:
            forget_peak(server_pid)
        self.before = self.spent()

    def spent(self):
        return (cpu_seconds(self.server_pid) if self.server_pid else 0.0,
                tree_cpu_seconds(self.database_pid) if self.database_pid else 0.0)

    def read(self, requests):
        """Microseconds for each request, and the server's peak memory in MiB."""
        server, database = (after - before
                            for after, before in zip(self.spent(), self.before))
        figures = {}
        if self.server_pid:
            figures["server_us"] = server / requests * 1e6
            figures["peak_mib"] = memory(self.server_pid, "VmHWM") / 2**20
        if self.database_pid:
            figures["database_us"] = database / requests * 1e6
        return figures


def run_seconds(pid):
    """How long the threads of a process have run, to the nanosecond."""
    try:
        return sum(int((task / "schedstat").read_text().split()[0])
                   for task in Path(f"/proc/{pid}/task").iterdir()) / 1e9
    except (FileNotFoundError, ProcessLookupError):
        return 0.0


def postgres_seconds(postmaster):
    """The same of a PostgreSQL with all its processes, including those that have ended: these
    only to the hundredth of a second.
    """
    stat = stat_of(postmaster)
    children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
    return (sum(map(run_seconds, (postmaster, *children)))
            + (int(stat[13]) + int(stat[14])) / TICKS)


class Spending:
    """Counts what several servers, and databases of several roles, spend between two instants.

    The databases are by the name of the figure: their postmasters.
    """

    def __init__(self, servers, **postmasters):
        self.servers, self.postmasters = servers, postmasters
        self.before = self.spent()

    def spent(self):
        return {"server_us": sum(map(run_seconds, self.servers))} | {
            name: sum(map(postgres_seconds, those)) for name, those in self.postmasters.items()}

    def read(self, requests):
        """Microseconds for each request."""
        return {name: (after - self.before[name]) / requests * 1e6
                for name, after in self.spent().items()}
