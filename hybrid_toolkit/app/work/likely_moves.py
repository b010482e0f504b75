"""What a visitor is likely to ask next, worked out in small steps while nobody asks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from hybrid_toolkit.errors import HybridToolkitError

if TYPE_CHECKING:
    from hybrid_toolkit.widgets.lenses.lens_view import LensView

See = Callable[[str, Mapping[str, str]], "LensView | None"]
"""Page and filters -> its view, kept for when it is asked for."""
MOST_EACH = 14
"""Values of a filter that are worked out, those nearest to the one that is shown first: a person moves step by step,
and a list of groups has no more."""


def likely_moves(
    see: See, lens: str, choices: Mapping[str, Mapping[str, str]], state: Mapping[str, str]
) -> Iterator[None]:
    """Each filter of a page moved by itself, nearest values first.

    Parameters
    ----------
    see : See
        Makes a view and keeps it; what cannot be shown is left to the question that asks for it.
    lens : str
        The page that is shown.
    choices : Mapping[str, Mapping[str, str]]
        Filter -> what it offers.
    state : Mapping[str, str]
        Filter -> what is chosen.

    Yields
    ------
    None
        After each view, so that a question can be answered first.

    Examples
    --------
    >>> seen = []
    >>> offered = {"at": {"1": "one", "2": "two", "3": "three", "4": "four"}}
    >>> steps = likely_moves(lambda page, asked: seen.append((page, *asked.values())), "a", offered, {"at": "3"})
    >>> len(list(steps)), seen
    (3, [('a', '4'), ('a', '2'), ('a', '1')])
    """
    for name, offered in choices.items():
        for value in _nearest(list(offered), state.get(name, ""))[:MOST_EACH]:
            keep_view(see, lens, {**state, name: value})
            yield


def _nearest(values: list[str], chosen: str) -> list[str]:
    """The other values, those beside the chosen one first, the next before the last."""
    at = values.index(chosen) if chosen in values else 0
    return sorted((v for v in values if v != chosen), key=lambda v: (abs(values.index(v) - at), values.index(v) < at))


def keep_view(see: See, lens: str, asked: Mapping[str, str]) -> None:
    """Make a view and draw its figures, where it can be shown."""
    try:
        view = see(lens, asked)
    except HybridToolkitError:  # the question that asks for it meets the error and tells it
        return
    for panel in view.panels if view is not None else ():
        panel.drawing  # noqa: B018  (drawn once and kept)
