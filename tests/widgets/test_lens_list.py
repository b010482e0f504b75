"""A lens is public, has a page in the app and a paragraph in the guide; what is left out is named."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from pathlib import Path

import pytest

import hybrid_toolkit as ht
from hybrid_toolkit import widgets
from hybrid_toolkit.app.work.look_at_data import DRAWN_LENSES
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
    where = "DRAWN_LENSES of hybrid_toolkit/app/work/look_at_data.py"
    views = (lens.VIEWS.__module__.removeprefix(f"{widgets.__name__}."), name)
    assert views in DRAWN_LENSES.values(), f"'{name}' has no page of the app in {where}"
    guide = (Path(__file__).resolve().parents[2] / GUIDE).read_text(encoding="utf-8")
    assert f"**`{name}`**" in guide, f"{GUIDE} has no paragraph that begins **`{name}`**"
    module, function = lens.FUNCTION
    assert callable(getattr(import_module(module), function, None)), f"FUNCTION of {name} names no function of {module}"
    assert set(lens.LABELS) == set(lens.STATE.__dataclass_fields__), f"LABELS of {name} are not the fields of its state"
