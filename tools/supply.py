"""``python -m tools.supply [FILE]``: the bill of materials of a plain install, as CycloneDX JSON, with every licence.

It is read from the metadata of what is installed: the run-time requirements of ``pyproject.toml`` and, in turn, theirs.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from hybrid_toolkit.data.atomic_output import atomic_write_text

PROJECT = Path(__file__).parent.parent / "pyproject.toml"
LONGEST = 80
"""Characters beyond which a licence field holds the licence's text and not its name."""


@dataclass(frozen=True, slots=True)
class Component:
    """A package that comes with an install."""

    name: str
    version: str
    licence: str


def components() -> list[Component]:
    """Every package that the run-time requirements bring, itself not among them, by name."""
    asked = [Requirement(r) for r in tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]["dependencies"]]
    found: dict[str, Component] = {}
    seen: set[tuple[str, str]] = set()
    while asked:
        requirement = asked.pop()
        name = canonicalize_name(requirement.name)
        extras = [e for e in ("", *sorted(requirement.extras)) if (name, e) not in seen]
        seen |= {(name, e) for e in extras}
        if not extras:
            continue
        here = metadata.distribution(name)
        found[name] = Component(name, here.version, licence_of(here.metadata))
        for text in here.requires or []:
            needed = Requirement(text)
            if needed.marker is None or any(needed.marker.evaluate({"extra": e}) for e in extras):
                asked.append(needed)
    return [found[name] for name in sorted(found)]


def licence_of(about: metadata.PackageMetadata) -> str:
    """The licence as the package states it: an expression, else its classifiers, else a short field."""
    fields = {k: [v for v in about.get_all(k) or [] if v] for k in ("License-Expression", "Classifier", "License")}
    if fields["License-Expression"]:
        return str(fields["License-Expression"][0])
    named = [c.rpartition(" :: ")[2] for c in fields["Classifier"] if c.startswith("License :: ") and c.count("::") > 1]
    if named:
        return " OR ".join(named)
    short = [text for text in fields["License"] if len(text) <= LONGEST]
    return short[0] if short else "not stated"


def is_copyleft(licence: str) -> bool:
    """Whether every licence that is offered is of the GPL or the BUSL (the Lesser GPL is not meant).

    Examples
    --------
    >>> [is_copyleft(x) for x in ("GPL-3.0-only", "LGPL-3.0", "MIT OR GPL-2.0", "BUSL-1.1", "BSD-3-Clause")]
    [True, False, False, True, False]
    """
    return all(
        re.search(r"(?<!L)GPL|BUSL|Business Source|(?<!Lesser )General Public", one)
        for one in re.split(r"\s+OR\s+", licence)
    )


def bill(parts: list[Component]) -> dict[str, object]:
    """The components as a CycloneDX 1.5 document."""
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "components": [
            {
                "type": "library",
                "name": c.name,
                "version": c.version,
                "purl": f"pkg:pypi/{c.name}@{c.version}",
                "licenses": [{"license": {"name": c.licence}}],
            }
            for c in parts
        ],
    }


def main(arguments: list[str]) -> int:
    """Write the bill of materials; exit 1 where a licence is of the GPL or the BUSL."""
    parts = components()
    text = json.dumps(bill(parts), indent=2) + "\n"
    if arguments:
        atomic_write_text(arguments[0], text)
    else:
        print(text, end="")
    return int(any(is_copyleft(c.licence) for c in parts))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
