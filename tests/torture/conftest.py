"""How often each break is done, on what, and the sum of what was seen."""

import itertools
import sys
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "e2e"))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from disks import MIB, disk  # noqa: E402
from kit.api import new_id  # noqa: E402
from kit.server import Server  # noqa: E402
from session import Session  # noqa: E402
from stores import STORES  # noqa: E402

FIGURES = {}  # The counts of each test.
TABLES = {}  # Titles to the groups of rows that the summary shows; a row is names and values.


def pytest_addoption(parser):
    parser.addoption("--database", action="append", choices=STORES,
                     help="the database to torture; may be repeated; both, if left out")
    parser.addoption("--long", action="store_true", help="each break as often as is promised")
    parser.addoption("--rounds", type=int, help="each break so often")
    parser.addoption("--seed", type=int, default=None, help="of all that is left to chance")


def pytest_generate_tests(metafunc):
    if "database" in metafunc.fixturenames:
        only = metafunc.definition.get_closest_marker("only")
        chosen = metafunc.config.getoption("database") or list(STORES)
        metafunc.parametrize(
            "database", [one for one in chosen if not only or one in only.args], indirect=True)


def pytest_collection_modifyitems(config, items):
    """Skips what the short form leaves out, before anything is set up for it."""
    if config.getoption("long") or config.getoption("rounds"):
        return
    for item in items:
        marker = item.get_closest_marker("rounds")
        if marker and marker.kwargs["short"] == 0:
            item.add_marker(pytest.mark.skip(reason="only in `./dev torture`"))


def pytest_terminal_summary(terminalreporter):
    for title, groups in TABLES.items():
        terminalreporter.section(title)
        rows = [row for group in groups.values() for row in group]
        lines = [list(rows[0]), *([f"{value:,}" if isinstance(value, int) else str(value)
                                   for value in row.values()] for row in rows)]
        widths = [max(map(len, column)) for column in zip(*lines)]
        for line in lines:
            terminalreporter.write_line("  ".join(map(str.ljust, line, widths)))
    if not FIGURES:
        return
    terminalreporter.section("what was counted")
    for name, figures in FIGURES.items():
        reply = ", ".join(f"{what} {number:,}" if isinstance(number, int) else f"{what} {number}"
                         for what, number in figures.items())
        terminalreporter.write_line(f"{name}: {reply}")


@pytest.fixture
def database(request):
    return request.param


@pytest.fixture
def figures(request):
    """Counts what the summary tells."""
    return FIGURES.setdefault(request.node.name, Counter())


@pytest.fixture
def rounds(request, figures):
    """How often: a number of the marker, or of the command line."""
    asked = request.node.get_closest_marker("rounds").kwargs
    is_long = request.config.getoption("long")
    number = request.config.getoption("rounds") or asked["long" if is_long else "short"]
    if isinstance(number, dict):
        number = number[request.node.callspec.params["database"]]
    figures["rounds"] = number
    return number


@pytest.fixture
def is_long(request):
    return request.config.getoption("long")


@pytest.fixture
def seed(request):
    """Told when a test fails, so that it can be done again."""
    chosen = request.config.getoption("seed")
    chosen = int(new_id()[:8], 16) if chosen is None else chosen
    print(f"--seed {chosen}")
    return chosen


@pytest.fixture
def launch(tmp_path):
    """Starts servers that all end with the test."""
    numbers = itertools.count(1)
    started = []

    def start(url, *flags, **more):
        started.append(Server(url, tmp_path / f"server-{next(numbers)}.log", *flags, **more))
        return started[-1]

    yield start
    for server in started:
        if server.is_alive():
            server.kill()
    for server in started[-2:]:  # Pytest shows it if the test fails.
        reply = [event for event in server.events() if event["level"] != "info"]
        print(server.log, *reply[-20:], sep="\n")


@pytest.fixture
def new_disk():
    """Makes disks that all go with the test. Skips it where disks can't be made."""
    with ExitStack() as made:
        yield lambda size=256 * MIB: made.enter_context(disk(size))


@pytest.fixture
def make_store(new_disk):  # pylint: disable=unused-argument
    """Makes stores that all go with the test, and before the disks they are on."""
    made = []

    def make(name, *arguments, **more):
        made.append(STORES[name](*arguments, **more))
        return made[-1]

    yield make
    for store in made:
        store.remove()


@pytest.fixture
def session_with(launch, figures, seed):
    """Starts servers on stores, with writers to come."""
    with ExitStack() as made:
        yield lambda store, flags=(): made.enter_context(
            Session(store, launch, figures, seed, flags))


@pytest.fixture
def session(database, make_store, session_with):
    """A server on a store of its own."""
    return session_with(make_store(database))


@pytest.fixture
def session_on(database, make_store, session_with):
    """Makes such a session on a disk. `settings` are PostgreSQL's."""

    def make(place, **settings):
        session = session_with(make_store(database, place.path, **settings))
        place.settle()  # The creation of the database is not under test.
        return session

    return make
