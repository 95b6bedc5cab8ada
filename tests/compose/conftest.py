"""Fixtures: the stack of compose/, built, started and, at the end, removed with its data."""

import json
import os
import re
import secrets
import shutil
import subprocess
import time
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).resolve().parents[2]
COMPOSE_FILE = ROOT / "compose/compose.yaml"
POSTGRES_FOLDER = ROOT / "compose/postgres"
BUILD_SECONDS_MAX = 1500


def succeeds(*command, timeout=60):
    try:
        return subprocess.run(command, capture_output=True, check=False,
                              timeout=timeout).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def output(*command, timeout=120, environment=None):
    """The output of the command. Fails with the output if the command fails."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          check=False, timeout=timeout, env=environment)
    assert done.returncode == 0, f"{command} failed:\n{done.stdout}"
    return done.stdout


def find_compose():
    if succeeds("docker", "compose", "version"):
        return ["docker", "compose"]
    if shutil.which("docker-compose"):
        return ["docker-compose"]
    pytest.skip("Docker Compose is not installed")


def is_there(image):
    return succeeds("docker", "image", "inspect", image) or succeeds("docker", "pull", image)


def find_images():
    """The images to start from, as the variables that choose them."""
    debian = os.environ.get("DEBIAN_IMAGE", "debian:bookworm-slim")
    if not is_there(debian):
        pytest.skip(f"the image {debian} is neither here nor in reach")
    postgres = os.environ.get("POSTGRES_IMAGE", "postgres:15")
    if not is_there(postgres):
        postgres = "botapi-test-postgres"
        output("docker", "build", "--build-arg", f"DEBIAN_IMAGE={debian}", "-t", postgres,
               POSTGRES_FOLDER, timeout=BUILD_SECONDS_MAX)
    return {"DEBIAN_IMAGE": debian, "POSTGRES_IMAGE": postgres}


class Stack:
    """One project of Docker Compose, with names of its own."""

    def __init__(self, compose, images):
        self.compose = compose
        self.environment = os.environ | images | {
            "BOTAPI_ADDRESS": "127.0.0.1",
            "BOTAPI_IMAGE": "botapi-test",
            "BOTAPI_INSECURE_OPEN": "yes",
            "BOTAPI_PORT": "0",  # The system picks one.
            "COMPOSE_PROJECT_NAME": f"botapi-test-{os.getpid()}",
            "POSTGRES_PASSWORD": secrets.token_hex(16),
        }

    def call(self, *arguments, timeout=300):
        return output(*self.compose, "-f", COMPOSE_FILE, *arguments, timeout=timeout,
                      environment=self.environment)

    def up(self):
        """Starts what is not running, and waits until it says that it is healthy."""
        self.call("up", "-d")
        deadline = time.monotonic() + 120
        while self.inspect("server")["State"]["Health"]["Status"] != "healthy":
            assert time.monotonic() < deadline, self.call("logs", "--no-color")
            time.sleep(0.5)

    def inspect(self, service):
        """The engine's description of the service's container."""
        container = self.call("ps", "-a", "-q", service).split()[-1]
        return json.loads(output("docker", "inspect", container))[0]

    def attempt(self, service, *command, user="10001"):
        """Runs the command in the service's container."""
        container = self.inspect(service)["Id"]
        return subprocess.run(["docker", "exec", "--user", user, container, *command],
                              capture_output=True, text=True, check=False, timeout=60)

    def api(self):
        address = re.search(r"\S+:\d+$", self.call("port", "server", "8000").strip())[0]
        return httpx.Client(base_url=f"http://{address}", timeout=30)


@pytest.fixture(scope="session")
def stack():
    if not succeeds("docker", "info"):
        pytest.skip("no container engine answers `docker info`")
    made = Stack(find_compose(), find_images())
    made.call("build", timeout=BUILD_SECONDS_MAX)
    try:
        made.up()
        yield made
    finally:
        made.call("down", "-v")


@pytest.fixture
def api(stack):
    with stack.api() as client:
        yield client
