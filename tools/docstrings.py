"""Check the docstrings of every public name with numpydoc: ``python -m tools.docstrings [--list CHECK] [--write]``.

The names are those of ``tools.public_names``, with their public methods and the classes that they give back. What is
asked is in ``CHECKS`` and ``OWN``. ``tools/docstring-counts.csv`` keeps how many names fail each check: the counts may
only fall, and ``--write`` records that they have. ``--list PR01`` prints the names that fail one check.
"""

from __future__ import annotations

import argparse
import csv
import inspect
import re
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

from numpydoc.validate import Validator, validate

from tools.public_names import public_methods, public_names, returned_classes

ROOT = Path(__file__).resolve().parents[1]
COUNTS = ROOT / "tools" / "docstring-counts.csv"
CHECKS = {
    "GL06": "a section that numpydoc does not know",
    "GL07": "sections in another order than numpydoc's",
    "GL08": "no docstring",
    "PR01": "a parameter is not documented",
    "PR02": "a documented parameter does not exist",
    "PR03": "parameters in another order than in the signature",
    "PR04": "a parameter has no type",
    "PR05": "a type ends with a full stop",
    "PR06": "a type is not named as in Python",
    "PR07": "a parameter has no description",
    "PR08": "a description starts with a small letter",
    "PR09": "a description does not end with a full stop",
    "PR10": "no space around the colon before a type",
    "RT01": "no Returns section",
    "RT02": "a Returns section does not start with the type alone",
    "RT03": "a returned value has no description",
    "RT04": "the description of a returned value starts with a small letter",
    "RT05": "the description of a returned value does not end with a full stop",
    "YD01": "no Yields section",
}
"""Checks of numpydoc, as in ``[tool.numpydoc_validation]`` of ``pyproject.toml``."""
OWN = {
    "EX01": "a public function or class has no example",
    "RF01": "a source is named, but there is no References section",
}
"""Checks of this project."""
SOURCE = re.compile(r"[A-Z][\w'-]*\w(?:,? (?:and (?:others|[A-Z][\w'-]+)|et al\.?))?,? \(?(?:18|19|20)\d\d\b")
"""An author and a year, such as ``Callaway and Sant'Anna (2021)`` or ``(Cohen 1960)``."""
MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
NO_AUTHOR = re.compile(rf"(?:{MONTHS}|Act) \d{{4}}")


def checked() -> Iterator[tuple[str, bool]]:
    """Every dotted name that is checked, and whether it is a public name itself and not a method."""
    names = list(public_names())
    for name in [*names, *returned_classes(names)]:
        if name.kind != "data":
            yield name.path, True
            if name.kind == "class":
                yield from ((f"{name.path}.{method}", False) for method, _ in public_methods(name.value))


def failures() -> dict[str, list[str]]:
    """Check -> the names that fail it, one entry a failure."""
    found: dict[str, list[str]] = {check: [] for check in (*CHECKS, *OWN)}
    for path, by_itself in checked():
        owner = Validator._load_obj(path)
        protocol = getattr(owner, "_is_protocol", False)  # nobody calls its constructor
        with warnings.catch_warnings():  # numpydoc looks at every attribute, at those that ipywidgets retires too
            warnings.filterwarnings("ignore", r"Widget\._?\w+ is deprecated", DeprecationWarning)
            errors = validate(path)["errors"]
        for check, _ in errors:
            if check in CHECKS and not (protocol and check == "PR01"):
                found[check].append(path)
        text = inspect.getdoc(owner) or ""
        if by_itself and not protocol and ">>> " not in text and not _is_error(owner):
            found["EX01"].append(path)
        if SOURCE.search(NO_AUTHOR.sub("", text)) and "\nReferences\n---" not in text:
            found["RF01"].append(path)
    return found


def _is_error(owner: object) -> bool:
    return inspect.isclass(owner) and issubclass(owner, Exception)


def recorded() -> dict[str, int]:
    """The counts that may only fall; 0 for a check without one."""
    if not COUNTS.exists():
        return {}
    with COUNTS.open(encoding="utf-8", newline="") as lines:
        return {row["check"]: int(row["names"]) for row in csv.DictReader(lines)}


def record(counts: dict[str, int]) -> None:
    """Write the counts."""
    with COUNTS.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("check", "names", "what"))
        writer.writerows((check, counts[check], (CHECKS | OWN)[check]) for check in counts)


def main() -> None:
    """Count, compare, and stop with 1 where a count has risen."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--list", metavar="CHECK", help="print the names that fail a check")
    parser.add_argument("--write", action="store_true", help="record counts that have fallen")
    args = parser.parse_args()
    found = failures()
    if args.list:
        print("\n".join(found[args.list]))
        return
    counts, before = {check: len(names) for check, names in found.items()}, recorded()
    risen = [check for check in counts if counts[check] > before.get(check, 0)]
    fallen = [check for check in counts if counts[check] < before.get(check, 0)]
    if not COUNTS.exists() or (args.write and not risen):
        record(counts)
    elif risen:
        lines = [f"{c}: {counts[c]}, was {before.get(c, 0)} ({(CHECKS | OWN)[c]})" for c in risen]
        lines.append(f"See which with: python -m tools.docstrings --list {risen[0]}")
        sys.exit("More docstrings fail numpydoc's checks than before.\n" + "\n".join(lines))
    elif fallen:
        print(f"Fewer docstrings fail {', '.join(fallen)}: record it with python -m tools.docstrings --write")


if __name__ == "__main__":
    main()
