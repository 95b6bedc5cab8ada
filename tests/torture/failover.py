"""Where failovers happen: Patroni's cluster and servers, and what can happen to the primary."""

import random
import time
from contextlib import ExitStack

import pytest

from kit import patroni as kit
from kit import server as program
from kit.cluster import Cluster
from kit.namespaces import network_or_reason
from kit.patroni import Patroni, PrimaryListener
from kit.wait import eventually
from traffic import WEBHOOK_FLAGS, CutOffWriters, PatroniStore, Traffic

SERVERS = 2


class Scene:
    """Patroni's cluster, two servers and HAProxy, for all tests of this file.

    The members are in network namespaces of their own, where the machine allows that.
    """

    def __init__(self, folder):
        self.folder = folder
        self.everything = ExitStack()
        self.network, self.reason = network_or_reason(len(kit.MEMBERS))
        try:
            self.build()
        except BaseException:
            self.everything.close()
            raise

    def build(self):
        hosts, center = None, kit.Host()
        if self.network:
            self.everything.callback(self.network.remove)
            hosts, center = self.network.machines, self.network.center
        self.host = center.address
        self.flags = (*WEBHOOK_FLAGS, "--webhook-allow-range", f"{self.host}/32",
                      "--heartbeat-interval", "1s")
        self.patroni = Patroni(hosts, center)
        self.everything.callback(self.patroni.remove)
        self.store = PatroniStore(self.patroni)
        self.store.migrate()
        self.cluster = Cluster(self.patroni.url, self.folder, SERVERS, flags=self.flags)
        self.everything.callback(self.cluster.stop)

    def logs(self):
        """What to read after a failure."""
        told = [event for server in self.cluster.servers for event in server.events()
                if event["level"] != "info"]
        return "\n".join([self.patroni.logs(), *map(str, told[-40:])])


class Break:
    """What happens to the primary. The default is that it comes back by itself."""

    def __init__(self, scene):
        self.scene, self.patroni = scene, scene.patroni
        self.primary = scene.patroni.primary()

    def prepare(self, _stack, _traffic):
        """Before it, while the clients are at work."""

    def strike(self):
        raise NotImplementedError

    def repair(self):
        """Once another one leads, and messages are stored again. It may be called twice."""

    def figures(self):
        """What else was counted."""
        return {}


class PostmasterKilled(Break):
    def strike(self):
        self.primary.kill_postmaster()


class MachineKilled(Break):
    def strike(self):
        self.primary.kill()

    def repair(self):
        if not self.primary.is_alive():
            self.primary.start()


class Hung(Break):
    def strike(self):
        self.primary.hang()

    def repair(self):
        self.primary.go_on()


class Switchover(Break):
    def strike(self):
        self.patroni.switch_over()


class CutOff(Break):
    """The machine of the primary, with a server, an HAProxy and clients that are cut off, too.

    That PostgreSQL goes on for some seconds as if it were the primary. It takes commits, and no
    standby confirms them. None of them may be acknowledged.
    """

    def prepare(self, stack, traffic):
        self.machine = self.primary.host
        self.traffic = traffic
        listener = PrimaryListener(self.patroni.members, self.machine)
        stack.callback(listener.stop)
        server = program.Server(
            listener.database_url(), self.scene.folder / "cut-off.log", *self.scene.flags,
            "--insecure-open", launcher=self.machine.launcher,
            listen=f"{self.machine.address}:0")
        stack.callback(server.stop)
        self.writers = CutOffWriters(self.machine, traffic.ledger,
                                     lambda: (server.host, server.port), 2, f"{traffic.seed}.cut")
        stack.callback(self.writers.stop)
        eventually(lambda: all(one.successes for one in self.writers.all),
                   "the server beside the primary stores messages")

    def strike(self):
        self.machine.cut()

    def repair(self):
        self.machine.mend()

    def figures(self):
        doubts = {text for writer in self.writers.all for text in writer.doubts}
        stored = {one["text"] for one in self.traffic.stored}
        return {"cut_off_in_doubt": len(doubts), "cut_off_and_gone": len(doubts - stored)}


KINDS = {
    "postmaster killed": PostmasterKilled,
    "switchover": Switchover,
    "machine killed": MachineKilled,
    "cut off": CutOff,
    "hung": Hung,
}


def need_network(scene):
    """Skips the test where no machine can be cut off."""
    if scene.network is None:
        pytest.skip(f"no network namespaces: a cut is NOT tested here ({scene.reason})")


def play(scene, kind, kills_server, seed):
    """One round. Returns the counts, the pause of the writes, and the broken promises."""
    rng = random.Random(seed)
    traffic = Traffic(scene.cluster, scene.host, seed)
    with traffic.running():
        with ExitStack() as stack:
            event = KINDS[kind](scene)
            stack.callback(event.repair)  # For those who come after a round that failed.
            event.prepare(stack, traffic)
            time.sleep(rng.random() * 0.3)  # Chance decides where in the writing it comes.
            victim = rng.randrange(SERVERS)
            struck = time.monotonic()
            if kills_server:
                scene.cluster.kill(victim)
            event.strike()
            eventually(lambda: scene.patroni.another_leads(event.primary), "another one leads", 60)
            traffic.go_on()
            if kills_server:
                scene.cluster.start_again(victim)
            event.repair()
            scene.patroni.heal()
            traffic.go_on(10)
    counts, broken = traffic.judge(scene.store)
    counts.update(event.figures())
    counts["requests"] = traffic.writers.sum(lambda one: one.requests)
    counts["failed"] = traffic.writers.sum(lambda one: len(one.failed))
    return counts, traffic.writers.longest_pause(struck), broken


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    made = Scene(tmp_path_factory.mktemp("failover"))
    yield made
    made.everything.close()
