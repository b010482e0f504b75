"""Reading the definition of an instrument: strict, and every fault is told with its file and key."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from hybrid_toolkit.data.instruments.checks import check_instrument
from hybrid_toolkit.data.instruments.definition import (
    FACTOR_CAUSES,
    Draw,
    Factor,
    Instrument,
    InstrumentItem,
    InstrumentScale,
    ScoreBand,
)
from hybrid_toolkit.data.instruments.keys import Keys
from hybrid_toolkit.errors import MeasureError, toml_place

_TEXTS = ("id", "name", "owner", "licence", "source", "wording")
_CATALOGUE = ("code", "question", "table")
"""What a shipped instrument needs besides, so that it appears in the catalogue by itself."""


def instrument_ids() -> tuple[str, ...]:
    """Ids of the instruments that ship with the toolkit.

    Returns
    -------
    tuple[str, ...]
        Ids of the instruments that ship with the toolkit.

    Examples
    --------
    >>> "swemwbs" in instrument_ids()
    True
    """
    return tuple(sorted(p.name[:-5] for p in files(__package__).iterdir() if p.name.endswith(".toml")))


def instruments_in(table: str) -> tuple[Instrument, ...]:
    """The shipped instruments whose answers stand in one table, by their code in the catalogue.

    Parameters
    ----------
    table : str
        Contract table, such as ``survey``.

    Returns
    -------
    tuple[Instrument, ...]
        The shipped instruments whose answers stand in one table, by their code in the catalogue.

    Raises
    ------
    MeasureError
        A definition is incomplete, or two of them give a scale the same id; both files are named.

    Examples
    --------
    >>> [(i.code, i.id) for i in instruments_in("survey")][:2]
    [('MB3', 'informal_learning'), ('MD1', 'hse_msit')]
    """
    found = [i for i in map(load_instrument, instrument_ids()) if i.table == table]
    owner: dict[str, str] = {}
    for one in found:
        for scale in one.scales:
            other = owner.setdefault(scale.id, one.id)
            if other != one.id:
                raise MeasureError(
                    f"{one.id}.toml: 'scales' holds the id '{scale.id}', which {other}.toml gives to a scale too.",
                    fix="Change the id of one of the two scales; it is the id of its metric.",
                    code="INSTRUMENT-DEFINITION",
                )
    return tuple(sorted(found, key=lambda i: (*_natural(i.code), i.id)))


def survey_instruments_of(columns: Collection[str]) -> tuple[str, ...]:
    """The instruments whose scales are among the columns: those that simulated data must hold for them.

    Examples
    --------
    >>> survey_instruments_of(["safety", "rs_desk_to_date", "cbi_work", "cbi_client"])
    ('cbi', 'edmondson')
    """
    return tuple(sorted({i.id for i in instruments_in("survey") for s in i.scales if s.id in columns}))


def _natural(code: str) -> tuple[str, int]:
    """Letters and number of a code, so that MD10 stands after MD9."""
    letters = code.rstrip("0123456789")
    return letters, int(code.removeprefix(letters) or 0)


@cache
def load_instrument(instrument: str | Path) -> Instrument:
    """A shipped instrument by id, or one's own by the path of a TOML file.

    Parameters
    ----------
    instrument : str | Path
        Id of a shipped instrument, or the path of a TOML file.

    Returns
    -------
    Instrument
        A shipped instrument by id, or one's own by the path of a TOML file.

    Raises
    ------
    MeasureError
        No instrument of that id; or the file is incomplete or contradicts itself, with file and key.

    Examples
    --------
    >>> load_instrument("swemwbs").scales[0].missing
    'complete'
    """
    if isinstance(instrument, Path):
        try:
            text = instrument.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            kind = "is not UTF-8 text" if isinstance(error, UnicodeDecodeError) else "cannot be read"
            raise Keys(instrument.name, {}).fault("", kind) from None
        return _read(text, instrument.name, shipped=False)
    if instrument in instrument_ids():
        text = files(__package__).joinpath(f"{instrument}.toml").read_text(encoding="utf-8")
        return _read(text, f"{instrument}.toml", shipped=True)
    raise MeasureError(
        f"there is no instrument '{instrument}'.",
        fix=f"Use one of {', '.join(instrument_ids())}, or give the path of a definition file.",
        code="INSTRUMENT-UNKNOWN",
    )


def _read(text: str, file: str, *, shipped: bool) -> Instrument:
    try:
        raw = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # a number of too many digits, a list too deep
        said = f" at {place}" if (place := toml_place(error)) else ""
        raise Keys(file, {}).fault("", f"is not valid TOML{said}") from None
    return parse_instrument(raw, file=file, shipped=shipped)


def parse_instrument(raw: Mapping[str, Any], *, file: str = "", shipped: bool = False) -> Instrument:
    """An instrument from the content of its TOML file.

    Parameters
    ----------
    raw : Mapping
        The file as ``tomllib`` reads it.
    file : str
        Its name, for errors; ``<id>.toml`` where it is left out.
    shipped : bool
        Whether it ships with the toolkit: then ``code``, ``question`` and ``table`` are needed, and its id is the name
        of its file.

    Returns
    -------
    Instrument
        An instrument from the content of its TOML file.

    Raises
    ------
    MeasureError
        A key that is unknown, missing, of the wrong type or at odds with another; file and key are named.

    Examples
    --------
    >>> raw = {"id": "pace", "name": "Pace", "owner": "You", "licence": "MIT", "source": "Own items.", "wording": "own",
    ...        "low": 1, "high": 5, "items": [{"id": "p1", "text": "I keep pace."}],
    ...        "scales": [{"id": "pace", "name": "Pace", "items": ["p1"], "direction": "higher"}]}
    >>> parse_instrument(raw).scales[0].id
    'pace'
    """
    top = Keys(file or f"{raw.get('id', '?')}.toml", raw)
    texts = {k: top.text(k) for k in _TEXTS}
    if shipped and f"{texts['id']}.toml" != file:
        raise top.fault("id", "is not the name of the file")
    listed = {k: top.text(k) if shipped else top.text(k, default=d) for k, d in zip(_CATALOGUE, ("", "", "survey"),
                                                                                   strict=True)}  # fmt: skip
    low, high = top.number("low"), top.number("high")
    missing = top.text("missing", default="prorate")
    built = Instrument(
        **texts,
        **listed,
        low=low,
        high=high,
        step=top.number("step", default=1.0),
        exploratory=top.flag("exploratory", default=False),
        min_share=top.number("min_share", default=0.75),
        caveats=top.texts("caveats", default=()),
        responses={k: top.inner("responses").texts(k) for k in raw.get("responses", {})},
        items=tuple(_item(k) for k in top.entries("items")),
        scales=tuple(_scale(k, low, high, missing) for k in top.entries("scales")),
        bands=tuple(_band(k) for k in top.entries("bands", default=())),
        draw=_draw(top.inner("draw")) if "draw" in raw else None,
    )
    top.nothing_else()
    check_instrument(built, top)
    return built


def _item(keys: Keys) -> InstrumentItem:
    made = InstrumentItem(
        id=keys.text("id"),
        reverse=keys.flag("reverse", default=False),
        text=keys.text("text", default=""),
        paraphrase=keys.text("paraphrase", default=""),
        responses=keys.text("responses", default=""),
    )
    keys.nothing_else()
    return made


def _band(keys: Keys) -> ScoreBand:
    made = ScoreBand(
        scale=keys.text("scale"),
        name=keys.text("name"),
        low=keys.number("low"),
        high=keys.number("high"),
        source=keys.text("source"),
        date=keys.text("date"),
    )
    keys.nothing_else()
    return made


def _scale(keys: Keys, low: float, high: float, missing: str) -> InstrumentScale:
    score, items, multiply = keys.text("score", default="mean"), keys.texts("items"), keys.number("multiply", default=1)
    table = keys.numbers_by_number("table")
    times = multiply * (len(items) if score == "sum" else 1)
    ends = (min(table.values()), max(table.values())) if table else (low * times, high * times)
    if score == "share":
        ends = (0.0, 1.0)
    within = keys.numbers("within", default=())
    if len(within) not in (0, 2):
        raise keys.fault("within", "holds two numbers, the lowest and the highest answer of the band")
    made = InstrumentScale(
        id=keys.text("id"),
        name=keys.text("name"),
        items=items,
        score=score,
        direction=keys.text("direction"),
        low=keys.number("low", default=ends[0]),
        high=keys.number("high", default=ends[1]),
        missing=keys.text("missing", default=missing),
        min_items=int(keys.number("min_items", default=0)),
        multiply=multiply,
        table=table,
        within=(within[0], within[1]) if within else None,
        reliability=keys.flag("reliability", default=len(items) > 1 and score != "share"),
    )
    keys.nothing_else()
    return made


def _draw(keys: Keys) -> Draw:
    rounded = keys.inner("rounded", default={})
    pairs = {item: rounded.numbers(item) for item in rounded.raw}
    odd = [item for item, pair in pairs.items() if len(pair) != 2]
    if odd:
        raise rounded.fault(odd[0], "holds two numbers, the mean and the standard deviation of the answer")
    made = Draw(
        factors=tuple(_factor(k) for k in keys.entries("factors")),
        cuts=keys.numbers("cuts", default=()),
        rounded={item: (pair[0], pair[1]) for item, pair in pairs.items()},
        against=keys.texts("against", default=()),
        shifted=keys.texts("shifted", default=()),
        order=int(keys.number("order")) if "order" in keys.raw else None,
    )
    keys.nothing_else()
    return made


def _factor(keys: Keys) -> Factor:
    made = Factor(
        id=keys.text("id"),
        items=keys.texts("items"),
        latent=keys.text("latent", default=""),
        causes={cause: keys.number(cause) for cause in FACTOR_CAUSES if cause in keys.raw},
        level=keys.number("level", default=0.0),
        own=keys.number("own", default=0.82),
    )
    keys.nothing_else()
    return made
