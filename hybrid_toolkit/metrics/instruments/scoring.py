"""Answers to scores: reversal, range checks, the missing rule, and a report of what was dropped."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from hybrid_toolkit.data.instruments import Instrument, InstrumentScale, load_instrument
from hybrid_toolkit.errors import MeasureError, plural
from hybrid_toolkit.result import RowsHidden

_OFF_STEP = 1e-9
"""What an answer may be off a step of its scale by in floating point."""

_LONG = ("item", "value")


@dataclass(frozen=True)
class InstrumentScores(RowsHidden):
    """Scores of one instrument.

    Parameters
    ----------
    instrument : Instrument
        The definition that was applied.
    frame : pd.DataFrame
        One row a respondent (and wave): the key columns, then one column a scale; missing where the missing rule gives
        no score.
    answers : pd.DataFrame
        The same rows: one column an item, after reversal. For reliability.
    report : pd.DataFrame
        One row a scale: ``scale``, ``n_items``, ``n`` respondents who answered any item, ``n_scored``, ``n_prorated``,
        ``n_dropped`` and ``reason``.

    Examples
    --------
    >>> wide = pd.DataFrame({f"il_{i}": [4, 2] for i in range(1, 5)})
    >>> scores = score_instrument(wide, "informal_learning")
    >>> scores.glance().iloc[0].to_dict()
    {'instrument': 'informal_learning', 'n': 2, 'scales': 5, 'n_scored': 10, 'n_dropped': 0, 'exploratory': True}
    """

    instrument: Instrument
    frame: pd.DataFrame = field(repr=False)
    answers: pd.DataFrame = field(repr=False)
    report: pd.DataFrame = field(repr=False)

    def tidy(self) -> pd.DataFrame:
        """One row a respondent and scale: the keys, ``instrument``, ``scale``, ``score``.

        Returns
        -------
        pd.DataFrame
            One row a respondent and scale: the keys, ``instrument``, ``scale``, ``score``.
        """
        scales = [s.id for s in self.instrument.scales if s.id in self.frame]
        keys = [c for c in self.frame.columns if c not in scales]
        long = self.frame.melt(id_vars=keys, value_vars=scales, var_name="scale", value_name="score")
        long.insert(len(keys), "instrument", self.instrument.id)
        return long

    def bands(self) -> pd.DataFrame:
        """Share of scored respondents in each published band: scale, band, low, high, share, n, source, date.

        Returns
        -------
        pd.DataFrame
            Share of scored respondents in each published band: scale, band, low, high, share, n, source, date.
        """
        rows = []
        for band in self.instrument.bands:
            if band.scale in self.frame:
                score = self.frame[band.scale].dropna()
                inside = float(score.between(band.low, band.high).mean()) if len(score) else float("nan")
                rows.append((band.scale, band.name, band.low, band.high, inside, len(score), band.source, band.date))
        return pd.DataFrame(rows, columns=["scale", "band", "low", "high", "share", "n", "source", "date"])

    def glance(self) -> pd.DataFrame:
        """One row: instrument, respondents, scales scored, scores given, scores dropped, exploratory.

        Returns
        -------
        pd.DataFrame
            One row: instrument, respondents, scales scored, scores given, scores dropped, exploratory.
        """
        r = self.report
        row = (self.instrument.id, len(self.frame), len(r), int(r["n_scored"].sum()), int(r["n_dropped"].sum()))
        names = ["instrument", "n", "scales", "n_scored", "n_dropped", "exploratory"]
        return pd.DataFrame([(*row, self.instrument.exploratory)], columns=names)

    def summary(self) -> str:
        """Prose: how many were scored, what was dropped and why, and the caveats.

        Returns
        -------
        str
            Prose: how many were scored, what was dropped and why, and the caveats.
        """
        g = self.glance().iloc[0]
        text = (
            f"{self.instrument.name}: {g['n']:,} sets of answers, {plural(g['scales'], 'scale')}, {g['n_scored']:,} "
            f"scores, {g['n_dropped']:,} not given for want of answers."
        )
        if self.instrument.exploratory:
            text += " Exploratory: this instrument has not been validated."
        return " ".join([text, *self.instrument.caveats])


def score_instrument(frame: pd.DataFrame, instrument: str | Path | Instrument) -> InstrumentScores:
    """Score wide or long answers by an instrument's definition.

    Parameters
    ----------
    frame : pd.DataFrame
        Wide, one row a respondent with a column an item (other columns are kept as keys); or long, one row an answer
        with ``item`` and ``value`` (and ``instrument``, to pick the rows), the rest being keys.
    instrument : str | Path | Instrument
        Id of a shipped instrument, the path of a TOML definition, or an ``Instrument``.

    Returns
    -------
    InstrumentScores
        Scores of one instrument.

    Raises
    ------
    MeasureError
        Answers out of range or not numbers (count and first positions), unknown items, one item answered twice, or a
        scale of which only some items are there.

    Notes
    -----
    A reversed answer x becomes low + high - x. ``complete``: a score needs all items. ``prorate``: it needs the
    definition's share of them (75% unless the owner says otherwise) and is the mean of the answered ones (for a sum,
    times the number of items). ``count``: it needs ``min_items``. A scale none of whose items are there is left out.

    Examples
    --------
    >>> wide = pd.DataFrame({f"il_{i}": [4, 2] for i in range(1, 5)})
    >>> score_instrument(wide, "informal_learning").frame["informal_learning"].tolist()
    [4.0, 2.0]
    """
    definition = instrument if isinstance(instrument, Instrument) else load_instrument(instrument)
    wide, keys = _wide(frame, definition)
    present = _present_scales(wide, definition)
    answers = wide[[i for i in definition.item_ids if i in wide]].copy()
    turn = [i for i in definition.reversed_ids if i in answers]
    answers[turn] = definition.low + definition.high - answers[turn]
    out, rows = wide[keys].copy(), []
    for scale in present:
        score, answered = _score(answers[list(scale.items)], scale, definition.min_share)
        out[scale.id] = score
        rows.append(_report(scale, score, answered))
    names = ["scale", "n_items", "n", "n_scored", "n_prorated", "n_dropped", "reason"]
    return InstrumentScores(
        definition, out, pd.concat([wide[keys], answers], axis=1), pd.DataFrame(rows, columns=names)
    )


def _wide(frame: pd.DataFrame, definition: Instrument) -> tuple[pd.DataFrame, list[str]]:
    """A checked wide frame of floats with its key columns first."""
    if all(c in frame.columns for c in _LONG):
        return _from_long(frame, definition)
    items = [i for i in definition.item_ids if i in frame.columns]
    if not items:
        raise _error(
            definition,
            "the frame has none of its items",
            f"Name the columns {definition.item_ids[0]}, ...",
            "ITEM-NONE",
        )
    heads = {i.rsplit("_", 1)[0] + "_" for i in definition.item_ids}
    prefixes = heads if len(heads) == 1 and len(definition.item_ids) > 1 else set()
    scales = {s.id for s in definition.scales}
    rest = [c for c in map(str, frame.columns) if c not in items]
    odd = [c for c in rest if any(c.startswith(p) for p in prefixes) and c not in scales]
    if odd:
        raise _error(
            definition,
            f"{plural(len(odd), 'column is', 'columns are')} none of its items, yet named like one: {', '.join(odd)}",
            f"Its items are {definition.item_ids[0]} to {definition.item_ids[-1]}.", "ITEM-UNKNOWN",
        )  # fmt: skip
    clash = [c for c in rest if c in scales and c not in definition.item_ids]
    keys = [c for c in rest if c not in clash]
    checked = {i: _checked(frame[i], definition, f"item {i}") for i in items}
    return pd.concat([frame[keys], pd.DataFrame(checked, index=frame.index)], axis=1), keys


def _from_long(frame: pd.DataFrame, definition: Instrument) -> tuple[pd.DataFrame, list[str]]:
    rows = frame
    if "instrument" in frame:
        rows = frame[frame["instrument"].eq(definition.id).to_numpy(dtype=bool)]
    if rows.empty:
        raise _error(definition, "there are no answers to it", "Check the instrument column.", "ITEM-NONE")
    odd = ~rows["item"].isin(definition.item_ids)
    if odd.any():
        places = ", ".join(map(str, (np.flatnonzero(frame.index.isin(rows.index[odd])) + 1)[:5]))
        raise _error(
            definition,
            f"{plural(int(odd.sum()), 'answer names', 'answers name')} an item it does not have (rows {places})",
            f"Its items are {definition.item_ids[0]} to {definition.item_ids[-1]}.", "ITEM-UNKNOWN",
        )  # fmt: skip
    keys = [c for c in map(str, frame.columns) if c not in (*_LONG, "instrument")]
    if not keys:
        raise _error(definition, "long answers have no column that says whose they are", "Add worker_id.", "KEY-NONE")
    values = _checked(rows["value"], definition, "value")
    twice = rows.duplicated([*keys, "item"], keep=False)
    if twice.any():
        raise _error(
            definition, f"{int(twice.sum())} answers are to an item that the same respondent answered twice",
            "Keep one answer a respondent, wave and item.", "ITEM-TWICE",
        )  # fmt: skip
    code = rows.groupby(keys, sort=False, dropna=False).ngroup().to_numpy(dtype=int)
    position = {item: n for n, item in enumerate(definition.item_ids)}
    grid = np.full((int(code.max()) + 1, len(position)), np.nan)
    grid[code, rows["item"].map(position).to_numpy(dtype=int)] = values.to_numpy(dtype=float)
    start = np.unique(code, return_index=True)[1]
    base = rows[keys].iloc[start].reset_index(drop=True)
    seen = rows["item"].unique()
    answers = pd.DataFrame(grid, columns=list(definition.item_ids))[[i for i in definition.item_ids if i in seen]]
    return pd.concat([base, answers], axis=1), keys


def _checked(values: pd.Series[float], definition: Instrument, what: str) -> pd.Series[float]:
    numbers = pd.to_numeric(values, errors="coerce").astype("float64")
    text = numbers.isna() & values.notna()
    steps = (numbers - definition.low) / definition.step
    wrong = numbers.notna() & (
        numbers.lt(definition.low) | numbers.gt(definition.high) | ((steps - steps.round()).abs() > _OFF_STEP)
    )
    for bad, why, code in ((text, "not numbers", "ITEM-TYPE"), (wrong, "not on its scale of answers", "ITEM-RANGE")):
        if bad.any():
            places = ", ".join(map(str, (np.flatnonzero(bad.to_numpy(dtype=bool)) + 1)[:5]))
            raise _error(
                definition, f"{what}: {plural(int(bad.sum()), 'answer is', 'answers are')} {why} (rows {places})",
                f"Answers run from {definition.low:g} to {definition.high:g} in steps of {definition.step:g}; "
                "leave an answer that was not given empty.", code,
            )  # fmt: skip
    return numbers


def _present_scales(wide: pd.DataFrame, definition: Instrument) -> list[InstrumentScale]:
    present = []
    for scale in definition.scales:
        gone = [i for i in scale.items if i not in wide]
        if not gone:
            present.append(scale)
        elif len(gone) < len(scale.items):
            raise _error(
                definition, f"scale '{scale.id}' has no answers at all to {len(gone)} of its items: {', '.join(gone)}",
                "Add the items (an empty column where no one answered), or leave the whole scale out.", "ITEM-MISSING",
            )  # fmt: skip
    return present


def _score(items: pd.DataFrame, scale: InstrumentScale, min_share: float) -> tuple[pd.Series[float], pd.Series[int]]:
    answered = items.notna().sum(axis=1)
    needed = {"complete": len(scale.items), "count": max(scale.min_items, 1)}.get(
        scale.missing, int(np.ceil(min_share * len(scale.items) - 1e-9))
    )
    if scale.within is not None:
        inside = (items.ge(scale.within[0]) & items.le(scale.within[1])).astype("float64").where(items.notna())
        raw = inside.mean(axis=1)
    else:
        raw = items.mean(axis=1) * (len(scale.items) if scale.score == "sum" else 1) * scale.multiply
    score = raw.where(answered >= needed)
    if scale.table:
        score = score.round(6).map(dict(scale.table)).astype("float64")
    return score, answered


def _report(scale: InstrumentScale, score: pd.Series[float], answered: pd.Series[int]) -> tuple[object, ...]:
    full, some = len(scale.items), answered > 0
    scored, dropped = score.notna(), some & score.isna()
    rule = {"complete": "all items are needed", "count": f"{scale.min_items} answers are needed"}
    why = rule.get(scale.missing, "too few items were answered") if dropped.any() else ""
    counts = (some.sum(), scored.sum(), (scored & (answered < full)).sum(), dropped.sum())
    return (scale.id, full, *map(int, counts), why)


def _error(definition: Instrument, what: str, fix: str, code: str) -> MeasureError:
    return MeasureError(f"instrument '{definition.id}': {what}.", fix=fix, code=code)
