"""What comes with an install: its licences, and a bill of materials that names every package once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tools.supply import PAGE, components, is_copyleft, main


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


def test_the_page_of_licences_names_every_package_with_its_licence_and_who_asks_for_it() -> None:
    rows = {line.split(" | ")[0].strip("| "): line for line in PAGE.read_text(encoding="utf-8").splitlines()}
    parts = components()
    for part in parts:
        assert f"| {part.licence} |" in rows.get(part.name, ""), "run: python -m tools.supply --page"
    assert len([p for p in parts if not p.extras]) < 75, "a plain install became larger: is an extra the place?"
    assert "| matplotlib |" in rows["cycler"] and "| the toolkit |" in rows["numpy"]
