"""A store that somebody removes under a running server."""

from pathlib import Path

import pytest

from kit.api import Api, Talk, assert_problem
from kit.wait import eventually


# PostgreSQL drops no database that is in use: see commit_test.cpp.
@pytest.mark.only("sqlite")
@pytest.mark.expects_5xx
def test_a_server_whose_files_were_removed_stores_nothing_and_says_why(
        new_database, start_server):
    url = new_database()
    server = start_server(database=url)
    with Api(server) as api:
        talk = Talk(api)
        talk.say()
        for file in Path(url.removeprefix("sqlite:")).parent.glob("*"):
            file.unlink()

        refused = api.post("/messages", json=talk.message("Tem alguém aí?"))
        assert_problem(refused, 503, "unavailable", naming=["removed, or replaced"])
        ready = api.get("/readyz")
        assert_problem(ready, 503, naming=["removed, or replaced"])
        event = "the database's files were removed or replaced: the server stops writing"
        eventually(lambda: server.has_logged(event), "the log says why")
