"""What comes with an install: its licences, and a bill of materials that names every package once."""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from pathlib import Path

import pytest

from tools.supply import PAGE, components, is_copyleft, main

LOCK = Path(__file__).resolve().parents[2] / "requirements.lock"


def test_nothing_that_comes_with_an_install_is_gpl_or_busl() -> None:
    parts = components()
    assert {"numpy", "pandas", "python-dateutil"} <= {p.name for p in parts}
    assert len(parts) > 50
    assert [p.name for p in parts if is_copyleft(p.licence)] == []
    assert [p.name for p in parts if p.licence == "not stated"] == []


@pytest.mark.parametrize(
    ("licence", "held"),
    [
        ("GPL-3.0-or-later", True),
        ("GNU General Public License v3 (GPLv3)", True),
        ("AGPL-3.0", True),
        ("Business Source License 1.1", True),
        ("GNU Lesser General Public License v3 (LGPLv3)", False),
        ("MIT OR GPL-2.0-only", False),
        ("Apache Software License", False),
    ],
)
def test_which_licences_are_held(licence: str, held: bool) -> None:
    assert is_copyleft(licence) is held


def test_the_bill_of_materials_names_every_package_once(tmp_path: Path) -> None:
    assert main([str(tmp_path / "bom.json")]) == 0
    bill = json.loads((tmp_path / "bom.json").read_text(encoding="utf-8"))
    names = [c["name"] for c in bill["components"]]
    assert bill["bomFormat"] == "CycloneDX" and names == sorted(set(names))
    scopes = {c["name"]: c["scope"] for c in bill["components"]}
    assert scopes["pandas"] == "required" and scopes["sqlalchemy"] == scopes["jupyterlab"] == "optional"
    assert all(c["version"] and c["purl"].endswith(c["version"]) for c in bill["components"])


def of_other_versions() -> set[str]:
    """Packages of which this Python gets another version than Python 3.11, for which the page is written.

    A version may write the same licence otherwise: contourpy 1.3.3 "BSD License", 1.4.0 "BSD-3-Clause".
    """
    locked = Counter(re.findall(r"^([\w.-]+)==", LOCK.read_text(encoding="utf-8"), re.M))
    return {name for name, n in locked.items() if n > 1} if sys.version_info >= (3, 12) else set()


def test_the_page_of_licences_names_every_package_with_its_licence_and_who_asks_for_it() -> None:
    rows = {line.split(" | ")[0].strip("| "): line for line in PAGE.read_text(encoding="utf-8").splitlines()}
    parts, other = components(), of_other_versions()
    for part in parts:
        assert part.name in rows, "run: python -m tools.supply --page"
        assert part.name in other or f"| {part.licence} |" in rows[part.name], "run: python -m tools.supply --page"
    assert len([p for p in parts if not p.extras]) < 75, "a plain install became larger: is an extra the place?"
    assert "| matplotlib |" in rows["cycler"] and "| the toolkit |" in rows["numpy"]
