"""A lens is public, has a page in the app and a paragraph in the guide; what is left out is named."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from pathlib import Path

import pytest

import hybrid_toolkit as ht
from hybrid_toolkit import widgets
from hybrid_toolkit.app.pages.look import DRAWN_LENSES, LOOKS
from hybrid_toolkit.widgets.lenses.lens_widget import LensWidget

GUIDE = "docs/widgets.md"
MODULES = [m.name for m in pkgutil.walk_packages(widgets.__path__, f"{widgets.__name__}.") if not m.ispkg]


def lenses() -> list[type[LensWidget]]:
    """Every class that fills in what ``LensWidget`` asks for, wherever in the room it stands."""
    for name in MODULES:
        import_module(name)
    return sorted((k for k in LensWidget.__subclasses__() if hasattr(k, "FUNCTION")), key=lambda k: k.__name__)


def test_every_module_of_a_lens_has_its_widget() -> None:
    used = {k.VIEWS.__module__ for k in lenses()}
    for name in MODULES:
        module = import_module(name)
        own = {n: k for n, k in vars(module).items() if getattr(k, "__module__", "") == name}
        views = [n for n, k in own.items() if n.endswith("Views") and not getattr(k, "_is_protocol", False)
                 and all(hasattr(k, part) for part in ("empty", "choices", "view", "reference"))]  # fmt: skip
        assert not views or name in used, f"{views[0]} of {name} has no LensWidget with VIEWS = {views[0]}"


def test_every_room_of_widgets_is_searched() -> None:
    assert {m.split(".")[2] for m in MODULES} >= {"lenses", "explorer", "planning", "practice", "desks", "parts"}
    assert len(lenses()) >= 5


@pytest.mark.parametrize("lens", lenses(), ids=lambda k: k.__name__)
def test_a_lens_can_be_found(lens: type[LensWidget]) -> None:
    name = lens.__name__
    assert ht._PUBLIC.get(name) == lens.__module__, f"'{name}' is not in _PUBLIC of hybrid_toolkit/__init__.py"
    where = "hybrid_toolkit/app/pages/look.py"
    views = (lens.VIEWS.__module__.removeprefix(f"{widgets.__name__}."), name)
    keys = [key for key, drawn in DRAWN_LENSES.items() if drawn == views]
    assert keys, f"'{name}' has no line {views} in DRAWN_LENSES of {where}"
    fields = set(lens.STATE.__dataclass_fields__)
    assert keys[0] in LOOKS, f"'{keys[0]}' of DRAWN_LENSES has no page in LOOKS of {where}"
    assert set(LOOKS[keys[0]][2]) == fields, (
        f"filters of '{keys[0]}' in LOOKS of {where} are not the fields of its state"
    )
    guide = (Path(__file__).resolve().parents[2] / GUIDE).read_text(encoding="utf-8")
    assert f"**`{name}`**" in guide, f"{GUIDE} has no paragraph that begins **`{name}`**"
    module, function = lens.FUNCTION
    assert callable(getattr(import_module(module), function, None)), f"FUNCTION of {name} names no function of {module}"
    assert set(lens.LABELS) == set(lens.STATE.__dataclass_fields__), f"LABELS of {name} are not the fields of its state"
