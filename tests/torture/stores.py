"""The databases under torture, and their content without the program."""

import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from kit import server as program
from kit.postgres import Postgres

# Each counts what must not be. In the words of SQL, so that no code of ours judges itself.
RULES = {
    "conversations with gaps":
        "SELECT count(*) FROM (SELECT c.id FROM conversations c LEFT JOIN messages m"
        " ON m.conversation = c.id GROUP BY c.id, c.last_seq HAVING count(m.seq) <> c.last_seq"
        " OR min(m.seq) <> 1 OR max(m.seq) <> c.last_seq) AS found",
    "texts stored twice":
        "SELECT count(*) FROM (SELECT text FROM messages GROUP BY text HAVING count(*) > 1)"
        " AS found",
    "messages without a conversation":
        "SELECT count(*) FROM messages WHERE conversation NOT IN (SELECT id FROM conversations)",
}


class Store:
    """A database with the schema."""

    def migrate(self):
        done = program.run("migrate", "--database", self.url)
        assert done.returncode == 0, done.stderr

    def broken_rules(self):
        """The findings of SQL and of `botapi check`."""
        broken = [f"{number} {what}" for what, rule in RULES.items()
                  if (number := int(self.ask(rule)))]
        checked = program.run("check", "--database", self.url, timeout=600)
        if checked.returncode != 0:
            broken.append(checked.stdout + checked.stderr)
        return broken


class SqliteStore(Store):
    """A file in a folder."""

    name = "sqlite"

    def __init__(self, parent=None):
        self.folder = Path(tempfile.mkdtemp(prefix="botapi-torture-", dir=parent))
        self.file = self.folder / "botapi.db"
        self.url = f"sqlite:{self.file}"
        self.migrate()

    def ask(self, statement):
        with closing(sqlite3.connect(self.file)) as connection:
            return connection.execute(statement).fetchone()[0]

    def crash(self):
        """Nothing runs that could."""

    def recover(self):
        """The next one to open the file does that."""

    def remove(self):
        shutil.rmtree(self.folder)


class PostgresStore(Store):
    """A server of its own. What it writes is forced to the disk, as it has to be."""

    name = "postgresql"

    def __init__(self, parent=None, **settings):
        self.server = Postgres(parent, **({"fsync": "on", "max_connections": 100} | settings))
        self.url = self.server.new_database()
        self.database = self.url.rsplit("/", 1)[1]
        self.migrate()

    def ask(self, statement):
        return self.server.sql(statement, self.database).strip()

    def crash(self):
        self.server.kill()

    def recover(self):
        self.server.start()

    def remove(self):
        self.server.remove()


STORES = {"sqlite": SqliteStore, "postgresql": PostgresStore}
