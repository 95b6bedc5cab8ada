"""The profile `available`, as far as it can be checked without an engine: tests/torture runs the
same files without containers."""

import os
import re
import shutil
import subprocess
import sys

import pytest
import yaml

from conftest import COMPOSE_FILE, ROOT

sys.path.insert(0, str(ROOT / "tests/e2e"))

from kit.patroni import MEMBERS, SAMPLE, Host, Member  # noqa: E402

HAPROXY = shutil.which("haproxy", path=os.environ.get("PATH", "") + ":/usr/sbin")


@pytest.fixture(name="compose")
def parsed():
    return yaml.safe_load(COMPOSE_FILE.read_text())


def of_profile(compose):
    return {name: service for name, service in compose["services"].items()
            if "available" in service.get("profiles", [])}


def test_the_members_get_the_settings_that_the_tests_give_them(compose, tmp_path):
    address = type("Etcd", (), {"address": "etcd:2379"})
    tested = Member("pg1", tmp_path, {}, Host(), address).environment

    for name in MEMBERS:
        deployed = compose["services"][name]["environment"]
        assert set(deployed) == {one for one in tested if one.startswith(("PATRONI_", "POSTGRES_"))}
        assert deployed["PATRONI_NAME"] == name
        assert deployed["PATRONI_POSTGRESQL_CONNECT_ADDRESS"] == f"{name}:5432"
        for same in ("RESTAPI_USERNAME", "SUPERUSER_USERNAME", "REPLICATION_USERNAME"):
            assert deployed[f"PATRONI_{same}"] == tested[f"PATRONI_{same}"]


def test_haproxy_leads_to_the_members_of_the_profile(compose):
    text = (SAMPLE / "primary.cfg").read_text()

    assert re.findall(r"server (\w+) (\w+):5432", text) == [(name, name) for name in MEMBERS]
    assert set(MEMBERS) <= set(of_profile(compose))


@pytest.mark.skipif(not HAPROXY, reason="haproxy is not installed")
def test_haproxy_takes_the_configuration_in_containers():
    done = subprocess.run(
        [HAPROXY, "-c", "-f", SAMPLE / "primary.cfg"], capture_output=True, text=True, check=False,
        env=os.environ | {"BOTAPI_IN_CONTAINERS": "yes"}, timeout=60)

    assert done.returncode == 0, done.stderr


def test_services_depend_on_services_of_their_profile(compose):
    for name, service in of_profile(compose).items():
        wanted = list(service.get("depends_on", []))
        assert set(wanted) <= set(of_profile(compose)), name


def test_only_what_needs_the_databases_reaches_them(compose):
    services = of_profile(compose)
    reaching = {name for name, one in services.items() if "storage" in one["networks"]}

    assert reaching == set(services) - {"available"}
    assert not any("ports" in services[name] for name in reaching)
    for name, one in services.items():
        assert one["cap_drop"] == ["ALL"], name


def test_the_image_has_what_the_members_need():
    recipe = (SAMPLE / "Dockerfile").read_text()

    for file in re.findall(r"(?m)^COPY (\S+)", recipe):
        assert (SAMPLE / file).is_file()
    dev = (ROOT / "dev").read_text()
    packages = re.search(r"available_packages=\(([^)]*)\)", dev)[1].split()
    assert {one for one in packages if one not in ("postgresql", "haproxy", "iproute2")} <= \
        set(recipe.split())


def test_strict_synchronous_replication_is_on():
    parsed = yaml.safe_load((SAMPLE / "patroni.yaml").read_text())["bootstrap"]["dcs"]

    assert parsed["synchronous_mode"] is parsed["synchronous_mode_strict"] is True
    assert parsed["postgresql"]["parameters"]["synchronous_commit"] == "on"
    assert parsed["loop_wait"] + 2 * parsed["retry_timeout"] <= parsed["ttl"]
