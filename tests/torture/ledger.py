"""Writers that record their answers, and the comparison of the record with the store."""

import http.client
import json
import random
import threading
import uuid
from collections import Counter
from dataclasses import dataclass, field

from kit.api import message, new_id

TIMEOUT = 40.0  # Of a socket: longer than any server takes to answer.


@dataclass
class Write:
    """A request that can be repeated: it stores nothing twice."""

    path: str
    body: bytes
    headers: dict
    texts: list  # Each is unique, and stands for its message.
    is_atomic: bool = True


@dataclass
class Ledger:
    """The requests and their answers. Any number of threads may write into it."""

    bot: str
    conversations: list
    acknowledged: dict = field(default_factory=dict)  # Text to the message that was answered.
    refused: set = field(default_factory=set)  # Texts of which the server said: not stored.
    unknown: set = field(default_factory=set)  # Texts without an answer, or with a doubt.
    groups: list = field(default_factory=list)  # Texts that are stored together or not at all.
    strange: list = field(default_factory=list)  # Answers that nobody should get.
    statuses: Counter = field(default_factory=Counter)
    doubted: set = field(default_factory=set)  # Texts that were answered while it was closed.
    is_closed: bool = False
    reopened: int = 0  # How often.
    lock: threading.Lock = field(default_factory=threading.Lock)

    def close(self):
        """Marks the following answers as uncertain: their requests may be repeated at any time."""
        with self.lock:
            self.is_closed = True

    def reopen(self):
        """Ends the uncertainty: the following answers count again."""
        with self.lock:
            self.is_closed = False
            self.reopened += 1

    def note(self, texts, outcome, answers=(), asked=0):
        """Records an answer. `asked` is the number of reopenings at the time of the request."""
        with self.lock:
            if self.is_closed or asked < self.reopened:
                self.doubted.update(texts)
            for number, text in enumerate(texts):
                is_sure = text not in self.doubted
                if outcome == "acknowledged" and is_sure:
                    self.acknowledged[text] = answers[number]
                    self.refused.discard(text)
                    self.unknown.discard(text)
                elif text in self.acknowledged:
                    continue
                elif outcome == "refused" and is_sure and text not in self.unknown:
                    self.refused.add(text)
                else:  # A refusal says nothing of an earlier try without an answer.
                    self.unknown.add(text)
                    self.refused.discard(text)

    def forgive_failures(self):
        """Where the machine itself is broken, 500 is an honest answer. It leaves a doubt."""
        with self.lock:
            self.strange = [one for one in self.strange if one[0] != 500]

    def figures(self):
        return Counter(acknowledged=len(self.acknowledged), refused=len(self.refused),
                       unknown=len(self.unknown))

    def compare(self, stored):
        """The promises that `stored`, a list of messages, breaks. None, if all is well."""
        by_text = {}
        for one in stored:
            by_text.setdefault(one["text"], []).append(one)
        broken = [f"strange answer: {answer}" for answer in self.strange]
        for text, answered in self.acknowledged.items():
            if text not in by_text:
                broken.append(f"acknowledged and missing: {text}")
            elif by_text[text][0] != answered:
                broken.append(f"acknowledged as {answered}, stored as {by_text[text][0]}")
        for text, found in by_text.items():
            if len(found) > 1:
                broken.append(f"stored {len(found)} times: {text}")
            if text in self.refused:
                broken.append(f"refused and stored: {text}")
            if not any(text in known for known in
                       (self.acknowledged, self.refused, self.unknown)):
                broken.append(f"stored and never sent: {text}")
        for group in self.groups:
            if 0 < sum(text in by_text for text in group) < len(group):
                broken.append(f"stored in part: {group}")
        return broken


