"""Schemathesis: requests made from the OpenAPI document, and every answer compared with it."""

import os
import subprocess
from pathlib import Path

import pytest

from kit.keys import Keys

HERE = Path(__file__).parent

pytestmark = pytest.mark.only("sqlite")


@pytest.fixture
def keys(start_server):
    made = Keys(start_server("--max-client-rate", "0"))
    yield made
    made.close()


def test_schemathesis_finds_nothing(keys, tools, tmp_path):
    authorization = keys.root.headers["Authorization"]
    reply = subprocess.run(
        [tools.pypi("schemathesis"), "--config-file", HERE / "schemathesis.toml", "run",
         f"{keys.server.url}/openapi.json", "--checks", "all", "--max-examples", "5",
         "--seed", "1", "--header", f"Authorization: {authorization}",
         "--suppress-health-check", "all", "--no-color",
         # They would take away the key that the rest runs with.
         "--exclude-operation-id", "revokeKeys", "--exclude-operation-id", "revokeKey"],
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=900,
        env=os.environ | {"SCHEMATHESIS_HOOKS": str(HERE / "hooks.py")})

    assert reply.returncode == 0, reply.stdout[-20000:] + reply.stderr
