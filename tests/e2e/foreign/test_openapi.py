"""The OpenAPI document, judged by Spectral."""

import json
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.only("sqlite")


def test_spectral_finds_nothing(server, api, tools, tmp_path):
    served = tmp_path / "openapi.json"
    served.write_bytes(api.get("/openapi.json").content)

    reply = subprocess.run(
        [tools.npm("spectral"), "lint", "--format", "json", "--quiet", "--fail-severity", "hint",
         "--ruleset", Path(__file__).with_name("spectral.yaml"), served],
        capture_output=True, text=True, check=False, timeout=120)

    assert reply.stdout.strip(), reply.stderr
    found = json.loads(reply.stdout)
    assert [(one["code"], ".".join(map(str, one["path"])), one["message"]) for one in found] == []
    assert reply.returncode == 0
