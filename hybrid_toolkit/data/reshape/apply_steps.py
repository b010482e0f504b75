"""The steps of a mapping applied to the rows of one source; each returns what it did, in words and numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
import pandas as pd

from hybrid_toolkit.data.known.answers import answer_number
from hybrid_toolkit.data.known.names import without_week
from hybrid_toolkit.data.privacy.pseudonym import pseudonym
from hybrid_toolkit.data.reading.raw_table import normal_name
from hybrid_toolkit.data.reshape.dates import days_of
from hybrid_toolkit.data.reshape.half_days import FrameMade, halves_of
from hybrid_toolkit.data.reshape.months import months_made
from hybrid_toolkit.data.reshape.rota import half_days_of
from hybrid_toolkit.data.reshape.step_kinds import Grid, Households, Open, Spells, Steps, Wide
from hybrid_toolkit.errors import agreeing, plural

WAVE_GAP = 31
"""Answers more than this many days after the last ones begin a new wave."""


def apply_steps(
    frame: pd.DataFrame,
    steps: Steps,
    find: Callable[[pd.DataFrame, str], str],
    kind: str,
    key: bytes,
    origin: str = "the source",
) -> FrameMade:
    """The frame after the steps that change its rows or make new columns.

    Parameters
    ----------
    frame : pd.DataFrame
        Text under the source's headers.
    steps : Steps
        What to do.
    find : Callable[[pd.DataFrame, str], str]
        Frame and name in the mapping -> header in the frame; raises ``MappingError`` if there is none.
    kind : str
        Of the source, as in ``RawTable``.
    key : bytes
        Secret for keys of families.
    origin : str, default "the source"
        The source, as messages name it.

    Returns
    -------
    FrameMade
        The frame, with new columns under contract names, and a note for each step.
    """
    notes: list[str] = []
    todo: list[Callable[[pd.DataFrame], FrameMade]] = []
    if period := steps.month_of:
        todo.append(lambda f: months_made(f, period, partial(find, f)))
    if wide := steps.wide:
        todo.append(lambda f: _wide(f, wide, partial(find, f)))
    for each, texts in steps.each.items():
        todo.append(lambda f, each=each, texts=texts: _each(f, find(f, each), texts))  # type: ignore[misc]
    if steps.halves:
        todo.append(lambda f: halves_of(f, find(f, steps.halves)))
    if steps.waves:
        todo.append(lambda f: _waves(f, find(f, steps.waves), kind))
    if asked := steps.day_columns:
        todo.append(lambda f: half_days_of(f, asked, steps.places, partial(find, f), kind, origin))
    if grid := steps.grid:
        todo.append(lambda f: _grid(f, grid, partial(find, f)))
    if spells := steps.spells:
        todo.append(lambda f: _spells(f, spells, partial(find, f), kind))
    if spans := steps.open:
        todo.append(lambda f: _open(f, spans, partial(find, f), kind))
    if steps.long:
        todo.append(lambda f: _long(f, {find(f, c): t for c, t in steps.long.items()}))
    if steps.flags:
        todo.append(lambda f: _flags(f, {find(f, c): a for c, a in steps.flags.items()}))
    if steps.ticks:
        todo.append(lambda f: _ticks(f, {find(f, c): a for c, a in steps.ticks.items()}))
    if households := steps.households:
        todo.append(lambda f: _households(f, households, partial(find, f), key))
    for step in todo:
        frame, said = step(frame)
        notes += said
    return frame, notes


def _text(values: object, index: pd.Index) -> pd.Series[str]:
    return pd.Series(values, index=index, dtype="str")


def _wide(frame: pd.DataFrame, wide: Wide, find: Callable[[str], str]) -> FrameMade:
    names, values, rows = find(wide.names), find(wide.values), [find(r) for r in wide.rows]
    held = frame[frame[names].notna() & frame[rows].notna().all(axis=1)]
    twice = held.duplicated([*rows, names], keep="last")
    first = held.loc[~twice].reset_index(names="_row")
    numbers = first.groupby(rows, sort=False)["_row"].min()
    made = first.pivot(index=rows, columns=names, values=values)
    made = made.loc[numbers.index]
    questions = list(map(str, made.columns))
    made = made.reset_index()
    made.index = pd.Index(numbers.to_numpy())
    made.columns = pd.Index([*rows, *questions])
    note = (
        f"{plural(len(held), 'answer')}, one a row, became {plural(len(made), 'row')} with "
        f"{plural(len(questions), 'question')}"
    )
    again = plural(int(twice.sum()), "earlier answer was", "earlier answers were")
    return made.astype("str"), [note + (f"; {again} left out" if twice.any() else "")]


def _grid(frame: pd.DataFrame, grid: Grid, find: Callable[[str], str]) -> FrameMade:
    columns = [find(c) for c in grid.columns]
    rest = [c for c in frame.columns if c not in columns]
    name = grid.name or "_period"
    long = frame.reset_index(names="_row").melt(["_row", *rest], columns, name, grid.value)
    long = long[long[grid.value].notna()].sort_values("_row", kind="stable")
    long.index = pd.Index(long.pop("_row").to_numpy())
    long[name] = long[name].map(without_week)
    return long.astype("str"), [f"{plural(len(columns), 'column')} of periods became {plural(len(long), 'row')}"]


def _spells(frame: pd.DataFrame, spells: Spells, find: Callable[[str], str], kind: str) -> FrameMade:
    start, end = days_of(frame[find(spells.start)], kind), days_of(frame[find(spells.end)], kind)
    still = start.notna() & end.isna()
    if known := [d for d in (start.max(), end.max()) if pd.notna(d)]:
        end = end.mask(still, max(known))
    good = start.notna() & (end >= start)
    numbers = pd.to_numeric(frame[find(spells.days)], errors="coerce") if spells.days else None
    rows, months, amounts = list[int](), list[str](), list[str]()
    for place in map(int, np.flatnonzero(good.to_numpy())):
        first, final = start.iloc[place], end.iloc[place]
        periods = pd.period_range(first, final, freq="M")
        begins = np.array([max(first, p.start_time) for p in periods], dtype="datetime64[D]")
        ends = np.array([min(final, p.end_time.normalize()) for p in periods], dtype="datetime64[D]")
        work = np.busday_count(begins, ends + np.timedelta64(1, "D")).astype(float)
        whole = float(numbers.iloc[place]) if numbers is not None and pd.notna(numbers.iloc[place]) else work.sum()
        share = work / work.sum() if work.sum() else np.full(len(periods), 1 / len(periods))
        rows += [place] * len(periods)
        months += [p.start_time.strftime("%Y-%m-%d") for p in periods]
        amounts += [f"{min(a, 31):g}" for a in whole * share]
    made = frame.iloc[rows].copy()
    made["month"], made[spells.into] = _text(months, made.index), _text(amounts, made.index)
    notes = [f"{plural(int(good.sum()), 'spell was', 'spells were')} spread over {plural(len(made), 'month')}"]
    if still.any():
        many = plural(int(still.sum()), "spell without an end was", "spells without an end were")
        notes.append(f"{many} ended with the extract")
    if (~good).any():
        many = plural(int((~good).sum()), "spell was", "spells were")
        notes.append(f"{many} left out without a first day, or with an end before it")
    return made, notes


def _open(frame: pd.DataFrame, spans: Open, find: Callable[[str], str], kind: str) -> FrameMade:
    start, end = days_of(frame[find(spans.start)], kind), days_of(frame[find(spans.end)], kind)
    by, what = frame[find(spans.by)], frame[find(spans.count)]
    last = max((d for d in (start.max(), end.max()) if pd.notna(d)), default=pd.NaT)
    if pd.isna(last):
        return frame.iloc[:0].assign(month="", **{spans.into: ""}), ["no spell has a first day"]
    until = end.fillna(last + pd.Timedelta(days=1))
    parts = []
    for month in pd.period_range(start.min(), last, freq="M"):
        day = month.end_time.normalize()
        if day > last:
            continue
        here = (start <= day) & (until > day) & by.notna()
        held = what[here].groupby(by[here]).nunique()
        first = by[here].drop_duplicates()
        parts.append(
            frame.loc[first.index].assign(month=f"{month}-01", **{spans.into: first.map(held).map("{:.0f}".format)})
        )
    made = pd.concat(parts) if parts else frame.iloc[:0].assign(month="", **{spans.into: ""})
    many = plural(int(start.notna().sum()), "spell was", "spells were")
    note = f"{many} counted on the last day of {plural(len(parts), 'month')}"
    return made.astype("str"), [note]


def _long(frame: pd.DataFrame, items: Mapping[str, tuple[str, str]]) -> FrameMade:
    parts, unread = [], 0
    for header, (instrument, item) in items.items():
        answers = frame[header]
        known = {a: answer_number(a) for a in answers.dropna().unique()}
        value = answers.map({a: n for a, n in known.items() if n}).astype("str")
        unread += int((answers.notna() & value.isna()).sum())
        part = frame.drop(columns=list(items)).assign(instrument=instrument, item=item, value=value)
        parts.append(part.loc[value.notna()])
    made = pd.concat(parts).sort_index(kind="stable") if parts else frame
    notes = [f"{plural(len(items), 'column')} of answers became {plural(len(made), 'row')}"]
    if unread:
        many = plural(unread, "answer was", "answers were")
        notes.append(f"{many} left out: no number and no known label")
    return made.astype("str"), notes


def _waves(frame: pd.DataFrame, header: str, kind: str) -> FrameMade:
    days = days_of(frame[header], kind)
    ordered = pd.Series(sorted(days.dropna().unique()), dtype=days.dtype)
    number = (ordered.diff().dt.days > WAVE_GAP).cumsum() + 1
    waves = dict(zip(ordered, number, strict=True))
    made = frame.assign(
        wave=days.map(waves).map(lambda n: f"{n:.0f}", na_action="ignore").astype("str"),
        month=days.dt.strftime("%Y-%m-01").astype("str"),
    )
    return made, [f"{plural(len(set(waves.values())), 'wave was', 'waves were')} distinguished by '{header}'"]


def _flags(frame: pd.DataFrame, flags: Mapping[str, Mapping[str, Mapping[str, bool]]]) -> FrameMade:
    made, notes = frame.copy(), []
    for header, answers in flags.items():
        loose = {normal_name(a): said for a, said in answers.items()}
        said = frame[header].map(lambda v, known=loose: known.get(normal_name(v)), na_action="ignore")
        for column in dict.fromkeys(c for one in answers.values() for c in one):
            texts = [str(s[column]).lower() if isinstance(s, dict) and column in s else None for s in said]
            made[column] = _text(texts, frame.index)
        unknown = int((frame[header].notna() & said.isna()).sum())
        notes.append(f"'{header}' became {plural(len({c for a in answers.values() for c in a}), 'yes/no column')}")
        if unknown:
            notes.append(_in_no_list(unknown, header))
    return made, notes


def _ticks(frame: pd.DataFrame, ticks: Mapping[str, Mapping[str, str]]) -> FrameMade:
    made, notes = frame.copy(), []
    for header, answers in ticks.items():
        filled = frame[header].notna()
        ticked = frame[header].map(lambda v: {normal_name(t) for t in re.split(r"[;,|\n]", v)}, na_action="ignore")
        for answer, column in answers.items():
            texts = [str(normal_name(answer) in t).lower() if isinstance(t, set) else None for t in ticked]
            made[column] = _text(texts, frame.index)
        many = plural(len(answers), "yes/no column")
        notes.append(f"'{header}', in which all that applies is ticked, became {many}")
        known = {normal_name(a) for a in answers} | {""}
        if new := sum(len(t - known) for t in ticked if isinstance(t, set)):
            notes.append(_in_no_list(new, header, "left out"))
        if (~filled).any():
            many = plural(int((~filled).sum()), "row with nothing ticked was", "rows with nothing ticked were")
            notes.append(f"{many} taken as not known")
    return made, notes


def _in_no_list(many: int, header: str, done: str = "taken as not known") -> str:
    is_, was = agreeing(many, "is", "are"), agreeing(many, "was", "were")
    return f"{plural(many, 'answer')} of '{header}' {is_} in no list and {was} {done}"


def _each(frame: pd.DataFrame, column: str, texts: Mapping[str, tuple[str, ...]]) -> FrameMade:
    """A row that holds one text repeated for each of several, such as a whole day for its morning and afternoon."""
    said = {t.casefold(): to for t, to in texts.items()}
    to = frame[column].map(lambda v: said.get(str(v).strip().casefold()), na_action="ignore")
    several = to.map(lambda v: isinstance(v, tuple))
    made = frame.assign(**{column: frame[column].astype("object").mask(several, to)}).explode(column)
    made = made.astype({column: "str"})
    return made, [f"{plural(int(several.sum()), 'row was', 'rows were')} repeated for each part of their {column}"]


def _households(frame: pd.DataFrame, households: Households, find: Callable[[str], str], key: bytes) -> FrameMade:
    child, by = frame[find(households.child)], frame[[find(c) for c in households.by]]
    same = by.notna().all(axis=1)
    joined = by.fillna("").agg("|".join, axis=1).map(lambda v: "F" + pseudonym(normal_name(v), key))
    made = frame.assign(family_id=joined.where(same, child).astype("str"))
    alone = int((~same).sum())
    many = plural(int(joined[same].nunique()), "family was", "families were")
    note = f"{many} made by {', '.join(households.by)}"
    single = plural(alone, "row without it is a family of one child", "rows without it are families of one child")
    return made, [note + (f"; {single}" if alone else "")]
