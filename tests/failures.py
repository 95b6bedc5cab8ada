"""Prints the tests that failed in a JUnit report, each with the end of what it said."""

import sys
from xml.etree import ElementTree

LINES = 30


def failures(report):
    for case in ElementTree.parse(report).iter("testcase"):
        for kind in ("failure", "error"):
            found = case.find(kind)
            if found is not None:
                # ctest puts what a test printed beside its failure, pytest into it.
                output = found.text or case.findtext("system-out") or found.get("message") or ""
                yield f'{case.get("classname")}: {case.get("name")}', output.splitlines()[-LINES:]


for name, said in failures(sys.argv[1]):
    print(f"--- {name}", *said, sep="\n    ")
