"""Libraries that are loaded before all others, and fail in place of the system."""

import shutil
import subprocess
from pathlib import Path

import pytest


def build(name, folder):
    compiler = shutil.which("gcc") or shutil.which("cc")
    if not compiler:
        pytest.skip(f"no C compiler: what {name}.c breaks is NOT tested here")
    made = folder / f"{name}.so"
    source = Path(__file__).with_name(f"{name}.c")
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", made, source, "-ldl"], check=True)
    return str(made)
