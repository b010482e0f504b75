"""The steps of a mapping as its file writes them, and what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from hybrid_toolkit.data.known.visit_due import VisitInterval, read_interval
from hybrid_toolkit.data.reshape.step_kinds import (
    STEP_KEYS,
    Attended,
    DayColumns,
    Grid,
    Households,
    Lookup,
    MonthOf,
    Open,
    Spells,
    Steps,
    Wide,
)
from hybrid_toolkit.data.tables.contract import TableContract

Say = Callable[[str, str], None]
_MONTH, _DAY = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])"), re.compile(r"\d{4}-\d{2}-\d{2}")
_PLACES = {"office", "home", ""}


def read_steps(contract: TableContract, part: Mapping[str, Any], say: Say) -> Steps:
    """The steps of one part of a mapping; what is wrong is told to ``say`` as a code and a text."""
    return Steps(**_Reader(contract, part, say).all())


class _Reader:
    def __init__(self, contract: TableContract, part: Mapping[str, Any], say: Say) -> None:
        self.contract, self.part, self.say = contract, part, say
        self.where = f"tables.{contract.name}"

    def all(self) -> dict[str, Any]:
        made: dict[str, Any] = {k: getattr(self, k)(self.part[k]) for k in STEP_KEYS if k in self.part}
        return {k: v for k, v in made.items() if v is not None}

    def wrong(self, key: str, text: str) -> None:
        self.say("MAP-STEP", f"'{self.where}.{key}' {text}")

    def column(self, key: str, name: object) -> str:
        if not isinstance(name, str) or name not in self.contract.names:
            self.say("MAP-COLUMN", f"unknown column '{self.where}.{key}: {name}'")
            return ""
        return name

    def fields(self, key: str, value: object, needed: tuple[str, ...], other: tuple[str, ...] = ()) -> dict[str, Any]:
        if not isinstance(value, dict) or not set(needed) <= set(value) <= {*needed, *other}:
            self.wrong(
                key, f"must be a table with the keys {', '.join(needed)}" + (f" ({', '.join(other)})" if other else "")
            )
            return {}
        return value

    def texts(self, key: str, value: object) -> tuple[str, ...]:
        items = value if isinstance(value, list) else [value]
        if items and all(isinstance(i, str) and i.strip() for i in items):
            return tuple(map(str, items))
        self.wrong(key, "must be a name or a list of names")
        return ()

    def missing(self, value: object) -> Mapping[str, tuple[str, ...]]:
        given = value if isinstance(value, dict) else {"": value}
        return {c and self.column("missing", c): self.texts("missing", v) for c, v in given.items()}

    def wide(self, value: object) -> Wide | None:
        found = self.fields("wide", value, ("names", "values", "rows"))
        return (
            Wide(str(found["names"]), str(found["values"]), self.texts("wide.rows", found["rows"])) if found else None
        )

    def month_of(self, value: object) -> MonthOf | None:
        found = self.fields("month_of", value, ("month", "year", "into"))
        return MonthOf(str(found["month"]), str(found["year"]), str(found["into"])) if found else None

    def day_columns(self, value: object) -> DayColumns | None:
        found = self.fields("day_columns", value, ("columns",), ("month", "week", "weeks", "rest"))
        if not found:
            return None
        said = {k: str(found.get(k, "")) for k in ("month", "week", "weeks", "rest")}
        if said["month"] and not _MONTH.fullmatch(said["month"]):
            self.wrong("day_columns.month", 'must be a month such as "2025-04"')
        if said["week"] and not _DAY.fullmatch(said["week"]):
            self.wrong("day_columns.week", 'must be a day such as "2025-04-07"')
        if said["rest"] not in ("", "leave out"):
            self.wrong("day_columns.rest", 'must be "leave out", where codes without a meaning make no row')
        return DayColumns(self.texts("day_columns.columns", found["columns"]), **said)

    def places(self, value: object) -> Mapping[str, tuple[str, ...]]:
        made: dict[str, tuple[str, ...]] = {}
        for code, place in value.items() if isinstance(value, dict) else []:
            both = ["" if p == "neither" else p for p in (place if isinstance(place, list) else [place])]
            if len(both) not in (1, 2) or not set(both) <= _PLACES:
                self.wrong(
                    f'places."{code}"', 'must be "office", "home" or "" (neither), or two for before and after noon'
                )
            else:
                made[str(code)] = tuple(map(str, both))
        return made

    def grid(self, value: object) -> Grid | None:
        found = self.fields("grid", value, ("columns", "name", "value"))
        if not found:
            return None
        name = self.column("grid.name", found["name"]) if found["name"] else ""
        column = self.column("grid.value", found["value"])
        return Grid(self.texts("grid.columns", found["columns"]), name, column)

    def spells(self, value: object) -> Spells | None:
        found = self.fields("spells", value, ("start", "end", "into"), ("days",))
        if not found:
            return None
        into = self.column("spells.into", found["into"])
        return Spells(str(found["start"]), str(found["end"]), str(found.get("days", "")), into)

    def open(self, value: object) -> Open | None:
        found = self.fields("open", value, ("start", "end", "by", "count", "into"))
        if not found:
            return None
        into = self.column("open.into", found["into"])
        return Open(str(found["start"]), str(found["end"]), str(found["by"]), str(found["count"]), into)

    def attended(self, value: object) -> Attended | None:
        found = self.fields("attended", value, ("date", "at", "by"), ("slot",))
        return Attended(**{k: str(v) for k, v in found.items()}) if found else None

    def households(self, value: object) -> Households | None:
        found = self.fields("households", value, ("child", "by"))
        return Households(str(found["child"]), self.texts("households.by", found["by"])) if found else None

    def long(self, value: object) -> Mapping[str, tuple[str, str]]:
        if not isinstance(value, dict):
            self.wrong("long", "must be a table of source columns")
            return {}
        made = {}
        for column, target in value.items():
            instrument, _, item = str(target).partition("/")
            if not instrument or not item:
                self.wrong(f'long."{column}"', 'must be an instrument and an item, such as "swemwbs/swemwbs_1"')
            made[str(column)] = (instrument, item)
        return made

    def waves(self, value: object) -> str:
        return self.one("waves", value)

    def halves(self, value: object) -> str:
        return self.one("halves", value)

    def newest(self, value: object) -> str:
        return self.one("newest", value)

    def one(self, key: str, value: object) -> str:
        if isinstance(value, str) and value.strip():
            return value
        self.wrong(key, "must be the name of a source column")
        return ""

    def flags(self, value: object) -> Mapping[str, Mapping[str, Mapping[str, bool]]]:
        made: dict[str, dict[str, dict[str, bool]]] = {}
        for source, answers in self.nested("flags", value):
            made[source] = {}
            for answer, said in answers.items():
                given = said if isinstance(said, dict) else {}
                if not given or not all(isinstance(v, bool) for v in given.values()):
                    self.wrong(f'flags."{source}"', "must give each answer a table of true and false")
                made[source][answer] = {self.column("flags", c): bool(v) for c, v in given.items()}
        return made

    def ticks(self, value: object) -> Mapping[str, Mapping[str, str]]:
        return {
            source: {answer: self.column("ticks", c) for answer, c in answers.items()}
            for source, answers in self.nested("ticks", value)
        }

    def each(self, value: object) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
        return {
            source: {text: self.texts(f"each.{source}", to) for text, to in answers.items()}
            for source, answers in self.nested("each", value)
        }

    def nested(self, key: str, value: object) -> list[tuple[str, dict[str, Any]]]:
        if isinstance(value, dict) and all(isinstance(v, dict) for v in value.values()):
            return list(value.items())
        self.wrong(key, "must be a table of source columns, each a table of answers")
        return []

    def lookup(self, value: object) -> Mapping[str, Lookup]:
        made = {}
        for column, given in value.items() if isinstance(value, dict) else []:
            found = self.fields(
                f"lookup.{column}", given, ("source", "from", "to"), ("of", "start", "end", "on", "where", "rest")
            )
            if found and self.column("lookup", column):
                names = ("source", "from", "to", "start", "end")
                texts = [self.texts(f"lookup.{column}.{n}", found[n]) if n in found else () for n in names]
                on = str(found.get("on", ""))
                if bool(texts[3]) != bool(on) or (on and not self.column("lookup", on)):
                    self.wrong(
                        f"lookup.{column}", "needs both 'start', a column of the other source, and 'on', a day here"
                    )
                source, come, to, start, end = texts
                given = found.get("where", {})
                where = {k: self.texts(f"lookup.{column}.where", v) for k, v in given.items()}
                rest = str(found.get("rest", ""))
                if rest not in ("", "keep") or (rest and on):
                    self.wrong(f"lookup.{column}.rest", 'must be "keep", and stands for no look-up on a day')
                made[column] = Lookup(source, come, to, str(found.get("of", "")), start, end, on, where, rest)
        return made

    def only(self, value: object) -> Mapping[str, tuple[str, ...]]:
        given = value if isinstance(value, dict) else {}
        if not given:
            self.wrong("only", "must give columns their codes")
        made = {c: self.texts(f"only.{c}", v) for c, v in given.items() if self.column("only", c)}
        for column, codes in made.items():
            for code in codes:
                if code not in self.contract[column].codes:
                    self.say("MAP-CODE", f"'{self.where}.only.{column}' has no code '{code}'")
        return made

    def times(self, value: object) -> Mapping[str, float]:
        made = {}
        for column, by in value.items() if isinstance(value, dict) else []:
            if isinstance(by, bool) or not isinstance(by, int | float):
                self.wrong(f"times.{column}", "must be a number")
            elif self.column("times", column):
                made[column] = float(by)
        return made

    def due(self, value: object) -> Mapping[str, VisitInterval]:
        if self.contract.name != "contact" or not isinstance(value, dict) or not value:
            self.wrong("due", 'must be a table of purposes of a visit, such as { statutory_cp = "10 working days" }')
            return {}
        made = {}
        for purpose, text in value.items():
            interval = read_interval(str(text))
            if purpose not in self.contract["purpose"].codes:
                self.say("MAP-CODE", f"'{self.where}.due' has no purpose '{purpose}'")
            elif interval is None:
                self.wrong(
                    f"due.{purpose}", 'must be a time such as "10 working days", "14 days", "6 weeks" or "3 months"'
                )
            else:
                made[str(purpose)] = interval
        return made

    def loose(self, value: object) -> tuple[str, ...]:
        return tuple(c for c in (self.column("loose", n) for n in self.texts("loose", value)) if c)

    def add_up(self, value: object) -> tuple[str, ...]:
        named = tuple(c for c in (self.column("add_up", n) for n in self.texts("add_up", value)) if c)
        for column in named:
            if self.contract[column].kind not in ("int", "float"):
                self.wrong(f"add_up: {column}", "is a column without amounts")
        return named

    def unread(self, value: object) -> tuple[str, ...]:
        named = tuple(c for c in (self.column("unread", n) for n in self.texts("unread", value)) if c)
        for column in named:
            if self.contract[column].kind not in ("code", "bool"):
                self.wrong(f"unread: {column}", "is a column without codes")
        return named

    def number(self, value: object) -> str:
        return self.column("number", value)

    def joined(self, value: object) -> bool:
        return self.yes("joined", value)

    def again(self, value: object) -> bool:
        if self.contract.name != "child_event":
            self.wrong("again", "is for referrals, in child_event")
        return self.yes("again", value)

    def yes(self, key: str, value: object) -> bool:
        if not isinstance(value, bool):
            self.wrong(key, "must be true or false")
        return value is True

    def fill(self, value: object) -> Mapping[str, str]:
        if not isinstance(value, dict):
            self.wrong("fill", "must be a table of columns")
            return {}
        return {c: str(v) for c, v in value.items() if self.column("fill", c)}
