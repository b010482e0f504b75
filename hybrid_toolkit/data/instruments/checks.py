"""What the keys of an instrument's definition must say together."""

from __future__ import annotations

import re

from hybrid_toolkit.data.instruments.definition import LATENT_NODES, SCORES, Draw, Instrument
from hybrid_toolkit.data.instruments.keys import Keys

_WHOLE = 1e-9
"""A quotient so near a whole number is one: steps such as 0.1 are not exact as floating-point numbers."""
_WORDING = ("included", "own", "not included")
_TABLES = ("survey", "alliance", "practice_rating", "access")
"""Contract tables that hold answers to items."""


def check_instrument(built: Instrument, top: Keys) -> None:
    """Refuse a definition that contradicts itself.

    Raises
    ------
    MeasureError
        Naming the file and the key.
    """
    _ranges(built, top)
    _items(built, top)
    _scales(built, top)
    for n, band in enumerate(built.bands, start=1):
        if band.scale not in {s.id for s in built.scales}:
            raise top.fault(f"bands[{n}].scale", f"names '{band.scale}', which is not a scale")
        if not band.low <= band.high:
            raise top.fault(f"bands[{n}].low", "is above 'high'")
    if built.draw is not None:
        _drawing(built, built.draw, top)


def _ranges(built: Instrument, top: Keys) -> None:
    if not built.low < built.high:
        raise top.fault("low", "is not below 'high'")
    levels = (built.high - built.low) / built.step if built.step > 0 else 0.0
    if levels < 1 or abs(levels - round(levels)) > _WHOLE:
        raise top.fault("step", "does not divide the range from 'low' to 'high'")
    if not 0 < built.min_share <= 1:
        raise top.fault("min_share", "must be above 0 and at most 1")
    if built.wording not in _WORDING:
        raise top.fault("wording", f"must be one of {', '.join(_WORDING)}")
    if built.table not in _TABLES:
        raise top.fault("table", f"must be one of {', '.join(_TABLES)}")
    if built.code and not re.fullmatch(r"[A-Z]{2}[1-9][0-9]?", built.code):
        raise top.fault("code", "must be two capital letters and a number, such as MD2")
    if built.question and not built.question.endswith("?"):
        raise top.fault("question", "must end in a question mark")


def _items(built: Instrument, top: Keys) -> None:
    seen: set[str] = set()
    for n, item in enumerate(built.items, start=1):
        if item.id in seen:
            raise top.fault(f"items[{n}].id", f"'{item.id}' stands twice")
        seen.add(item.id)
        if item.text and built.wording == "not included":
            raise top.fault(f"items[{n}].text", "holds wording, though 'wording' says that it is not included")
        if item.responses and item.responses not in built.responses:
            raise top.fault(f"items[{n}].responses", f"names '{item.responses}', which is not under [responses]")


def _scales(built: Instrument, top: Keys) -> None:
    known, seen = set(built.item_ids), set()
    for n, scale in enumerate(built.scales, start=1):
        at = f"scales[{n}]."
        gone = [i for i in scale.items if i not in known]
        if scale.id in seen:
            raise top.fault(f"{at}id", f"'{scale.id}' stands twice")
        seen.add(scale.id)
        if gone:
            raise top.fault(f"{at}items", f"names items that are not there: {', '.join(gone)}")
        if len(set(scale.items)) < len(scale.items):
            raise top.fault(f"{at}items", "names an item twice")
        if scale.score not in SCORES:
            raise top.fault(f"{at}score", f"must be one of {', '.join(SCORES)}")
        if scale.missing not in ("complete", "prorate", "count"):
            raise top.fault(f"{at}missing", "must be one of complete, prorate, count")
        if scale.missing == "count" and not 1 <= scale.min_items <= len(scale.items):
            raise top.fault(f"{at}min_items", f"must be 1 to {len(scale.items)}, as 'missing' is count")
        if scale.direction not in ("higher", "lower", "none"):
            raise top.fault(f"{at}direction", "must be one of higher, lower, none")
        if (scale.score == "share") != (scale.within is not None):
            raise top.fault(f"{at}within", "goes with score 'share' and only with it")
        if not scale.low < scale.high:
            raise top.fault(f"{at}low", "is not below 'high'")
    alone = sorted(known - {i for s in built.scales for i in s.items})
    if alone:
        raise top.fault("scales", f"leave out items: {', '.join(alone)}")


def _drawing(built: Instrument, draw: Draw, top: Keys) -> None:
    placed = [i for f in draw.factors for i in f.items]
    if sorted(placed) != sorted(built.item_ids):
        odd = sorted(set(placed) ^ set(built.item_ids)) or sorted({i for i in placed if placed.count(i) > 1})
        raise top.fault("draw.factors", f"must hold every item once; these are not: {', '.join(odd)}")
    for n, factor in enumerate(draw.factors, start=1):
        if factor.latent not in ("", *LATENT_NODES):
            raise top.fault(f"draw.factors[{n}].latent", f"must be one of {', '.join(LATENT_NODES)}, or be left out")
        if factor.own <= 0:
            raise top.fault(f"draw.factors[{n}].own", "must be above 0")
    for key in ("against", "shifted"):
        gone = sorted(set(getattr(draw, key)) - set(built.item_ids))
        if gone:
            raise top.fault(f"draw.{key}", f"names items that are not there: {', '.join(gone)}")
    if bool(draw.cuts) == bool(draw.rounded):
        raise top.fault("draw.cuts", "or [draw.rounded] is needed, and only one of them")
    steps = round((built.high - built.low) / built.step)
    if draw.cuts and (len(draw.cuts) != steps or list(draw.cuts) != sorted(set(draw.cuts))):
        raise top.fault("draw.cuts", f"must hold {steps} rising thresholds, one fewer than there are answers")
    if draw.rounded and set(draw.rounded) != set(built.item_ids):
        raise top.fault("draw.rounded", "must hold every item, each with its mean and standard deviation")
    if built.table != "survey":
        raise top.fault("draw", "is for instruments whose 'table' is survey")
