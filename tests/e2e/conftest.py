"""Fixtures: databases, servers, clients, and the watch over every server."""

import itertools
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from kit import server as program  # noqa: E402
from kit.api import Api, Talk  # noqa: E402
from kit.keys import Keys  # noqa: E402
from kit.pooler import Pooler  # noqa: E402
from kit.postgres import Postgres  # noqa: E402
from kit.tls import Authority, Identity  # noqa: E402

BACKENDS = ("sqlite", "postgresql")
SERVERS = []  # Every server of this run, in the order of their starts.


def pytest_addoption(parser):
    parser.addoption("--backend", action="append", choices=BACKENDS,
                     help="the database to test on; may be repeated; both, if left out")
    parser.addoption("--pooled", action="store_true",
                     help="put a PgBouncer in transaction mode before PostgreSQL")
    parser.addoption("--tls", action="store_true", help="let all servers speak TLS")


def pytest_generate_tests(metafunc):
    if "backend" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("backend") or BACKENDS
        metafunc.parametrize("backend", chosen, scope="session")


def pytest_collection_modifyitems(config, items):
    def fits(item):
        only = item.get_closest_marker("only")
        backend = item.callspec.params.get("backend") if hasattr(item, "callspec") else None
        return not only or backend in only.args

    left_out = [item for item in items if not fits(item)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if fits(item)]


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item):
    report = (yield).get_result()
    if report.failed and item is not None:
        for server in SERVERS[-3:] + SERVERS[:1]:
            report.sections.append((f"the end of {server.log}", server.text()[-6000:]))


@pytest.fixture(scope="session")
def postgres():
    running = Postgres()
    yield running
    running.remove()


@pytest.fixture(scope="session")
def pooler(request, tmp_path_factory):
    """Before all servers on `postgres`, with `--pooled`."""
    running = Pooler(request.getfixturevalue("postgres"), tmp_path_factory.mktemp("pooler"),
                     pool_mode="transaction", max_prepared_statements=100,
                     server_idle_timeout=2)
    yield running
    running.stop()


@pytest.fixture(scope="session")
def new_database(backend, request, tmp_path_factory):
    """Makes the URL of a database that is migrated and empty."""

    def make():
        if backend == "sqlite":
            url = f"sqlite:{tmp_path_factory.mktemp('database')}/botapi.db"
        else:
            url = request.getfixturevalue("postgres").new_database()
        migrated = program.run("migrate", "--database", url)
        assert migrated.returncode == 0, migrated.stderr
        return url

    return make


@pytest.fixture(scope="session")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="session")
def launch(request, tmp_path_factory):
    """Starts a server and keeps its log. Whoever calls it stops the server."""
    folder = tmp_path_factory.mktemp("logs")
    numbers = itertools.count(1)
    usual = None
    if request.config.getoption("tls"):
        usual = Identity(request.getfixturevalue("authority"))

    def start(database, *flags, identity=None, **more):
        direct = database
        if request.config.getoption("--pooled") and database.startswith("postgresql:"):
            pooled = request.getfixturevalue("pooler").url(database)
            if pooled != database:
                flags = (*flags, "--listen-database", database)
                database = pooled
        log = folder / f"server-{next(numbers)}.log"
        SERVERS.append(program.Server(database, log, *flags, identity=identity or usual, **more))
        SERVERS[-1].database = direct
        return SERVERS[-1]

    return start


@pytest.fixture(scope="session")
def server(new_database, launch):
    """The server that all tests share who only add to it. Restarted never."""
    running = launch(new_database())
    yield running
    assert running.stop() == 0


@pytest.fixture(scope="session")
def api(server):
    with Api(server) as client:
        yield client


@pytest.fixture
def talk(api):
    return Talk(api)


@pytest.fixture
def start_server(new_database, launch, watch):
    """Starts more servers, on a database of their own, or on the one that is given."""
    started = []

    def start(*flags, database=None, **more):
        started.append(launch(database or new_database(), *flags, **more))
        return started[-1]

    yield start
    for running in started:
        was_alive = running.is_alive()
        code = running.stop()
        assert code == 0 or not was_alive, f"SIGTERM ended it with {code}"


@pytest.fixture
def fresh(start_server):
    """A client of a server with an empty database."""
    with Api(start_server()) as client:
        yield client


@pytest.fixture
def keys(start_server):
    """Keys to a server of their own."""
    made = Keys(start_server())
    yield made
    made.close()


@pytest.fixture
def pair(start_server, new_database):
    """Clients of two servers on one database."""
    database = new_database()
    with Api(start_server(database=database)) as left:
        with Api(start_server(database=database)) as right:
            yield left, right


@pytest.fixture(autouse=True)
def watch(request):
    """After each test: every server is alive, and none has failed in between."""
    before = {running: running.log_size() for running in SERVERS}
    yield
    allow_5xx = request.node.get_closest_marker("expects_5xx") is not None
    for running in SERVERS:
        running.check(before.get(running, 0), allow_5xx)
