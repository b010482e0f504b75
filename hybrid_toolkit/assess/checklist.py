"""Checklists as they are declared: sections of items with their ids in the sources, one TOML file each."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from hybrid_toolkit.errors import UsageError, plural

CHECKLISTS = (
    *("conditions", "share", "return_tests", "risk", "digital_practice", "questions", "actions"),
    *("wellness", "signs", "benefits", "challenges", "employer", "statements", "supervision"),
)
"""Ids of the checklists; ``load_checklist`` reads them."""
_SOURCE_IDS = re.compile(r"\s*\((?:S\d(?:-[\w.]+)?(?:, )?)+\)|(?<=\()(?:S\d-[\w.]+(?:, )?)+: ")
_TOP = {"id", "title", "about", "source", "scale", "sections", "stored", "why"}
_SECTION = {"id", "title", "about", "scale", "seeds", "metrics", "items"}
_ITEM = {"id", "text", "note", "side", "scale", "seeds", "metrics", "conditions", "levels", "statements", "by"}


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """One item.

    Parameters
    ----------
    id : str
        Its id in the source, such as ``S0-C1.1``.
    text : str
        What it says, in this toolkit's own words.
    scale : str, optional
        Answers it offers, a key of ``scales()``; empty where it is only read.
    metrics : tuple[str, ...], optional
        Ids of the metrics that speak to it.
    seeds : tuple[str, ...], optional
        Further ids of the sources that it stands for.
    note : str, optional
        What to mind.
    side : str, optional
        ``employer`` or ``employee`` where the two are told apart.
    conditions : tuple[str, ...], optional
        Ids of the conditions that an action helps with.
    levels : tuple[str, ...], optional
        Who can do an action: ``organisation``, ``team`` or ``person``.
    statements : tuple[str, ...], optional
        Ids of the statements on remote working that an action answers.
    by : str, optional
        Group by which the metrics have to be split to speak to it, such as ``caring``; its note says so.

    Examples
    --------
    >>> load_checklist("conditions").item("S0-C1.4").scale
    'maturity'
    >>> load_checklist("risk").item("S3-V1").note
    'A figure of everyone does not tell: split it by caring.'
    """

    id: str
    text: str
    scale: str = ""
    metrics: tuple[str, ...] = ()
    seeds: tuple[str, ...] = ()
    note: str = ""
    side: str = ""
    conditions: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    statements: tuple[str, ...] = ()
    by: str = ""

    @property
    def split(self) -> str:
        """What follows the name of a metric that has to be split, such as ``, split by caring``; else empty.

        Examples
        --------
        >>> load_checklist("risk").item("S3-V2").split, load_checklist("risk").item("S3-Q3").split
        (', split by career stage', '')
        """
        return f", split by {self.by.replace('_', ' ')}" if self.by else ""


@dataclass(frozen=True, slots=True)
class ChecklistPart:
    """A section: its items, and the metrics that speak to it as a whole.

    Parameters
    ----------
    id : str
        Short name.
    title : str
        Heading.
    items : tuple[ChecklistItem, ...]
        Its items.
    about : str, optional
        What the section is about.
    metrics : tuple[str, ...], optional
        Ids of the metrics that describe the section as a whole.
    seeds : tuple[str, ...], optional
        Ids of the questions behind it.

    Examples
    --------
    >>> part = load_checklist("conditions").parts[0]
    >>> part.id, len(part.items) > 1
    ('S0-C1', True)
    """

    id: str
    title: str
    items: tuple[ChecklistItem, ...]
    about: str = ""
    metrics: tuple[str, ...] = ()
    seeds: tuple[str, ...] = ()

    @property
    def split(self) -> Mapping[str, str]:
        """Metrics that have to be split to speak to an item of it, each with the group.

        Examples
        --------
        >>> load_checklist("risk").part("S3-V").split["swemwbs"]
        'disability'
        """
        return MappingProxyType({m: i.by for i in self.items if i.by for m in i.metrics})


@dataclass(frozen=True, slots=True)
class Checklist:
    """One checklist.

    Parameters
    ----------
    id : str
        Short id.
    title : str
        Title.
    about : str
        What it is for.
    source : str
        Where it comes from.
    parts : tuple[ChecklistPart, ...]
        Its sections in order.
    stored : bool, default True
        Whether answers may be kept; ``why`` says why not.
    why : str, optional
        Why answers may not be kept, where they may not.

    Examples
    --------
    >>> nine = load_checklist("conditions")
    >>> nine.parts[0].title, nine.part_of("S0-C1.4").id
    ('Local arrangements', 'S0-C1')
    """

    id: str
    title: str
    about: str
    source: str
    parts: tuple[ChecklistPart, ...]
    stored: bool = True
    why: str = ""

    @property
    def items(self) -> tuple[ChecklistItem, ...]:
        """Every item in order."""
        return tuple(i for part in self.parts for i in part.items)

    @property
    def source_questions(self) -> tuple[str, ...]:
        """Every id of the sources that it serves, each once."""
        own = [i for p in self.parts for i in (p.id, *p.seeds, *(s for x in p.items for s in (x.id, *x.seeds)))]
        return tuple(dict.fromkeys(own))

    def item(self, item: str) -> ChecklistItem:
        """One item by id.

        Parameters
        ----------
        item : str
            Id of the item.

        Returns
        -------
        ChecklistItem
            One item by id.

        Raises
        ------
        UsageError
            There is none of that id.
        """
        found = next((i for i in self.items if i.id == item), None)
        if found is None:
            raise _unknown(f"the checklist '{self.id}' has no item of that id", [i.id for i in self.items])
        return found

    def part(self, part: str) -> ChecklistPart:
        """One section by id.

        Parameters
        ----------
        part : str
            Id of the section.

        Returns
        -------
        ChecklistPart
            One section by id.

        Raises
        ------
        UsageError
            There is none of that id.
        """
        found = next((p for p in self.parts if p.id == part), None)
        if found is None:
            raise _unknown(f"the checklist '{self.id}' has no section of that id", [p.id for p in self.parts])
        return found

    def part_of(self, item: str) -> ChecklistPart:
        """The section in which an item stands; raises as ``item``.

        Parameters
        ----------
        item : str
            Id of the item.

        Returns
        -------
        ChecklistPart
            The section in which an item stands; raises as ``item``.
        """
        self.item(item)
        return next(p for p in self.parts if any(i.id == item for i in p.items))


@cache
def load_checklist(name: str) -> Checklist:
    """One of ``CHECKLISTS``.

    Parameters
    ----------
    name : str
        Id of the checklist, one of ``CHECKLISTS``.

    Returns
    -------
    Checklist
        One of ``CHECKLISTS``.

    Raises
    ------
    UsageError
        There is none of that id, or its file does not keep to the form.

    Examples
    --------
    >>> nine = load_checklist("conditions")
    >>> len(nine.parts), len(nine.items), nine.item("S0-C1.3").metrics
    (9, 32, ('approval_ratio',))
    """
    if name not in CHECKLISTS:
        raise _unknown("there is no checklist of that id", CHECKLISTS)
    return parse_checklist(_read(name))


@cache
def scales() -> Mapping[str, Mapping[str, str]]:
    """Scale id -> code -> words, least first.

    Examples
    --------
    >>> list(scales()["maturity"])
    ['none', 'emerging', 'established', 'evidenced']
    """
    raw = tomllib.loads(_read("scales"))
    return MappingProxyType({k: MappingProxyType(dict(v)) for k, v in raw.items()})


def without_source_ids(text: str) -> str:
    """A text of the source without the ids of the source, which items and ``source_questions`` keep for analysts.

    Examples
    --------
    >>> without_source_ids("Local guidance is missing (S0-C1r1), or old (S0-C1r2).")
    'Local guidance is missing, or old.'
    >>> without_source_ids("Support each other (S3-SB3: a chat group).")
    'Support each other (a chat group).'
    """
    return _SOURCE_IDS.sub("", text)


def parse_checklist(text: str) -> Checklist:
    """A checklist from TOML text, its words without the ids of the source; raises as ``load_checklist``."""
    raw = tomllib.loads(text)
    _only(raw, _TOP, "the top level")
    parts = tuple(_part(section, raw.get("scale", "")) for section in raw["sections"])
    title, about, why = (without_source_ids(raw.get(k, "")) for k in ("title", "about", "why"))
    made = Checklist(raw["id"], title, about, raw["source"], parts, raw.get("stored", True), why)
    ids = [i.id for i in made.items]
    if len(ids) != len(set(ids)):
        raise UsageError("an item id stands twice.", fix="Change one of the two ids.", code="CHECKLIST-FORM")
    return made


def _part(raw: Mapping[str, Any], scale: str) -> ChecklistPart:
    _only(raw, _SECTION, "a section")
    items = tuple(_item(i, raw.get("scale", scale)) for i in raw["items"])
    title, about = (without_source_ids(raw.get(k, "")) for k in ("title", "about"))
    return ChecklistPart(raw["id"], title, items, about, tuple(raw.get("metrics", ())), tuple(raw.get("seeds", ())))


def _item(raw: Mapping[str, Any], scale: str) -> ChecklistItem:
    _only(raw, _ITEM, "an item")
    used = raw.get("scale", scale)
    if used and used not in scales():
        raise UsageError("a scale does not exist.", fix=f"Choose one of: {', '.join(scales())}.", code="CHECKLIST-FORM")
    lists = {k: tuple(raw.get(k, ())) for k in ("metrics", "seeds", "conditions", "levels", "statements")}
    text, note = (without_source_ids(raw.get(k, "")) for k in ("text", "note"))
    made = ChecklistItem(raw["id"], text, used, note=note, side=raw.get("side", ""), by=raw.get("by", ""), **lists)
    told = f"A figure of everyone does not tell{made.split.replace(', split', ': split it')}." if made.by else ""
    return replace(made, note=f"{note} {told}".strip())


def _only(raw: Mapping[str, Any], keys: set[str], where: str) -> None:
    unknown = sorted(set(raw) - keys)
    if unknown:
        raise UsageError(
            f"{plural(len(unknown), 'unknown key')} at {where} of a checklist.",
            fix=f"Use only: {', '.join(sorted(keys))}.",
            code="CHECKLIST-FORM",
        )


def _read(name: str) -> str:
    return (files("hybrid_toolkit.assess") / "checklists" / f"{name}.toml").read_text(encoding="utf-8")


def _unknown(what: str, offered: Any) -> UsageError:
    return UsageError(f"{what}.", fix=f"Use one of: {', '.join(offered)}.", code="CHECKLIST-UNKNOWN")
