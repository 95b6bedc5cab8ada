"""The manifests of compose/kubernetes: by the schemas of Kubernetes, and beside the program."""

import json
import re
from pathlib import Path

import jsonschema
import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "compose/kubernetes"
SCHEMAS = ROOT / "build/python/kubernetes_validate/kubernetes-json-schema"
VERSIONS = ["v1.28.0", "v1.37.0"]  # The oldest that is tried, and the newest.
OF_KUBERNETES = ["deployment", "service", "autoscaler", "disruption-budget", "network-policy"]


def manifest(name):
    return yaml.safe_load((FOLDER / f"{name}.yaml").read_text())


def faults_of(made, version):
    folder = SCHEMAS / f"{version}-local-strict"
    group, _, api = made["apiVersion"].rpartition("/")
    parts = [made["kind"].lower(), *([group.split(".")[0]] if group else []), api]
    schema = json.loads((folder / ("-".join(parts) + ".json")).read_text())
    definitions = json.loads((folder / "_definitions.json").read_text())
    resolver = jsonschema.RefResolver.from_schema(
        schema, store={one["$id"]: one for one in (schema, definitions)})
    checker = jsonschema.Draft202012Validator(schema, resolver=resolver)
    return [f"{'/'.join(map(str, fault.path))}: {fault.message}"
            for fault in checker.iter_errors(made)]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", OF_KUBERNETES)
def test_manifests_fit_the_schemas_of_kubernetes(name, version):
    assert not faults_of(manifest(name), version)


@pytest.mark.parametrize("change", [{"replicaz": 2}, {"replicas": "two"}])
def test_the_schemas_find_a_fault(change):
    made = manifest("deployment")
    made["spec"] |= change
    assert faults_of(made, VERSIONS[0])


def test_kustomize_takes_every_manifest():
    listed = manifest("kustomization")["resources"]

    assert sorted(listed) == sorted(path.name for path in FOLDER.glob("*.yaml")
                                    if path.name != "kustomization.yaml")


def test_selectors_find_the_pods():
    pod = manifest("deployment")["spec"]["template"]
    labels = pod["metadata"]["labels"].items()
    port = pod["spec"]["containers"][0]["ports"][0]["name"]

    assert manifest("deployment")["spec"]["selector"]["matchLabels"].items() <= labels
    assert manifest("service")["spec"]["selector"].items() <= labels
    assert manifest("disruption-budget")["spec"]["selector"]["matchLabels"].items() <= labels
    assert manifest("network-policy")["spec"]["podSelector"]["matchLabels"].items() <= labels
    assert manifest("service-monitor")["spec"]["selector"]["matchLabels"].items() <= \
        manifest("service")["metadata"]["labels"].items()
    assert manifest("service")["spec"]["ports"][0]["targetPort"] == port
    assert manifest("autoscaler")["spec"]["scaleTargetRef"]["name"] == \
        manifest("deployment")["metadata"]["name"]
    assert manifest("disruption-budget")["spec"]["minAvailable"] < \
        manifest("autoscaler")["spec"]["minReplicas"]


def test_what_the_manifests_ask_of_the_program_exists():
    settings = (ROOT / "docs/configuration.md").read_text()
    paths = json.loads((ROOT / "adapters/http/pages/openapi.json").read_text())["paths"]
    pod = manifest("deployment")["spec"]["template"]["spec"]
    (server,), (migrate,) = pod["containers"], pod["initContainers"]

    assert server["args"][0] == "serve" and migrate["args"] == ["migrate"]
    text = (FOLDER / "deployment.yaml").read_text()
    for flag in re.findall(r"- (--[a-z-]+)", text):
        assert f"`{flag}`" in settings, flag
    for one in server["env"]:
        assert f"`{one['name']}`" in settings, one
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        assert server[probe]["httpGet"]["path"] in paths
    assert manifest("service-monitor")["spec"]["endpoints"][0]["path"] in paths


def test_a_pod_may_finish_before_it_is_killed():
    pod = manifest("deployment")["spec"]["template"]["spec"]
    delay = int(re.search(r"--shutdown-delay=(\d+)s", " ".join(pod["containers"][0]["args"]))[1])
    checks = pod["containers"][0]["readinessProbe"]

    assert pod["terminationGracePeriodSeconds"] > delay + 10 + 10  # drain-timeout, webhooks.
    assert delay > checks["periodSeconds"] * (checks["failureThreshold"] + 1)
