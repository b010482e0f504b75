"""A published layout is in the list, is told of, and has an example; what is left out is named with its place."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from pathlib import Path

import pytest

from hybrid_toolkit.data import published
from hybrid_toolkit.data.published import load_published
from hybrid_toolkit.data.published.layouts import LAYOUTS

EXAMPLES = {
    "dfe-tidy": (
        "time_period,time_identifier,geographic_level,country_code,country_name,children\n"
        "2024,Calendar year,National,E92000001,England,12\n",
        {"area_code": "E92000001", "period": "2024", "measure": "children", "value": 12.0},
    ),
    "area-table": (
        "LAD22CD,LAD22NM,Rate\nE06000001,Hartlepool,1.5\n",
        {"area_code": "E06000001", "period": "2022", "measure": "Rate", "value": 1.5},
    ),
}
"""Layout -> a small file in it, made up, and what one of its cells should be read as."""
PLACE = "hybrid_toolkit/data/published/layouts.py"


def test_every_layout_has_an_example_and_is_told_of() -> None:
    names = [layout.name for layout in LAYOUTS]
    assert len(set(names)) == len(names), f"a name stands twice in LAYOUTS of {PLACE}"
    gone = sorted(set(names) ^ set(EXAMPLES))
    assert not gone, f"in only one of LAYOUTS of {PLACE} and EXAMPLES of {__file__}: {gone}"
    told = " ".join((load_published.__doc__ or "").split())
    silent = [layout.name for layout in LAYOUTS if layout.words not in told]
    assert not silent, f"the docstring of load_published (data/published/load.py) does not hold the words of {silent}"


def test_every_recogniser_is_in_the_list() -> None:
    """A function ``is_<layout>`` of a module in this room tells a layout apart, so some layout must use it."""
    used = {layout.recognises for layout in LAYOUTS}
    seen = set()
    for found in pkgutil.walk_packages(published.__path__, f"{published.__name__}."):
        module = import_module(found.name)
        for name, one in vars(module).items():
            takes = getattr(one, "__annotations__", {})
            if name.startswith("is_") and "Rectangle" in takes.values() and one.__module__ == module.__name__:
                assert one in used, f"{found.name}.{name} recognises a layout that is not in LAYOUTS of {PLACE}"
                seen.add(one)
    assert seen, "no module of data/published has a function is_<layout> of a Rectangle"


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_read_by_its_layout(tmp_path: Path, name: str) -> None:
    text, wanted = EXAMPLES[name]
    file = tmp_path / "any name.csv"
    file.write_text(text, encoding="utf-8")
    out = load_published(file)
    told = f"read as {out.layout}, not {name}: does an earlier layout of LAYOUTS of {PLACE} recognise it, or does its "
    assert out.layout == name, told + "Piece have another name?"
    cells = out.tidy()[list(wanted)].to_dict("records")
    assert wanted in cells, cells
