"""What stops a command at its start: the cause and the cure are on one line."""

import os
import shutil
import sqlite3
import subprocess
import tempfile
from contextlib import closing
from pathlib import Path

import pytest

from kit import server as program
from kit.api import Api, Talk
from kit.postgres import free_port

NOBODY = 65534


@pytest.fixture
def open_folder():
    """A folder that everybody may enter, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="botapi-e2e-open-"))
    folder.chmod(0o755)
    yield folder
    for path in folder.rglob("*"):
        if path.is_dir():
            path.chmod(0o755)
    shutil.rmtree(folder)


@pytest.fixture
def as_nobody(open_folder):
    """Runs the program as a user who owns nothing."""
    if os.geteuid() != 0:
        pytest.skip("only root can become somebody else")
    copy = open_folder / "botapi"
    shutil.copy(program.binary(), copy)
    copy.chmod(0o755)

    def run(*arguments):
        return subprocess.run(
            [copy, *arguments], capture_output=True, text=True, check=False, timeout=60,
            cwd=open_folder, env=program.clean_environment(), user=NOBODY, group=NOBODY,
            extra_groups=[])

    return run


def assert_one_line(done, *parts):
    assert done.returncode == 1, (done.returncode, done.stdout, done.stderr)
    lines = [line for line in done.stderr.splitlines() if line.startswith("botapi: ")]
    assert len(lines) == 1, done.stderr
    for part in parts:
        assert part in lines[0], lines[0]
    assert "secret" not in done.stderr
    return lines[0]


def serve(*arguments):
    return ["serve", "--listen", "127.0.0.1:0", "--log-level", "off", *arguments]


# SQLite ------------------------------------------------------------------------------------------

@pytest.mark.parametrize("command", [
    ["check"], ["check", "--repair"], ["keys", "list"], ["keys", "rotate-signing"],
    ["keys", "create", "--name", "x", "--scope", "admin"], serve("--must-exist"),
    ["migrate", "--must-exist"],
])
def test_a_file_that_is_missing_is_not_made(command, tmp_path):
    done = program.run(*command, "--database", f"sqlite:{tmp_path}/sub/../wrong.db")

    assert_one_line(done, f"there is no file {tmp_path}/wrong.db", "--database", "BOTAPI_DATABASE")
    assert list(tmp_path.iterdir()) == []


def test_the_path_is_told_from_the_root(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    done = program.run("keys", "list")

    assert_one_line(done, "sqlite:botapi.db does not exist", f"there is no file {tmp_path}/botapi.db")


@pytest.mark.parametrize("command", [["keys", "list"], ["check"]])
def test_an_empty_file_is_no_store(command, tmp_path):
    file = tmp_path / "empty.db"
    file.touch()

    done = program.run(*command, "--database", f"sqlite:{file}")

    assert done.returncode == 1
    assert "botapi migrate" in done.stdout + done.stderr
    assert file.stat().st_size == 0


def test_must_exist_takes_a_store_with_data_only(new_database, start_server):
    database = new_database()
    program.run("migrate", "--database", database)
    assert_one_line(program.run(*serve("--must-exist", "--database", database)), "is empty",
                    "--must-exist", database)

    with Api(start_server(database=database)) as api:
        Talk(api).say()
    with Api(start_server("--must-exist", database=database)) as api:
        assert len(api.get("/bots").json()) == 1


def test_a_key_alone_is_data(new_database, start_server):
    database = new_database()
    program.run("migrate", "--database", database)
    made = program.run("keys", "create", "--name", "x", "--scope", "admin", "--database", database)
    assert made.returncode == 0, made.stderr

    assert start_server("--must-exist", database=database).is_alive()


@pytest.mark.only("sqlite")
def test_must_exist_migrates_no_empty_file(backend, tmp_path):
    file = tmp_path / "empty.db"
    file.touch()

    for command in (["migrate"], serve()):
        assert_one_line(program.run(*command, "--must-exist", "--database", f"sqlite:{file}"),
                        "is empty", "restore it first")
    assert file.stat().st_size == 0


@pytest.mark.parametrize("what, mode, parts", [
    ("file", 0o600, ["nobody, who runs this program, may not read", "it belongs to root (mode 0600)",
                     "Run botapi as root", "chown"]),
    ("file", 0o644, ["may not write", "it belongs to root (mode 0644)"]),
    ("log", 0o600, ["may not read", "botapi.db-wal"]),
    ("folder", 0o755, ["may not make files in"]),
    ("folder", 0o700, ["may not enter"]),
])
def test_a_file_of_somebody_else(as_nobody, open_folder, what, mode, parts):
    folder = open_folder / "store"
    folder.mkdir()
    file = folder / "botapi.db"
    program.run("migrate", "--database", f"sqlite:{file}")
    log = folder / "botapi.db-wal"
    log.touch()
    folder.chmod(0o777)
    file.chmod(0o666)
    log.chmod(0o666)
    {"file": file, "log": log, "folder": folder}[what].chmod(mode)

    for command in (["migrate"], ["keys", "list"], serve()):
        done = as_nobody(*command, "--database", f"sqlite:{file}")
        assert_one_line(done, f"sqlite:{file}", *parts)


def test_what_is_no_file(tmp_path):
    (tmp_path / "plain").write_text("x" * 4096)
    for name, part in (("none/x.db", "the folder"), ("plain/x.db", "is not a folder"),
                       (".", "is a folder"), ("plain", "it is not a SQLite file")):
        done = program.run(*serve("--database", f"sqlite:{tmp_path}/{name}"))
        assert_one_line(done, part)
    os.mkfifo(tmp_path / "pipe")
    assert_one_line(program.run(*serve("--database", f"sqlite:{tmp_path}/pipe")),
                    "is not a regular file")


def test_a_file_in_another_encoding_is_refused_before_anything_is_done(tmp_path):
    file = tmp_path / "wide.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA encoding = 'UTF-16'")
        connection.execute("CREATE TABLE t (x)")
        connection.execute("DROP TABLE t")
    before = file.read_bytes()

    for command in (["migrate"], ["migrate", "--dry-run"], serve()):
        assert_one_line(program.run(*command, "--database", f"sqlite:{file}"), "UTF-16", "UTF8")
    assert file.read_bytes() == before


@pytest.fixture
def store(open_folder, start_server):
    """The folder of a SQLite store with two messages, of which one is in its log."""
    folder = open_folder / "original"
    folder.mkdir()
    server = start_server(database=f"sqlite:{folder}/botapi.db")
    with Api(server) as api:
        talk = Talk(api)
        talk.say()
        talk.say()
    copy = open_folder / "copy"
    shutil.copytree(folder, copy)
    assert (copy / "botapi.db-wal").stat().st_size > 0
    return copy


@pytest.mark.parametrize("kept", [("-wal", "-shm"), ("-wal",), ()])
@pytest.mark.only("sqlite")
def test_check_reads_a_copy_that_it_may_not_write(backend, store, as_nobody, kept):
    file = store / "botapi.db"
    if not kept:
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for ending in {"-wal", "-shm"} - set(kept):
        (store / f"botapi.db{ending}").unlink(missing_ok=True)
    for path in store.iterdir():
        path.chmod(0o444)
    store.chmod(0o555)
    before = {path: path.read_bytes() for path in store.iterdir()}

    checked = as_nobody("check", "--database", f"sqlite:{file}")

    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "messages: 2\n" in checked.stdout and "findings: 0\n" in checked.stdout
    assert f"remark: {file} can't be written here" in checked.stdout
    assert {path: path.read_bytes() for path in store.iterdir()} == before
    assert_one_line(as_nobody("check", "--repair", "--database", f"sqlite:{file}"), "may not write")


# PostgreSQL --------------------------------------------------------------------------------------

@pytest.fixture
def stranger(backend, postgres):
    """A role that may log in, and a database of somebody else."""
    database = postgres.new_database().rsplit("/", 1)[1]
    role = f"stranger_{database}"
    postgres.sql(f"CREATE ROLE {role} LOGIN")
    yield role, database
    postgres.sql(f"DROP DATABASE {database} WITH (FORCE)")
    postgres.sql(f"DROP ROLE {role}")


def url_of(postgres, role, database, parameters=""):
    return f"postgresql://{role}@127.0.0.1:{postgres.port}/{database}{parameters}"


@pytest.mark.only("postgresql")
def test_a_role_without_rights_on_the_schema(postgres, stranger):
    role, database = stranger
    url = url_of(postgres, role, database)
    for command in (["migrate"], ["migrate", "--dry-run"]):
        assert_one_line(program.run(*command, "--database", url), f"The role {role} has no right",
                        f"GRANT CREATE ON SCHEMA public TO {role}")

    postgres.sql("REVOKE USAGE ON SCHEMA public FROM PUBLIC", database)
    for command in (["migrate"], ["check"], ["keys", "list"], serve()):
        assert_one_line(program.run(*command, "--database", url),
                        f"The role {role} may use no schema of its search_path", "GRANT USAGE")

    postgres.sql(f"GRANT USAGE, CREATE ON SCHEMA public TO {role}", database)
    assert program.run("migrate", "--database", url).returncode == 0


@pytest.mark.only("postgresql")
def test_tables_of_another_role(postgres, stranger):
    role, database = stranger
    owner = url_of(postgres, "botapi", database)
    assert program.run("migrate", "--database", owner).returncode == 0

    for command in (["check"], ["keys", "list"], serve()):
        assert_one_line(program.run(*command, "--database", url_of(postgres, role, database)),
                        "refuses the role a right: ", "permission denied for table botapi_schema",
                        "owns the tables")


@pytest.mark.only("postgresql")
@pytest.mark.parametrize("path, part", [
    ("", "is empty"), ("nowhere", "may use no schema of its search_path (nowhere)"),
])
def test_a_search_path_that_leads_nowhere(postgres, stranger, path, part):
    role, database = stranger
    postgres.sql(f"ALTER ROLE {role} SET search_path = '{path}'")

    for command in (["migrate"], ["check"], ["keys", "list"], serve()):
        assert_one_line(program.run(*command, "--database", url_of(postgres, role, database)),
                        role, "search_path", part)


@pytest.mark.only("postgresql")
@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII"])
def test_another_encoding_is_refused_before_anything_is_done(backend, postgres, encoding):
    database = f"encoded_{encoding.lower()}"
    postgres.sql(f"CREATE DATABASE {database} TEMPLATE template0 ENCODING '{encoding}' LOCALE 'C'")
    url = url_of(postgres, "botapi", database)

    for command in (["migrate"], ["migrate", "--dry-run"], ["keys", "list"], serve()):
        assert_one_line(program.run(*command, "--database", url), f"encoding is {encoding}", "UTF8",
                        "CREATE DATABASE")
    assert postgres.sql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'",
                        database).strip() == "0"


@pytest.mark.only("postgresql")
def test_a_connection_that_is_refused(postgres, stranger):
    role, database = stranger
    postgres.sql(f"CREATE ROLE {role}_group")
    postgres.sql(f"REVOKE CONNECT ON DATABASE {database} FROM PUBLIC")
    here = f"127.0.0.1:{postgres.port}"
    cases = [
        (f"postgresql://{role}_group:secret@{here}/{database}", "not permitted to log in", "LOGIN"),
        (f"postgresql://nobody_known:secret@{here}/{database}", "does not exist", "CREATE ROLE"),
        (f"postgresql://botapi:secret@{here}/no_such", "does not exist", "CREATE DATABASE"),
        (f"postgresql://{role}:secret@{here}/{database}", "permission denied", "GRANT CONNECT"),
        (f"postgresql://botapi:secret@127.0.0.1:{free_port()}/x", "Connection refused",
         "listen_addresses"),
        ("postgresql://botapi:secret@no-such-host.invalid/x", "no-such-host.invalid", "DNS"),
        ("postgresql:///x?host=/no/such/folder", "No such file or directory", "name its host"),
        (f"postgresql://botapi:secret@{here}/x?sslmode=require", "SSL", "sslmode"),
        (f"postgresql://botapi:secret@{here}/x?sslmode=nonsense", "nonsense", "sslmode"),
    ]
    try:
        for url, cause, cure in cases:
            for command in (["migrate"], ["check"], serve()):
                assert_one_line(program.run(*command, "--database", url), cause, cure)
    finally:
        postgres.sql(f"DROP ROLE {role}_group")


@pytest.mark.only("postgresql")
def test_a_wrong_password(backend):
    from kit.postgres import Postgres

    guarded = Postgres()
    try:
        guarded.sql("CREATE ROLE guarded LOGIN PASSWORD 'right'")
        rules = guarded.folder / "data" / "pg_hba.conf"
        before = rules.read_text()
        rules.write_text("host all guarded 127.0.0.1/32 scram-sha-256\n" + before)
        guarded.sql("SELECT pg_reload_conf()")
        here = f"127.0.0.1:{guarded.port}/postgres"
        for user, cause in (("guarded:secret", "password authentication failed"),
                            ("guarded", "no password supplied")):
            assert_one_line(program.run("migrate", "--database", f"postgresql://{user}@{here}"),
                            cause, "PGPASSFILE")
        rules.write_text("host all botapi 127.0.0.1/32 trust\n")
        guarded.sql("SELECT pg_reload_conf()")
        assert_one_line(program.run("migrate", "--database", f"postgresql://guarded:secret@{here}"),
                        "no pg_hba.conf entry", "Add a line")
    finally:
        guarded.remove()


def test_an_unknown_parameter_is_named():
    done = program.run("migrate", "--database", "postgresql://me:secret@h/x?pool_size=5")

    assert done.returncode == 2
    assert '"pool_size"' in done.stderr and "secret" not in done.stderr
