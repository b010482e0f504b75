"""What an instrument is: its items, scales, missing rule and licence, read from one TOML file each."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd

from hybrid_toolkit.errors import MeasureError

SCORES = ("mean", "sum", "share")
"""How a scale is made: mean of its items, their sum, or the share of its items answered within a band."""
_TOP = {
    *("id", "name", "owner", "licence", "source", "wording", "exploratory", "low", "high", "step", "missing"),
    *("min_share", "caveats", "items", "scales", "bands", "responses"),
}
_ITEM = {"id", "text", "paraphrase", "reverse", "responses"}
_SCALE = {
    *("id", "name", "items", "score", "direction", "low", "high", "missing", "min_items", "multiply", "table"),
    *("within", "reliability"),
}
_BAND = {"scale", "name", "low", "high", "source", "date"}


@dataclass(frozen=True, slots=True)
class InstrumentItem:
    """One item: its id, whether it is reversed, and wording only where the licence lets it be shipped.

    Parameters
    ----------
    id : item id, the column of a wide frame.
    reverse : scored as low + high - answer.
    text : the wording, or empty where it is not shipped.
    paraphrase : what it asks about, in this project's words.
    responses : name of its list of answers, where there is one.
    """

    id: str
    reverse: bool = False
    text: str = ""
    paraphrase: str = ""
    responses: str = ""


@dataclass(frozen=True, slots=True)
class InstrumentScale:
    """One scale of an instrument.

    Parameters
    ----------
    id : scale id, the column that scoring gives.
    name : plain name.
    items : ids of its items.
    score : one of ``SCORES``.
    direction : ``higher``, ``lower`` or ``none``: which way is better.
    low, high : range of the score.
    missing : ``complete`` (all items answered), ``prorate`` (a share of them) or ``count`` (``min_items``).
    min_items : answers needed for ``count``.
    multiply : the raw score is multiplied by this.
    table : raw score -> published score, where there is a conversion.
    within : closed band of answers, for ``share``.
    reliability : whether internal consistency applies (not to single items or shares).
    """

    id: str
    name: str
    items: tuple[str, ...]
    score: str
    direction: str
    low: float
    high: float
    missing: str
    min_items: int = 0
    multiply: float = 1.0
    table: Mapping[float, float] = field(default_factory=dict)
    within: tuple[float, float] | None = None
    reliability: bool = True


@dataclass(frozen=True, slots=True)
class ScoreBand:
    """A published band of a scale, with its source and date."""

    scale: str
    name: str
    low: float
    high: float
    source: str
    date: str


@dataclass(frozen=True, slots=True)
class Instrument:
    """One instrument as its definition file declares it.

    Parameters
    ----------
    id, name, owner, licence, source : what it is, whose it is, on what terms, where the scoring comes from.
    wording : ``shipped``, ``own`` or ``not shipped``.
    exploratory : not validated; results say so.
    low, high, step : answers run from low to high in steps.
    min_share : share of items that ``prorate`` needs.
    items, scales, bands : as above.
    responses : named lists of answer labels, lowest first.
    caveats : sentences shown with every result.
    """

    id: str
    name: str
    owner: str
    licence: str
    source: str
    wording: str
    low: float
    high: float
    items: tuple[InstrumentItem, ...]
    scales: tuple[InstrumentScale, ...]
    step: float = 1.0
    exploratory: bool = False
    min_share: float = 0.75
    bands: tuple[ScoreBand, ...] = ()
    responses: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    caveats: tuple[str, ...] = ()

    @property
    def item_ids(self) -> tuple[str, ...]:
        """Item ids in order."""
        return tuple(i.id for i in self.items)

    @property
    def reversed_ids(self) -> tuple[str, ...]:
        """Ids of the reversed items."""
        return tuple(i.id for i in self.items if i.reverse)

    def scale(self, scale_id: str) -> InstrumentScale:
        """One scale by id."""
        for scale in self.scales:
            if scale.id == scale_id:
                return scale
        raise MeasureError(
            f"instrument '{self.id}' has no scale '{scale_id}'.",
            fix=f"Its scales are: {', '.join(s.id for s in self.scales)}.",
            code="SCALE-UNKNOWN",
        )

    def template(self) -> pd.DataFrame:
        """A frame in which the user puts the wording they hold: item, scales, reversed, text, paraphrase.

        Examples
        --------
        >>> load_instrument("who5").template()["text"].tolist()
        ['', '', '', '', '']
        """
        rows = [
            {
                "item": i.id,
                "scales": ", ".join(s.id for s in self.scales if i.id in s.items),
                "reversed": i.reverse,
                "text": i.text,
                "paraphrase": i.paraphrase,
            }
            for i in self.items
        ]
        return pd.DataFrame(rows)

    def with_wording(self, template: pd.DataFrame) -> Instrument:
        """The same instrument with the wording that the user has put into the column ``text`` of the template.

        Raises
        ------
        MeasureError : no column item or text, an item that the instrument does not have, or one that stands twice.

        Examples
        --------
        >>> who5 = load_instrument("who5")
        >>> mine = who5.with_wording(who5.template().assign(text="As licensed to us"))
        >>> mine.items[0].text, who5.items[0].text
        ('As licensed to us', '')
        """
        gone = [c for c in ("item", "text") if c not in template]
        odd = [] if gone else sorted(set(template["item"].astype(str)) - set(self.item_ids))
        if gone or odd or template["item"].duplicated().any():
            wrong = (
                f"it has no column {', '.join(gone)}" if gone else "an item stands twice or is not in the instrument"
            )
            raise MeasureError(
                f"the wording for instrument '{self.id}' cannot be used: {wrong}.",
                fix="Start from its template() and fill in the column text.",
                code="INSTRUMENT-WORDING",
            )
        held = template.dropna(subset=["text"]).set_index("item")["text"].astype(str).to_dict()
        return replace(self, items=tuple(replace(i, text=held.get(i.id, "") or i.text) for i in self.items))


def instrument_ids() -> tuple[str, ...]:
    """Ids of the instruments that ship with the toolkit.

    Examples
    --------
    >>> "swemwbs" in instrument_ids()
    True
    """
    return tuple(sorted(p.name[:-5] for p in files(__package__).iterdir() if p.name.endswith(".toml")))


@cache
def load_instrument(instrument: str | Path) -> Instrument:
    """A shipped instrument by id, or one's own by the path of a TOML file.

    Raises
    ------
    MeasureError : no instrument of that id; or the file has an unknown key, or refers to an item it does not have.

    Examples
    --------
    >>> load_instrument("swemwbs").scales[0].missing
    'complete'
    """
    if isinstance(instrument, Path):
        text = instrument.read_text(encoding="utf-8")
    elif instrument in instrument_ids():
        text = files(__package__).joinpath(f"{instrument}.toml").read_text(encoding="utf-8")
    else:
        raise MeasureError(
            f"there is no instrument '{instrument}'.",
            fix=f"Use one of {', '.join(instrument_ids())}, or give the path of a definition file.",
            code="INSTRUMENT-UNKNOWN",
        )
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _broken(str(instrument), f"it is not valid TOML ({error})") from error
    return parse_instrument(raw)


def parse_instrument(raw: Mapping[str, Any]) -> Instrument:
    """An instrument from the content of its TOML file.

    Raises
    ------
    MeasureError : unknown or missing keys, duplicate ids, a scale of items that are not there, an odd range.
    """
    name = str(raw.get("id", "?"))
    _only(name, "the file", raw, _TOP, {"id", "name", "owner", "licence", "source", "wording", "low", "high"})
    items, scales, bands = raw.get("items", []), raw.get("scales", []), raw.get("bands", [])
    for part, known, needed in (
        *((i, _ITEM, {"id"}) for i in items),
        *((s, _SCALE, {"id", "name", "items", "direction"}) for s in scales),
        *((b, _BAND, _BAND) for b in bands),
    ):
        _only(name, f"entry '{part.get('id', part.get('name', '?'))}'", part, known, needed)
    low, high = float(raw["low"]), float(raw["high"])
    if not low < high:
        raise _broken(name, "low is not below high")
    built = Instrument(
        **{k: str(raw[k]) for k in ("id", "name", "owner", "licence", "source", "wording")},
        low=low,
        high=high,
        step=float(raw.get("step", 1)),
        exploratory=bool(raw.get("exploratory", False)),
        min_share=float(raw.get("min_share", 0.75)),
        items=tuple(InstrumentItem(**i) for i in items),
        scales=tuple(_scale(s, low, high, str(raw.get("missing", "prorate"))) for s in scales),
        bands=tuple(ScoreBand(**b) for b in bands),
        responses={k: tuple(v) for k, v in raw.get("responses", {}).items()},
        caveats=tuple(raw.get("caveats", ())),
    )
    _consistent(built)
    return built


def _scale(raw: Mapping[str, Any], low: float, high: float, missing: str) -> InstrumentScale:
    score, items, multiply = raw.get("score", "mean"), tuple(raw["items"]), float(raw.get("multiply", 1))
    table = {float(k): float(v) for k, v in raw.get("table", {}).items()}
    times = multiply * (len(items) if score == "sum" else 1)
    ends = (min(table.values()), max(table.values())) if table else (low * times, high * times)
    if score == "share":
        ends = (0.0, 1.0)
    within = raw.get("within")
    return InstrumentScale(
        id=raw["id"],
        name=raw["name"],
        items=items,
        score=score,
        direction=raw["direction"],
        low=float(raw.get("low", ends[0])),
        high=float(raw.get("high", ends[1])),
        missing=raw.get("missing", missing),
        min_items=int(raw.get("min_items", 0)),
        multiply=multiply,
        table=table,
        within=(float(within[0]), float(within[1])) if within else None,
        reliability=bool(raw.get("reliability", len(items) > 1 and score != "share")),
    )


def _consistent(built: Instrument) -> None:
    known = set(built.item_ids)
    if len(known) < len(built.items) or len({s.id for s in built.scales}) < len(built.scales):
        raise _broken(built.id, "an item or scale id stands twice")
    if not built.items or not built.scales:
        raise _broken(built.id, "it has no items or no scales")
    for scale in built.scales:
        gone = [i for i in scale.items if i not in known]
        if gone or len(set(scale.items)) < len(scale.items):
            raise _broken(built.id, f"scale '{scale.id}' names items that are not there, or one twice: {gone}")
        if scale.score not in SCORES or scale.missing not in ("complete", "prorate", "count"):
            raise _broken(built.id, f"scale '{scale.id}' has a score or missing rule that does not exist")
        if scale.direction not in ("higher", "lower", "none"):
            raise _broken(built.id, f"scale '{scale.id}' needs direction higher, lower or none")
        if (scale.score == "share") != (scale.within is not None):
            raise _broken(built.id, f"scale '{scale.id}': 'within' goes with score 'share' and only with it")
    for band in built.bands:
        if band.scale not in {s.id for s in built.scales}:
            raise _broken(built.id, f"a band names scale '{band.scale}', which is not there")


def _only(name: str, where: str, part: Mapping[str, Any], known: set[str], needed: set[str]) -> None:
    odd, gone = sorted(set(part) - known), sorted(needed - set(part))
    if odd or gone:
        what = "; ".join([f"unknown key {', '.join(odd)}"] * bool(odd) + [f"no key {', '.join(gone)}"] * bool(gone))
        raise _broken(name, f"{where} has {what}")


def _broken(name: str, what: str) -> MeasureError:
    return MeasureError(
        f"the definition of instrument '{name}' cannot be used: {what}.",
        fix="Compare it with a shipped definition, such as informal_learning.toml.",
        code="INSTRUMENT-DEFINITION",
    )
