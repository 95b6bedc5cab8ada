"""Machines that can be cut off: network namespaces on a bridge, for whoever is root.

The addresses are of 198.18.0.0/15, which RFC 2544 keeps for tests.
"""

import ctypes
import os
import subprocess
import threading
from contextlib import contextmanager

from kit.patroni import Host

CLONE_NEWNET = 0x40000000


def ip(*words):
    return subprocess.run(["ip", *words], capture_output=True, text=True, check=True).stdout


def enter(descriptor):
    """Moves the calling thread to another network namespace."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(descriptor, CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "setns")


class Machine(Host):
    """A namespace with an address, which reaches the others as long as it is not cut off."""

    def __init__(self, network, number):
        super().__init__(f"{network.prefix}.{10 + number}")
        self.name, self.link = f"{network.name}n{number}", f"{network.name}v{number}"
        ip("netns", "add", self.name)
        self.file = f"/run/netns/{self.name}"
        self.launcher = ["nsenter", f"--net={self.file}"]
        ip("link", "add", self.link, "type", "veth", "peer", "name", "eth0", "netns", self.name)
        ip("link", "set", self.link, "master", network.name, "up")
        ip("-n", self.name, "address", "add", f"{self.address}/24", "dev", "eth0")
        for link in ("lo", "eth0"):
            ip("-n", self.name, "link", "set", link, "up")

    def port(self, usual):
        return usual

    def cut(self):
        """As if the cable were pulled: packets are lost, and no connection is reset."""
        ip("link", "set", self.link, "down")

    def mend(self):
        ip("link", "set", self.link, "up")

    @contextmanager
    def inside(self):
        """The sockets that this thread opens meanwhile are in there."""
        own = os.open(f"/proc/self/task/{threading.get_native_id()}/ns/net", os.O_RDONLY)
        there = os.open(self.file, os.O_RDONLY)
        try:
            enter(there)
            yield
        finally:
            enter(own)
            os.close(own)
            os.close(there)


class Network:
    """A bridge, whose address is this machine's, and machines that are linked to it."""

    def __init__(self, count):
        self.name = f"bt{os.getpid() % 1_000_000}"
        self.prefix = f"198.{18 + os.getpid() // 256 % 2}.{os.getpid() % 256}"
        self.machines = []
        try:
            ip("link", "add", self.name, "type", "bridge")
            ip("address", "add", f"{self.prefix}.1/24", "dev", self.name)
            ip("link", "set", self.name, "up")
            for number in range(1, count + 1):
                self.machines.append(Machine(self, number))
        except BaseException:
            self.remove()
            raise
        self.center = Host(f"{self.prefix}.1")

    def remove(self):
        for number in range(1, len(self.machines) + 2):  # The last one may be half done.
            subprocess.run(["ip", "netns", "delete", f"{self.name}n{number}"], capture_output=True,
                           check=False)
        subprocess.run(["ip", "link", "delete", self.name], capture_output=True, check=False)


def network_or_reason(count):
    """A network, and why there is none: one of the two."""
    if os.geteuid() != 0:
        return None, "not root"
    try:
        return Network(count), None
    except (OSError, subprocess.CalledProcessError) as failure:
        return None, str(getattr(failure, "stderr", failure)).strip()
