"""Starts the echo program, once for all tests, and sees to it that it lives through them."""

import os
import signal
import subprocess
from pathlib import Path

import pytest

from wire import Address


class Program:
    """A process of botapi-echo, on a port that the system picked."""

    def __init__(self, *arguments):
        root = Path(__file__).resolve().parents[2]
        binary = os.environ.get("BOTAPI_ECHO", root / "build/release/bin/botapi-echo")
        self.process = subprocess.Popen(
            [binary, "127.0.0.1:0", *arguments], stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        assert line.startswith("listening on "), line
        host, port = line.split()[-1].rsplit(":", 1)
        self.address = Address(host, int(port))

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)


@pytest.fixture(scope="session")
def program():
    started = Program()
    yield started
    assert started.process.poll() is None, "it died"
    assert started.stop() == 0


@pytest.fixture(scope="session")
def address(program):
    return program.address


@pytest.fixture
def impatient():
    """A server that waits a fifth of a second for clients that pause."""
    started = Program("200")
    yield started.address
    assert started.stop() == 0
