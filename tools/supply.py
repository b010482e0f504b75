"""``python -m tools.supply [FILE]``: the bill of materials as CycloneDX JSON; ``--page``: ``docs/licences.md``.

Both are read from the metadata of what is installed: the requirements of ``pyproject.toml``, those of its extras, and
in turn theirs. What only an extra brings is optional in the bill, and the page says which extra.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from hybrid_toolkit.data.atomic_output import atomic_write_text
from tools.environment import requirements

PAGE = Path(__file__).parent.parent / "docs" / "licences.md"
ITSELF = "the toolkit"
LONGEST = 80
"""Characters beyond which a licence field holds the licence's text and not its name."""


@dataclass(frozen=True, slots=True)
class Component:
    """A package that comes with an install, and what asks for it; ``extras`` is empty where a plain one brings it."""

    name: str
    version: str
    licence: str
    asked_by: frozenset[str]
    extras: tuple[str, ...] = ()


def components() -> list[Component]:
    """Every package that the toolkit or an extra of it brings, itself not among them, by name."""
    stated = requirements()
    plain = _brought(stated.pop(""))
    brought_by = {extra: _brought(asked) for extra, asked in stated.items()}
    found = plain.copy()
    for name in {n for parts in brought_by.values() for n in parts if n not in plain}:
        bringing = {extra: parts[name] for extra, parts in brought_by.items() if name in parts}
        asked_by = frozenset[str]().union(*(part.asked_by for part in bringing.values()))
        found[name] = replace(next(iter(bringing.values())), asked_by=asked_by, extras=tuple(bringing))
    return [found[name] for name in sorted(found)]


def _brought(stated: list[str]) -> dict[str, Component]:
    asked = [(ITSELF, Requirement(r)) for r in stated]
    found: dict[str, Component] = {}
    asked_by: dict[str, set[str]] = {}
    seen: set[tuple[str, str]] = set()
    while asked:
        by, requirement = asked.pop()
        name = canonicalize_name(requirement.name)
        asked_by.setdefault(name, set()).add(by)
        extras = [e for e in ("", *sorted(requirement.extras)) if (name, e) not in seen]
        seen |= {(name, e) for e in extras}
        if not extras:
            continue
        here = metadata.distribution(name)
        found[name] = Component(name, here.version, licence_of(here.metadata), frozenset())
        for text in here.requires or []:
            needed = Requirement(text)
            if needed.marker is None or any(needed.marker.evaluate({"extra": e}) for e in extras):
                asked.append((name, needed))
    return {name: replace(part, asked_by=frozenset(asked_by[name])) for name, part in found.items()}


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
                "scope": "optional" if c.extras else "required",
            }
            for c in parts
        ],
    }


def page(parts: list[Component]) -> str:
    """The page of licences: what a plain install brings, then what the extras add."""
    plain, more = [c for c in parts if not c.extras], [c for c in parts if c.extras]
    lines = [
        "# Licences of what comes with an install",
        "",
        f"A plain install brings {len(plain)} packages and the extras {len(more)} more. None is under the GPL or the",
        "Business Source License. `ARCHITECTURE.md` says what those are for that the toolkit asks for itself; the",
        'column "asked for by" says which package needs each of the others. Versions are in `requirements.lock`.',
        "",
        "This page is made by `python -m tools.supply --page` from the metadata of the packages, on Linux; others",
        "need a few others. `python -m tools.supply FILE.json` writes the bill of materials (CycloneDX).",
        "",
        "## A plain install",
        "",
        "| package | licence | asked for by |",
        "|---|---|---|",
        *(f"| {c.name} | {c.licence} | {_askers(c)} |" for c in plain),
        "",
        "## Extras",
        "",
        "| package | licence | asked for by | extra |",
        "|---|---|---|---|",
        *(f"| {c.name} | {c.licence} | {_askers(c)} | {', '.join(c.extras)} |" for c in more),
    ]
    return "\n".join(lines) + "\n"


def _askers(part: Component) -> str:
    return ITSELF if ITSELF in part.asked_by else ", ".join(sorted(part.asked_by))


def main(arguments: list[str]) -> int:
    """Write the bill of materials or the page; exit 1 where a licence is of the GPL or the BUSL."""
    parser = argparse.ArgumentParser(prog="python -m tools.supply", description=__doc__)
    parser.add_argument("file", nargs="?", help="where the bill of materials is written; shown where left out")
    parser.add_argument("--page", action="store_true", help="write docs/licences.md instead")
    given = parser.parse_args(arguments)
    parts = components()
    text = json.dumps(bill(parts), indent=2) + "\n"
    if given.page:
        atomic_write_text(PAGE, page(parts))
    elif given.file:
        atomic_write_text(given.file, text)
    else:
        print(text, end="")
    return int(any(is_copyleft(c.licence) for c in parts))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
