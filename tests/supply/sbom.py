"""Writes the program's bill of materials: SPDX 2.3, as JSON. Usage: sbom.py PROGRAM VERSION OUTPUT

It lists every shared library that the program loads, with its Debian package, and the packages
whose headers are compiled in. SOURCE_DATE_EPOCH sets the time of creation.
"""

import datetime
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys

# Only their headers are used: the program loads no library of them.
HEADERS = {"libboost1.81-dev": "Boost, of which the headers are compiled in",
           "libcli11-dev": "CLI11, of which the headers are compiled in"}
LINE = re.compile(r"^\s+(?:(?P<name>\S+) => )?(?P<path>/\S+) \(0x", re.MULTILINE)


def output_of(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def libraries(program):
    """The paths of all shared libraries that the program loads, by name."""
    lines = LINE.finditer(output_of("ldd", program))
    return {line["name"] or pathlib.Path(line["path"]).name: pathlib.Path(line["path"]).resolve()
            for line in lines}


def package_of(path):
    """The Debian package of a file. dpkg knows some files by their path before the /usr merge."""
    for name in (str(path), str(path).removeprefix("/usr")):
        search = subprocess.run(["dpkg-query", "--search", name], check=False, capture_output=True,
                                text=True)
        if search.returncode == 0:
            return search.stdout.split(": ")[0].split(",")[0].split(":")[0]
    raise LookupError(f"{path} belongs to no package")


def details_of(package):
    form = "${Version}\t${source:Package}\t${Architecture}\n"
    output = output_of("dpkg-query", "--show", "--showformat", form, package)
    return output.splitlines()[0].split("\t")


def digest_of(path):
    return hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()


def reference(name):
    return "SPDXRef-" + re.sub(r"[^A-Za-z0-9.-]", "-", name)


def entry(package, purpose):
    version, source, architecture = details_of(package)
    return {
        "SPDXID": reference(package), "name": package, "versionInfo": version,
        "supplier": "Organization: Debian", "downloadLocation": "NOASSERTION",
        "filesAnalyzed": False, "licenseConcluded": "NOASSERTION", "licenseDeclared": "NOASSERTION",
        "copyrightText": "NOASSERTION", "primaryPackagePurpose": "LIBRARY", "comment": purpose,
        "externalRefs": [{
            "referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
            "referenceLocator": f"pkg:deb/debian/{package}@{version}?arch={architecture}"
                                f"&upstream={source}&distro=debian-12"}],
    }


def document(program, version):
    by_package = {}
    for name, path in libraries(program).items():
        by_package.setdefault(package_of(path), []).append(name)
    parts = [entry(package, "Loaded: " + ", ".join(sorted(names)))
             for package, names in sorted(by_package.items())]
    parts += [entry(package, purpose) for package, purpose in HEADERS.items()]
    main = {
        "SPDXID": "SPDXRef-botapi", "name": "botapi", "versionInfo": version,
        "downloadLocation": "NOASSERTION", "filesAnalyzed": False,
        "licenseConcluded": "Apache-2.0", "licenseDeclared": "Apache-2.0",
        "copyrightText": "NOASSERTION", "primaryPackagePurpose": "APPLICATION",
        "checksums": [{"algorithm": "SHA256", "checksumValue": digest_of(program)}],
    }
    now = int(os.environ.get("SOURCE_DATE_EPOCH", datetime.datetime.now().timestamp()))
    created = datetime.datetime.fromtimestamp(now, datetime.timezone.utc)
    needs = [{"spdxElementId": main["SPDXID"], "relatedSpdxElement": part["SPDXID"],
              "relationshipType": "STATIC_LINK" if part["name"] in HEADERS else "DYNAMIC_LINK"}
             for part in parts]
    return {
        "spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT",
        "name": f"botapi-{version}",
        "documentNamespace": f"urn:botapi:sbom:{version}:{digest_of(program)}",
        "creationInfo": {"created": created.strftime("%Y-%m-%dT%H:%M:%SZ"),
                         "creators": ["Tool: botapi-sbom"]},
        "packages": [main, *parts],
        "relationships": [{"spdxElementId": "SPDXRef-DOCUMENT",
                           "relationshipType": "DESCRIBES",
                           "relatedSpdxElement": main["SPDXID"]}, *needs],
    }


def main():
    program, version, output = sys.argv[1:]
    text = json.dumps(document(program, version), indent=2) + "\n"
    pathlib.Path(output).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
