"""Writers, followers and webhooks during a failover, and what the ledger makes of them."""

import threading
import time
from collections import Counter
from contextlib import ExitStack, contextmanager, nullcontext
from types import SimpleNamespace

from kit.api import Api, new_id
from kit.receiver import Receiver
from kit.wait import eventually
from kit.watchers import Watcher
from ledger import Ledger, Writer, Writers
from stores import Store

WRITERS = 8
PATIENCE = 10.0  # Seconds that a client waits for an answer.
PAUSE = 0.08  # Seconds between two writes of a writer, and before it sends one again.
WEBHOOK_FLAGS = (
    "--webhook-allow-http", "--webhook-timeout", "2s", "--webhook-grace", "3s",
    *(word for pause in ("200ms", "1s", "2s", "5s", "5s", "5s", "5s", "5s", "5s")
      for word in ("--webhook-retry", pause)))


class PatroniStore(Store):
    """The database of a Patroni cluster, as its primary has it."""

    def __init__(self, patroni):
        self.patroni, self.url = patroni, patroni.url

    def ask(self, statement):
        return self.patroni.sql(statement).strip()

    def rows(self, statement):
        return [line.split("|") for line in self.ask(statement).splitlines()]


class TimedWriter(Writer):
    """Counts the requests whose first try failed, and keeps when writes succeeded."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.successes, self.requests, self.failed = [], 0, []
        self.doubts = set()

    def note(self, texts, outcome, *more):
        super().note(texts, outcome, *more)
        if outcome == "unknown":
            self.doubts.update(texts)

    def first_try(self, write):
        began = time.monotonic()
        done = self.send(write)
        self.requests += 1
        if not done or time.monotonic() - began > PATIENCE:
            self.failed.append(began)
        return done

    def send(self, write):
        done = super().send(write)
        if done:
            self.successes.append(time.monotonic())
        return done


class PatientWriters(Writers):
    """Each sends a write until it is acknowledged, and only then the next one."""

    kind = TimedWriter
    retries = True

    def work(self, writer):
        while not self.ending.wait(PAUSE):
            write = writer.make()
            done = writer.first_try(write)
            while not done and self.retries and not self.ending.wait(PAUSE):
                done = writer.send(write)
        writer.close()

    def longest_pause(self, since):
        """Seconds without a success of anybody, the longest that ended after `since`."""
        times = sorted(one for writer in self.all for one in writer.successes)
        return max(after - before for before, after in zip(times, times[1:]) if after > since)

    def sum(self, what):
        return sum(what(writer) for writer in self.all)


class CutOffWriter(TimedWriter):
    """Writes to a conversation of its own.

    The rows of those of others stay locked as long as commits to them wait for a standby.
    """

    def __init__(self, ledger, *arguments):
        super().__init__(ledger, *arguments)
        self.conversations = [new_id()]
        with ledger.lock:
            ledger.conversations += self.conversations


class CutOffWriters(PatientWriters):
    """They share the machine of the primary, and send each write once."""

    kind = CutOffWriter
    retries = False

    def __init__(self, machine, *arguments):
        self.machine = machine
        super().__init__(*arguments)

    def work(self, writer):
        with self.machine.inside() if self.machine else nullcontext():
            super().work(writer)


class Traffic:
    """The clients of one round. They have a bot of their own, and two conversations."""

    def __init__(self, cluster, host, seed):
        self.balancer, self.host = cluster.balancer, host
        self.seed = seed
        with Api(self.balancer) as api:
            self.bot = api.new_bot()
        self.ledger = Ledger(self.bot, [new_id(), new_id()])
        self.writers, self.watchers, self.hooks = None, [], []
        self.failures = []
        self.scene = SimpleNamespace(addresses=[(self.balancer.host, self.balancer.port)],
                                     done=threading.Event())

    @contextmanager
    def running(self):
        with ExitStack() as stack:
            for name in ("crm", "log"):
                self.hooks.append((name, Receiver(address=(self.host, 0))))
                stack.callback(self.hooks[-1][1].close)
                self.register(*self.hooks[-1])
            one, two = self.ledger.conversations
            streams = [("conversationId", one, "events"), ("conversationId", two, "long poll"),
                       ("botId", self.bot, "events"), ("botId", self.bot, "long poll")]
            self.watchers = [Watcher(self.scene, 0, (key, value), kind)
                             for key, value, kind in streams]
            stack.callback(self.end_watchers, [self.start(one) for one in self.watchers])
            with PatientWriters(self.ledger, self.address, WRITERS, self.seed) as self.writers:
                self.go_on()
                yield self
            # Followers and webhooks hear the rest.
            self.finish()

    def address(self):
        return self.balancer.host, self.balancer.port

    def register(self, name, receiver):
        with Api(self.balancer) as api:
            answer = api.put(f"/bots/{self.bot}/webhooks/{name}", json={
                "url": receiver.url(host=self.host),
                "events": ["message.inbound", "message.outbound"]})
            assert answer.status_code == 201, answer.text

    def start(self, watcher):
        def work():
            try:
                watcher.watch()
            except BaseException as failure:  # pylint: disable=broad-except
                self.failures.append(f"{watcher.stream[0]}, {watcher.kind}: {failure!r}")

        thread = threading.Thread(target=work)
        thread.start()
        return thread

    def end_watchers(self, threads):
        self.scene.done.set()
        for thread in threads:
            thread.join(30)

    def go_on(self, count=60, seconds=60):
        """Until so many more messages are acknowledged."""
        wanted = len(self.ledger.acknowledged) + count
        eventually(lambda: len(self.ledger.acknowledged) >= wanted,
                   f"{count} more messages are acknowledged: {self.ledger.statuses}", seconds)

    def finish(self):
        """Waits until everybody has heard what is stored, as far as it comes."""
        with Api(self.balancer) as api:
            stored = [one for conversation in self.ledger.conversations
                      for one in api.listed(conversationId=conversation)]
            self.stored = stored
            texts = {one["text"] for one in stored}
            sizes = {("botId", self.bot): len(stored)} | {
                ("conversationId", conversation): sum(
                    one["conversationId"] == conversation for one in stored)
                for conversation in self.ledger.conversations}
            wait_for(lambda: self.failures or all(
                len(one.heard) >= sizes[one.stream] for one in self.watchers))
            wait_for(lambda: all(texts <= set(hook.texts()) for _, hook in self.hooks))
            for name, _ in self.hooks:
                path = f"/bots/{self.bot}/webhooks/{name}"
                wait_for(lambda at=path: not api.listed(f"{at}/deliveries", status="pending"))
                if api.listed(f"{path}/deliveries", status="dead"):
                    self.failures.append(f"the webhook {name} gave up a delivery")
                api.delete(path)

    def judge(self, store):
        """Counts, and the promises that were broken."""
        places = ", ".join(f"'{one}'" for one in self.ledger.conversations)
        rows = store.rows("SELECT conversation, seq, id, text FROM messages WHERE conversation IN"
                          f" ({places}) ORDER BY arrival")
        broken = self.ledger.compare(self.stored) + self.failures
        lost = [text for text in self.ledger.acknowledged if text not in {row[3] for row in rows}]
        doubled = len(rows) - len({row[3] for row in rows})
        disorder = out_of_order(self.ledger, rows)
        if len(rows) != len(self.stored):
            broken.append(f"{len(rows)} messages are stored, {len(self.stored)} were listed")
        for watcher in self.watchers:
            key, value = watcher.stream
            truth = [row[2] for row in rows if key == "botId" or row[0] == value]
            kind = f"{key}, {watcher.kind}"
            if watcher.heard != truth:
                lost += [f"{kind}: {one}" for one in set(truth) - set(watcher.heard)]
                doubled += len(watcher.heard) - len(set(watcher.heard))
                if set(watcher.heard) == set(truth):
                    disorder.append(f"{kind}: in another order")
                broken.append(f"{kind}: heard {len(watcher.heard)} of {len(truth)}")
        for name, hook in self.hooks:
            heard = set(hook.texts())
            lost += [f"webhook {name}: {row[3]}" for row in rows if row[3] not in heard]
        counts = Counter(acknowledged=len(self.ledger.acknowledged), lost=len(lost),
                         doubled=doubled, disorder=len(disorder))
        return counts, broken + lost + disorder


def wait_for(condition, seconds=90):
    """Until it holds, or in vain: then the judge says what is missing."""
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)


def out_of_order(ledger, rows):
    """What breaks an order: a writer's answers in each conversation, the parts of an array."""
    found, last = [], {}
    for conversation, seq, _, text in sorted(rows, key=lambda row: (row[0], int(row[1]))):
        if text not in ledger.acknowledged:
            continue
        writer, number, _ = text.split(".")
        if last.get((conversation, writer), 0) > int(number):
            found.append(f"{text} has seq {seq}, after request {last[conversation, writer]}")
        last[conversation, writer] = int(number)
    places = {row[3]: int(row[1]) for row in rows}
    for group in ledger.groups:
        seqs = [places[text] for text in group if text in places]
        if seqs != sorted(seqs):
            found.append(f"an array is stored in another order: {group}")
    return found
