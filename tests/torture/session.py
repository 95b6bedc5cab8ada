"""A server under torture, its writers, and the verdict."""

from contextlib import contextmanager

from kit.api import Api, new_id
from kit.wait import eventually
from ledger import Ledger, Writers


class Session:
    """A store, and the server on it, which is restarted many times."""

    def __init__(self, store, launch, figures, seed, flags=()):
        self.store, self.launch, self.figures, self.seed = store, launch, figures, seed
        self.flags = flags
        self.server = None
        self.bot = new_id()
        self.conversations = []
        self.start()
        with Api(self.server) as api:
            api.post("/bots", json={"id": self.bot, "name": "Aureo"}).raise_for_status()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.server.is_alive():
            self.server.kill()

    def start(self, **more):
        self.server = self.launch(self.store.url, *self.flags, **more)

    def address(self):
        return self.server.host, self.server.port

    def new_ledger(self, conversations=3):
        fresh = [new_id() for _ in range(conversations)]
        self.conversations += fresh
        return Ledger(self.bot, fresh)

    @contextmanager
    def writing(self, ledger=None, count=4):
        """Writers at work, each with some messages acknowledged already."""
        ledger = ledger or self.new_ledger()
        seed = f"{self.seed}.{len(self.conversations)}"
        with Writers(ledger, self.address, count, seed) as writers:
            eventually(lambda: len(ledger.acknowledged) >= 2 * count, "messages are acknowledged")
            yield writers
        self.figures.update(ledger.figures())

    def stored(self, ledger):
        """All messages of the ledger's conversations, as a client reads them."""
        with Api(self.server) as api:
            return [one for conversation in ledger.conversations
                    for one in api.listed(conversationId=conversation)]

    def verify(self, ledger):
        """Checks that no promise was broken."""
        broken = ledger.compare(self.stored(ledger))
        assert not broken, "\n".join(broken[:20])

    def verify_store(self):
        broken = self.store.broken_rules()
        assert not broken, "\n".join(broken[:20])
        self.figures["stored"] = int(self.store.ask("SELECT count(*) FROM messages"))
