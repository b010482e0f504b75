"""What one source gives to a mapping, table by table: its columns, and the steps that its layout asks for."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from hybrid_toolkit.data.known.access_answers import access_said, ticked
from hybrid_toolkit.data.known.codes import is_outsider, known_code, plain_spelling
from hybrid_toolkit.data.known.names import words, written_forms
from hybrid_toolkit.data.known.readable_codes import is_whole_day, reads
from hybrid_toolkit.data.matching.periods_across import (
    DAYS_BELOW,
    DAYS_WORKED,
    FULL_WEEK_HOURS,
    HOURS_OF_A_DAY,
    MONTHLY_AMOUNTS,
    MOST_MONTH_DAYS,
    NO_DAY,
    amounts_across,
    months_of,
)
from hybrid_toolkit.data.matching.profile import FEW_CODES, MOST_FTE, MOSTLY, PERCENT, Profile, SourceProfile, fit
from hybrid_toolkit.data.matching.rotas import at_places, rota_steps
from hybrid_toolkit.data.matching.tables import Choice
from hybrid_toolkit.data.reshape.dates import days_of
from hybrid_toolkit.data.tables.contracts import ACCESS_FLAGS, TABLES

_MOST_WEEK_HOURS = 40
"""Contracted hours that pass this are percentages of a full-time post."""
_FEW_STATES = 8
"""What became of a session is said in so many ways at most; more are notes; assumed."""
_FEW_SIGNS = 12
"""Signs of presence in a log of attendance; more distinct values are names or places; assumed."""
_LEAVE = re.compile(
    r"annual leave|maternity|paternity|adoption|study|jury|toil|unpaid leave|compassionate|career break"
)
_PRESENT = re.compile(r"check(?:ed)?[ -]?in|access granted|granted|entry|attended|completed|confirmed|present")
_NOT_SO = re.compile(r"not|no show|denied|cancel|bumped|released|declin")


@dataclass
class ProposedPart:
    """One part of a proposed mapping.

    Parameters
    ----------
    table : str
        Contract table.
    source : SourceProfile
        What it is read from.
    columns : dict[str, str], optional
        Contract column -> source column.
    how : dict[str, tuple[str, bool]], optional
        Contract column -> (how it was matched, whether sure).
    steps : dict[str, Any], optional
        Keys of the mapping with their values, as TOML holds them.
    lacking : list[str], optional
        Needed contract columns that nothing is matched to.
    """

    table: str
    source: SourceProfile
    columns: dict[str, str] = field(default_factory=dict)
    how: dict[str, tuple[str, bool]] = field(default_factory=dict)
    steps: dict[str, Any] = field(default_factory=dict)
    lacking: list[str] = field(default_factory=list)

    def steps_read(self) -> set[str]:
        """Source columns that steps read."""
        names: set[str] = set()
        for key in ("long", "flags", "keep", "ticks", "each"):
            inside = self.steps.get(key)
            names |= set(inside) if isinstance(inside, Mapping) else set()
        for key in ("grid", "day_columns"):
            inside = self.steps.get(key)
            names |= {*inside["columns"], inside.get("weeks", "")} - {""} if isinstance(inside, Mapping) else set()
        for key in ("spells", "open", "attended", "month_of"):
            inside = self.steps.get(key)
            names |= {str(v) for v in inside.values()} if isinstance(inside, Mapping) else set()
        return names | {str(self.steps[k]) for k in ("waves", "newest", "halves") if k in self.steps}

    def looked_up(self) -> set[str]:
        """Contract columns that are translated through another source."""
        inside = self.steps.get("lookup")
        return set(inside) if isinstance(inside, Mapping) else set()

    def step(self, key: str, name: str, value: object) -> None:
        """Put a value under a name of a step that is a table."""
        inside = self.steps.setdefault(key, {})
        assert isinstance(inside, dict)
        inside[name] = value


def make_part(choice: Choice, last: str) -> ProposedPart:
    """What a source gives to its table; ``last`` is the day on which the extract ends, empty if not known."""
    table = choice.table.split("~")[0]
    part = ProposedPart(table, choice.source)
    sure = choice.sure
    for match in choice.matches:
        part.columns[match.column] = match.header
        part.how[match.column] = (match.how, sure and match.sure)
    if choice.table == "worker_month~spells":
        _spells(part)
    elif choice.table.endswith("~grid"):
        _grid(part)
    elif choice.table.endswith("~rota"):
        part.steps |= rota_steps(part.source) | {"skip_empty": ["worker_id"]}
        part.how |= dict.fromkeys(("date", "slot", "site_id"), ("step", True))
    elif choice.table == "access~status":
        _status(part, last)
    elif choice.table == "survey":
        _survey(part, choice)
    elif table == "contact":
        _contact(part)
    elif table == "worker":
        _worker(part)
    elif table == "worker_month":
        _hours(part)
    elif table == "allocation_spell":
        _only(part, "role", lambda p, v: _is(p, "allocation_spell", "role", v, "case_holder"))
    elif table == "supervision":
        _held(part)
    elif table == "attendance_day":
        _present(part)
    elif table == "access" and "date" not in part.columns and last:
        part.step("constants", "date", last)
    elif table in ("family", "child"):
        part.steps["distinct"] = True
    elif table == "plan_spell":
        _plan(part)
    elif table == "child_event":
        if "rereferral" not in part.columns and {"child_id", "referral_date"} <= set(part.columns):
            part.steps["again"] = True
    elif table in ("team", "arrangement_spell", "conference"):
        key = TABLES[table].key[0]
        if key not in part.columns and table != "team":
            part.steps["number"] = key
        if table == "conference":
            _first_and_later(part)
    return part


def _take(part: ProposedPart, column: str) -> str:
    part.how.pop(column, None)
    return part.columns.pop(column, "")


def _spells(part: ProposedPart) -> None:
    start, end, days = (_take(part, c) for c in ("start", "end", "days"))
    spell = {"start": start, "end": end or start, "into": "sick_days"}
    part.steps["spells"] = spell | ({"days": days} if days else {})
    part.how |= {"month": ("step", True), "sick_days": ("step", True)}
    _take(part, "reason")
    for header, seen in part.source.usable.items():
        if len(seen.counts) <= FEW_CODES and seen.numbers < MOSTLY and seen.dates < MOSTLY:
            values = _texts(seen)
            other = [v for v in values if _LEAVE.search(plain_spelling(v))]
            if other and len(other) < len(values):
                part.step("keep", header, [v for v in values if v not in other])


def _grid(part: ProposedPart) -> None:
    """Months across: what they hold is told by the name of the file or sheet; hours at home are a guess."""
    months = months_of(part.source.usable)
    if day := DAYS_BELOW.get(part.table):
        if part.table == "contact":
            _contact(part)
        part.steps["grid"] = {"columns": months, "name": "", "value": day}
        part.steps["skip_empty"] = ["family_id" if part.table == "contact" else "worker_id", day]
        part.how[day] = ("step", True)
        frame = part.source.raw.frame[months]
        other = [v for v in pd.unique(frame.to_numpy().ravel()) if isinstance(v, str) and re.fullmatch(NO_DAY, v, re.I)]
        if other:
            part.steps["missing"] = {day: sorted(other)}
        return
    value, steps = amounts_across(part.source.ref, part.source.usable)
    part.steps |= steps
    part.how |= {"month": ("step", True), value: ("step", value != "h_home")}


def _status(part: ProposedPart, last: str) -> None:
    header = _take(part, "status")
    if last and "date" not in part.columns:
        part.step("constants", "date", last)
    if ticks := ticked([str(v) for v in part.source.columns[header].counts.index]):
        part.step("ticks", header, ticks)
        part.how |= {c: ("step", False) for c in ACCESS_FLAGS if c in ticks.values()}
        return
    answers = {text: said for text in _texts(part.source.columns[header]) if (said := access_said(text))}
    if answers:
        part.step("flags", header, answers)
        flags = {c for said in answers.values() for c in said}
        part.how |= {c: ("step", False) for c in ACCESS_FLAGS if c in flags}


def _survey(part: ProposedPart, choice: Choice) -> None:
    if not choice.items:
        return
    for column in ("instrument", "item", "value"):
        _take(part, column)
    part.steps["long"] = {header: item for header, (item, _) in choice.items.items()}
    part.how |= {"item": ("step", all(s for _, s in choice.items.values())), "value": ("step", True)}
    if "wave" not in part.columns and "month" in part.columns:
        part.steps["waves"] = part.columns["month"]
        part.how["wave"] = ("step", True)
    elif "wave" not in part.columns:
        part.step("constants", "wave", "1")
    if part.columns.get("month") == part.steps.get("waves"):
        part.columns.pop("month", None)
        part.how["month"] = ("step", True)


def _contact(part: ProposedPart) -> None:
    if "family_id" not in part.columns and "child_id" in part.columns:
        part.columns["family_id"] = part.columns["child_id"]  # each child a family of its own, unless told otherwise
        part.how["family_id"] = part.how["child_id"]
    _length(part)
    if "contact_id" not in part.columns:
        part.steps["number"] = "contact_id"
    else:
        frame, header = part.source.raw.frame, part.columns["contact_id"]
        doubled = frame[header].notna() & frame[header].duplicated()
        if doubled.any():
            whole = frame.drop_duplicates()
            part.steps["distinct"] = True
            if whole[header].dropna().duplicated().any() and "recorded_date" in part.columns:
                part.steps["newest"] = part.columns["recorded_date"]
    family, worker = part.columns.get("family_id"), part.columns.get("worker_id")
    if family:
        part.steps["skip_empty"] = ["contact_id", "family_id"] if "contact_id" in part.columns else ["family_id"]
    if worker and part.source.columns[worker].filled == 0:
        _take(part, "worker_id")


def _worker(part: ProposedPart) -> None:
    part.steps["skip_empty"] = ["worker_id"]
    if "fte" in part.columns:
        high = part.source.columns[part.columns["fte"]].high
        if MOST_FTE < high <= _MOST_WEEK_HOURS:
            part.step("times", "fte", round(1 / (FULL_WEEK_HOURS if high > DAYS_WORKED else high), 6))
        elif _MOST_WEEK_HOURS < high <= PERCENT:
            part.step("times", "fte", 1 / PERCENT)
    if "role" in part.columns and any(map(is_outsider, _texts(part.source.columns[part.columns["role"]]))):
        part.steps["only"] = {"role": list(TABLES["worker"]["role"].codes)}
    if "role" in part.columns and "asye" not in part.columns:
        values = _texts(part.source.columns[part.columns["role"]])
        new = [v for v in values if re.search(r"asye|nqsw|newly qualified", plain_spelling(v))]
        if new:
            part.columns["asye"] = part.columns["role"]
            part.how["asye"] = ("values", False)
            part.steps["codes"] = {"asye": {v: v in new for v in values}}


def _hours(part: ProposedPart) -> None:
    part.steps["skip_empty"] = ["worker_id"]
    _weeks(part)
    for column in ("h_home", "h_office", "h_visit", "h_commute"):
        header = words(part.columns.get(column, ""))
        if re.search(r"\bdays?\b|wfh|\bhome$|\boffice$|onsite", header) and not re.search(r"\bh(?:ou)?rs?\b", header):
            high = part.source.columns[part.columns[column]].high
            if high <= MOST_MONTH_DAYS:
                part.step("times", column, HOURS_OF_A_DAY)


_SEVERAL = 0.5
"""Share of rows with the worker and month of another from which a source holds weeks or days."""


def _weeks(part: ProposedPart) -> None:
    """Rows of weeks, or of days, are added up to months."""
    if not {"worker_id", "month"} <= set(part.columns):
        return
    frame, who = part.source.raw.frame, part.columns["worker_id"]
    months = days_of(frame[part.columns["month"]], part.source.raw.kind).dt.to_period("M")
    again = pd.DataFrame({"who": frame[who], "month": months})[months.notna()].duplicated(keep=False)
    amounts = [c for c in MONTHLY_AMOUNTS if c in part.columns]
    if len(again) and again.mean() >= _SEVERAL and amounts:
        part.steps["add_up"] = amounts


_PLANS = (("cp", r"cp|cpp|child protection"), ("cin", r"cin|child(?:ren)? in need"), ("cla", r"cla|lac|looked after"))


def _plan(part: ProposedPart) -> None:
    """A list of one kind of plan says which in its name or in the headers of its columns."""
    part.steps["skip_empty"] = ["child_id", "start_date"]
    told = [words(part.source.ref), *(words(h) for h in part.columns.values())]
    said = " ".join([*told, *(form for one in told for form in written_forms(one, "plan_spell"))])
    named = [plan for plan, pattern in _PLANS if re.search(rf"\b(?:{pattern})\b", said)]
    if "plan" not in part.columns and len(named) == 1:
        part.step("constants", "plan", named[0])
    header = part.columns.get("plan", "")
    if "classification" in words(header):  # a system's list of all that a child is: plans among warnings and settings
        values = _texts(part.source.columns[header])
        plans = [v for v in values if reads(TABLES["plan_spell"]["plan"], v)]
        if plans and len(plans) < len(values):
            part.step("keep", header, plans)


def _first_and_later(part: ProposedPart) -> None:
    """Where conferences are "Initial" and "Review" they are child protection's; reviews alone may be others'."""
    said = (
        {v: plain_spelling(v) for v in _texts(part.source.columns[part.columns["type"]])}
        if "type" in part.columns
        else {}
    )
    if "initial" in said.values() and set(said.values()) <= {"initial", "review"}:
        part.steps["codes"] = {"type": {v: "icpc" if s == "initial" else "rcpc" for v, s in said.items()}}
        part.how["type"] = (part.how["type"][0], False)


def _texts(seen: Profile) -> list[str]:
    return [str(v) for v in seen.counts.index[:40]]


def _is(part: ProposedPart, table: str, column: str, value: str, code: str) -> bool:
    spec = TABLES[table][column]
    return value.casefold() in (code, spec.codes.get(code, "").casefold()) or known_code(spec, value) == code


def _only(part: ProposedPart, column: str, wanted: Callable[[ProposedPart, str], bool]) -> None:
    """Keep only the rows of case holders, where other roles stand among them.

    A file that writes every role in the contract's own codes knows what they mean: it is kept whole.
    """
    if column not in part.columns:
        return
    header = part.columns[column]
    values = _texts(part.source.columns[header])
    kept = [v for v in values if wanted(part, v)]
    if set(values) <= set(TABLES[part.table][column].codes):
        return
    if kept and len(kept) < len(values):
        part.step("keep", header, kept)


_LONGEST_HOURS = 8
"""A length that hardly ever passes this is in hours: no meeting or visit lasts eight minutes at most."""


def _length(part: ProposedPart) -> None:
    """Lengths in hours become minutes, where the header or the numbers say so."""
    if "minutes" in part.columns:
        header = part.columns["minutes"]
        said = bool(re.search(r"\b(?:hours?|hrs?)\b", words(header)))
        if part.source.columns[header].high <= (24 if said else _LONGEST_HOURS):
            part.step("times", "minutes", 60)


def _held(part: ProposedPart) -> None:
    part.steps["skip_empty"] = ["worker_id", "date"]
    _length(part)
    for header, seen in part.source.usable.items():
        if header in part.columns.values():
            continue
        said, values = words(header), _texts(seen)
        if re.search(r"\bcancel\w*\b|\bdna\b|not held", said) and fit(_YES_NO, seen) == 1.0:
            part.step("keep", header, [v for v in values if plain_spelling(v) in ("n", "no", "false", "0")])
        elif re.search(r"\b(?:held|took place|completed|status|outcome)\b", said) and len(values) <= _FEW_STATES:
            kept = [
                v for v in values if re.match(r"(?:held|completed|yes|y|took place|attended|done)\b", plain_spelling(v))
            ]
            if kept and len(kept) < len(values):
                part.step("keep", header, kept)


_YES_NO = TABLES["contact"]["engaged"]


def _present(part: ProposedPart) -> None:
    if "slot" not in part.columns and "date" in part.columns:
        part.steps["halves"] = part.columns["date"]
        part.how["slot"] = ("step", True)
    if "slot" in part.columns:
        header = part.columns["slot"]
        whole = [v for v in _texts(part.source.columns[header]) if is_whole_day(v)]
        if whole:
            part.step("each", header, {v: ["am", "pm"] for v in whole})
    if "site_id" in part.columns:
        part.steps |= at_places(part.source, part.columns["site_id"], part.steps)
    for header, seen in part.source.usable.items():
        if header in part.columns.values() or len(seen.counts) > _FEW_SIGNS:
            continue
        values = _texts(seen)
        kept = [v for v in values if _PRESENT.search(plain_spelling(v)) and not _NOT_SO.search(plain_spelling(v))]
        if kept and len(kept) < len(values):
            part.step("keep", header, kept)
            return
