"""A filled-in checklist: one answer an item, in words and with its date, by role and never by name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from hybrid_toolkit.assess.checklist import Checklist, ChecklistItem, load_checklist, scales
from hybrid_toolkit.assess.roles import check_role
from hybrid_toolkit.errors import UsageError

TESTS = ("S3-K1", "S3-K2", "S3-K3")
"""The three tests before a return on site."""
SETTLED = ("in_place", "not_needed")


@dataclass(frozen=True, slots=True)
class Entry:
    """One answer: the item, a code of its scale, words of one's own, who answered (a role), and when.

    Parameters
    ----------
    item : str
        Id of the item.
    answer : str
        Code of its scale.
    words : str, optional
        Words of one's own.
    role : str, default "senior_leader"
        Role of who answered.
    on : date | None, optional
        When.

    Examples
    --------
    >>> Entry("S3-K1", "yes", role="supervisor").answer
    'yes'
    """

    item: str
    answer: str
    words: str = ""
    role: str = "senior_leader"
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """The answers to one checklist.

    Parameters
    ----------
    checklist : str
        Id of the checklist.
    entries : tuple[Entry, ...], optional
        One an item that was answered, in the order of the checklist.
    about : str, optional
        For which role, team or service it was filled in, in a few words; no person.

    Raises
    ------
    UsageError
        No such checklist, one whose answers are never kept, an item or answer that it does not have, an item answered
        twice, or a role that does not exist.

    Examples
    --------
    >>> record = Record("return_tests").put(Entry("S3-K1", "yes")).put(Entry("S3-K2", "no"))
    >>> record.answer("S3-K2"), len(record.open)
    ('no', 8)
    """

    checklist: str
    entries: tuple[Entry, ...] = ()
    about: str = ""

    def __post_init__(self) -> None:
        listed = load_checklist(self.checklist)
        if not listed.stored:
            raise UsageError("answers to this checklist are never kept.", fix=listed.why, code="NEVER-STORED")
        for entry in self.entries:
            item = listed.item(entry.item)
            check_role(entry.role)
            if entry.answer not in scales().get(item.scale, {}):
                offered = ", ".join(scales().get(item.scale, {})) or "none: it is only read"
                raise UsageError(
                    f"item {item.id} does not offer that answer.", fix=f"Use one of: {offered}.", code="ANSWER-UNKNOWN"
                )
        if len({e.item for e in self.entries}) != len(self.entries):
            raise UsageError("an item is answered twice.", fix="Keep one answer an item.", code="ANSWER-TWICE")

    @property
    def listed(self) -> Checklist:
        """The checklist itself."""
        return load_checklist(self.checklist)

    @property
    def open(self) -> tuple[ChecklistItem, ...]:
        """The items without an answer."""
        done = {e.item for e in self.entries}
        return tuple(i for i in self.listed.items if i.scale and i.id not in done)

    def put(self, entry: Entry) -> Record:
        """The record with one answer added, or in the place of the one that was there.

        Parameters
        ----------
        entry : Entry
            The answer.

        Returns
        -------
        Record
            The record with one answer added, or in the place of the one that was there.
        """
        held = {e.item: e for e in self.entries} | {entry.item: entry}
        order = [i.id for i in self.listed.items]
        self.listed.item(entry.item)
        return replace(self, entries=tuple(held[i] for i in order if i in held))

    def entry(self, item: str) -> Entry | None:
        """The answer to an item; None where there is none.

        Parameters
        ----------
        item : str
            Id of the item.

        Returns
        -------
        Entry | None
            The answer to an item; None where there is none.
        """
        return next((e for e in self.entries if e.item == item), None)

    def answer(self, item: str) -> str:
        """The code of the answer to an item; empty where there is none.

        Parameters
        ----------
        item : str
            Id of the item.

        Returns
        -------
        str
            The code of the answer to an item; empty where there is none.
        """
        found = self.entry(item)
        return found.answer if found else ""

    def counts(self, part: str) -> Mapping[str, int]:
        """Answer code -> how many items of a section have it; ``""`` for those without one.

        Parameters
        ----------
        part : str
            The section.

        Returns
        -------
        Mapping[str, int]
            Answer code -> how many items of a section have it; ``""`` for those without one.
        """
        section = self.listed.part(part)
        return Counter(self.answer(i.id) for i in section.items)


def return_verdict(record: Record) -> str:
    """What the three tests say together: all must be met before people are asked back on site.

    Parameters
    ----------
    record : Record
        The answers.

    Returns
    -------
    str
        What the three tests say together: all must be met before people are asked back on site.

    Examples
    --------
    >>> return_verdict(Record("return_tests", (Entry("S3-K1", "yes"), Entry("S3-K2", "no"))))
    'Do not ask people back on site yet: 1 of 3 tests met, 1 not met, 1 not yet known.'
    """
    answers = [record.answer(t) for t in TESTS]
    yes, no = answers.count("yes"), answers.count("no")
    if yes == len(TESTS):
        return "All three tests are met: people may be asked back on site. Look at it again when anything changes."
    return f"Do not ask people back on site yet: {yes} of 3 tests met, {no} not met, {3 - yes - no} not yet known."


def to_do(record: Record) -> tuple[ChecklistItem, ...]:
    """Items that are unanswered, or answered with something that is still to be dealt with.

    Parameters
    ----------
    record : Record
        The answers.

    Returns
    -------
    tuple[ChecklistItem, ...]
        Items that are unanswered, or answered with something that is still to be dealt with.

    Examples
    --------
    >>> record = Record("return_tests").put(Entry("S3-K1", "yes"))
    >>> len(to_do(record)), to_do(record)[0].id
    (9, 'S3-K2')
    """
    fine = (*SETTLED, "yes", "none", "positive", "neutral", "agreed", "green")
    return tuple(i for i in record.listed.items if i.scale and record.answer(i.id) not in fine)
