# SPDX-License-Identifier: Apache-2.0
"""The objects of this folder: each says in an annotation whether its API's own schema accepts it."""
import pathlib
import re

FOLDER = pathlib.Path(__file__).parent / "objects"


class Case:
    """One object: `expect: valid`, or `expect: invalid <the field that is wrong>`."""

    def __init__(self, document):
        self.kind = re.search(r"^kind: (\S+)$", document, re.M)[1]
        self.name = re.search(r"^  name: (\S+)$", document, re.M)[1]
        verdict, _, self.field = re.search(r"^    expect: (.*)$", document, re.M)[1].partition(" ")
        assert verdict in ("valid", "invalid"), document
        self.valid = verdict == "valid"

    @property
    def key(self):
        """What exceptions are listed by."""
        return f"{self.kind}/{self.name}"


def read():
    """All cases by key."""
    cases = {}
    for path in sorted(FOLDER.glob("*.yaml")):
        for document in path.read_text().split("---\n"):
            case = Case(document)
            assert case.key not in cases, f"{path}: {case.key} is there twice"
            cases[case.key] = case
    return cases


def exceptions(name):
    """The lines `Kind/name why` of a list, by key."""
    found = {}
    for line in (pathlib.Path(__file__).parent / name).read_text().splitlines():
        words = line.split()
        if words and not line.startswith("#"):
            found[words[0]] = " ".join(words[1:])
    return found