class Writer:
    """Sends one write after the other, each in one of the ways in which messages can be stored."""

    def __init__(self, ledger, address, seed):
        self.ledger = ledger
        self.address = address  # A function: where the server listens now.
        self.conversations = list(ledger.conversations)
        self.rng = random.Random(seed)
        self.connection = None
        self.asked = 0  # How often the ledger had been reopened when the last write was sent.
        self.number = 0
        self.name = uuid.UUID(int=self.rng.getrandbits(128)).hex[:8]
        self.client = new_id()

    def make(self, kind=None):
        """A write of some kind. One that is `bare` must not be sent again."""
        self.number += 1
        kind = kind or self.rng.choices(("one", "keyed", "array", "lines"), (5, 2, 2, 1))[0]
        size = {"array": 3, "lines": 5}.get(kind, 1)
        conversation = self.rng.choice(self.conversations)
        texts = [f"{self.name}.{self.number}.{at}" for at in range(size)]
        sent = [message(conversation, self.ledger.bot, self.client, text,
                        timestamp=f"2026-01-01T00:00:{self.rng.randrange(60):02}.{self.number:07}Z")
                for text in texts]
        if kind not in ("bare", "keyed"):
            for one in sent:
                one["id"] = str(uuid.UUID(int=self.rng.getrandbits(128), version=4))
        headers = {"Content-Type": "application/json"}
        if kind == "keyed":
            headers["Idempotency-Key"] = f'"{texts[0]}"'
        if kind == "lines":
            headers["Content-Type"] = "application/x-ndjson"
            body = "".join(json.dumps(one) + "\n" for one in sent)
        else:
            body = json.dumps(sent if kind == "array" else sent[0])
        if kind == "array":
            with self.ledger.lock:
                self.ledger.groups.append(texts)
        return Write("/messages", body.encode(), headers, texts, kind != "lines")

    def note(self, *reply):
        self.ledger.note(*reply, asked=self.asked)

    def send(self, write):
        """Whether the write is done with: all of it was acknowledged."""
        self.asked = self.ledger.reopened
        try:
            if self.connection is None:
                host, port = self.address()
                self.connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT)
                self.connection.connect()
        except OSError:
            self.close()
            self.note(write.texts, "refused")  # Nothing was sent.
            return False
        answered = 0
        try:
            self.connection.request("POST", write.path, write.body, write.headers)
            answer = self.connection.getresponse()
            self.ledger.statuses[answer.status] += 1
            if write.is_atomic:
                return self.judge(write, answer.status, answer.read())
            if answer.status != 200:
                return self.judge(write, answer.status, answer.read())
            done = True
            for text in write.texts:
                line = json.loads(answer.readline())
                answered += 1
                done &= self.judge_line(text, line, write)
            answer.read()
            return done
        except (OSError, http.client.HTTPException, ValueError):
            self.close()
            self.note(write.texts[answered:], "unknown")
            return False

    def judge(self, write, status, content):
        if status == 201:
            reply = json.loads(content)
            self.note(write.texts, "acknowledged", reply if isinstance(reply, list) else [reply])
            return True
        kind = json.loads(content)["type"] if content else ""
        if status in (503, 507) and kind != "/problems/outcome-unknown":
            self.note(write.texts, "refused")
        else:
            self.note(write.texts, "unknown")
        if status not in (503, 507):
            self.ledger.strange.append((status, content[:500]))
        return False

    def judge_line(self, text, line, write):
        if line["status"] == 201:
            sent = json.loads(write.body.splitlines()[write.texts.index(text)])
            self.note([text], "acknowledged", [sent])
            return True
        kind = line["problem"]["type"]
        is_known = line["status"] in (503, 507) and kind != "/problems/outcome-unknown"
        self.note([text], "refused" if is_known else "unknown")
        if line["status"] not in (503, 507):
            self.ledger.strange.append((line["status"], line))
        return False

    def close(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None


class Writers:
    """Some writers at work, until they are told to stop. What fails they send again, half of it."""

    kind = Writer

    def __init__(self, ledger, address, count=4, seed=0):
        self.ending = threading.Event()
        self.ledger = ledger
        self.all = [self.kind(ledger, address, f"{seed}.{number}") for number in range(count)]
        self.threads = [threading.Thread(target=self.work, args=(one,)) for one in self.all]
        for thread in self.threads:
            thread.start()

    def work(self, writer):
        while not self.ending.is_set():
            write = writer.make()
            again = writer.rng.random() < 0.5
            while not writer.send(write) and not self.ending.is_set():
                self.ending.wait(0.01)
                if not again:
                    break
        writer.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        self.ending.set()
        for thread in self.threads:
            thread.join()
