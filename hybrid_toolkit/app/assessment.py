"""The self-assessment as it is saved: rounds, people who answer, their answers and drafts, prompts of one's own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from hybrid_toolkit.app.registry import BEGUN, DONE, TO_DO
from hybrid_toolkit.app.workspace import Workspace
from hybrid_toolkit.assess.checklist import Checklist, ChecklistItem, ChecklistPart, load_checklist
from hybrid_toolkit.assess.roles import ROLES, role_words
from hybrid_toolkit.errors import UsageError

if TYPE_CHECKING:
    from hybrid_toolkit.assess.maturity import Assessment

ANSWER_LEVELS = ("none", "emerging", "established", "evidenced")
FIRST_ROUND = "r1"
_RATER = re.compile(r"([a-z_]+)-(\d{1,3})")


@dataclass(frozen=True, slots=True)
class Rater:
    """One person who answers: a role, and a number where several share it; with what was answered so far.

    Parameters
    ----------
    role : str
        Role of the person.
    number : int
        Which of the people in that role.
    answers : Mapping[str, Mapping[str, str]]
        Id of the prompt -> ``level``, ``evidence``, ``reference``, ``at``; a draft has no level yet.
    archived : bool, default False
        Whether the answers are set aside.
    finished : str, optional
        When the person said that these are their answers.
    """

    role: str
    number: int
    answers: Mapping[str, Mapping[str, str]]
    archived: bool = False
    finished: str = ""

    @property
    def key(self) -> str:
        """The name in addresses and files."""
        return f"{self.role}-{self.number}"

    @property
    def words(self) -> str:
        """The person in words: the role and the number."""
        return f"{role_words(self.role)} {self.number}"

    def draft_reason(self, item: str) -> str:
        """Why an answer is a draft still; empty for a whole answer and for none."""
        held = self.answers.get(item, {})
        said = held.get("evidence") or held.get("reference")
        if held.get("level") == "evidenced" and not said:
            return "evidence is missing"
        return "no level is chosen" if said and not held.get("level") else ""

    def whole(self, item: str) -> bool:
        """Whether a prompt has a whole answer."""
        return bool(self.answers.get(item, {}).get("level")) and not self.draft_reason(item)

    def stands(self, items: tuple[ChecklistItem, ...]) -> str:
        """Where some prompts stand: ``TO_DO``, ``BEGUN`` or ``DONE``."""
        whole = sum(self.whole(i.id) for i in items)
        if items and whole == len(items):
            return DONE
        return BEGUN if any(any(self.answers.get(i.id, {}).values()) for i in items) else TO_DO


@dataclass(frozen=True)
class Round:
    """One round of the assessment in a folder of work.

    Parameters
    ----------
    work : Workspace
        The folder.
    id : str
        ``r1`` for the first round.
    """

    work: Workspace
    id: str

    @property
    def setup_name(self) -> str:
        """Name of the saved file with what holds for everyone."""
        return f"rounds/{self.id}/setup"

    @property
    def setup(self) -> Mapping[str, Any]:
        """What holds for everyone: title, day, prompts of one's own, targets, notes."""
        return self.work.read(self.setup_name).content

    @property
    def title(self) -> str:
        """Its title; "Round 1" while it has none."""
        return str(self.setup.get("title") or f"Round {self.id[1:]}")

    @property
    def on(self) -> str:
        """Its day, as ISO date; empty while it has none."""
        return str(self.setup.get("on", ""))

    def rater_name(self, key: str) -> str:
        """Name of the saved file of a person.

        Raises
        ------
        UsageError
            It is no role and number.
        """
        found = _RATER.fullmatch(key)
        if found is None or found.group(1) not in ROLES:
            raise UsageError("there is no such person.", fix="Choose one from People and answers.", code="APP-RATER")
        return f"rounds/{self.id}/raters/{key}"

    def rater(self, key: str) -> Rater:
        """A person with their answers."""
        content = self.work.read(self.rater_name(key)).content
        role, _, number = key.rpartition("-")
        answers = {str(k): dict(v) for k, v in dict(content.get("answers", {})).items()}
        return Rater(role, int(number), answers, bool(content.get("archived")), str(content.get("finished", "")))

    @property
    def all_raters(self) -> tuple[Rater, ...]:
        """Everyone with a file, those set aside among them; roles in their own order."""
        keys = [n.rpartition("/")[2] for n in self.work.names(f"rounds/{self.id}/raters")]
        order = list(ROLES)
        found = [self.rater(k) for k in keys if _RATER.fullmatch(k) and k.rpartition("-")[0] in ROLES]
        return tuple(sorted(found, key=lambda r: (order.index(r.role), r.number)))

    @property
    def raters(self) -> tuple[Rater, ...]:
        """Everyone who answers."""
        return tuple(r for r in self.all_raters if not r.archived)

    @property
    def listed(self) -> Checklist:
        """The conditions and prompts, with those that the service added."""
        return with_own(load_checklist("conditions"), self.setup.get("own", {}))

    def assessment(self) -> Assessment:
        """Everyone's whole answers; drafts are left out."""
        from hybrid_toolkit.assess.maturity import Answer, Assessment

        listed, found = self.listed, []
        items = [i.id for i in listed.items]
        for rater in self.raters:
            for item in items:
                if rater.whole(item):
                    held = rater.answers[item]
                    proof = "; ".join(p for p in (held.get("evidence", ""), held.get("reference", "")) if p)
                    on = date.fromisoformat(held["at"][:10]) if held.get("at") else None
                    found.append(Answer(item, rater.role, held["level"], rater.number, proof, on))
        return Assessment(tuple(found), dict(self.setup.get("targets", {})), listed)

    def next_number(self, role: str) -> int:
        """The number of the next person in a role."""
        return 1 + max((r.number for r in self.all_raters if r.role == role), default=0)

    def answer(self, key: str, item: str, given: Mapping[str, str], *, now: datetime | None = None) -> Rater:
        """Save what a person has entered for a prompt, whole or not.

        Parameters
        ----------
        key : str
            The person.
        item : str
            Id of the prompt.
        given : Mapping[str, str]
            ``level``, ``evidence`` and ``reference``; what is left out stays as it is.
        now : datetime | None, optional
            The time; that of the computer where it is left out.

        Returns
        -------
        Rater
            The person with their answers.

        Raises
        ------
        UsageError
            There is no such prompt, person or level.
        """
        self.listed.item(item)
        if given.get("level", "") not in ("", *ANSWER_LEVELS):
            raise UsageError("that is not a level.", fix="Choose one of the levels.", code="APP-LEVEL")
        at = (now or datetime.now()).isoformat(timespec="seconds")

        def put(content: dict[str, Any]) -> dict[str, Any]:
            answers = dict(content.get("answers", {}))
            old = {k: v for k, v in answers.get(item, {}).items() if k != "at"}
            new = {k: given.get(k, old.get(k, "")) for k in ("level", "evidence", "reference")}
            if new != {k: old.get(k, "") for k in new}:
                answers[item] = {**new, "at": at}
            return {**content, "answers": answers}

        self.work.change(self.rater_name(key), put, f"answer to {item}")
        return self.rater(key)

    def name_file(self, key: str, who: str) -> None:
        """Note what names the file of an invited person, so that a second file is known to be theirs."""
        self.work.change(self.rater_name(key), lambda c: {**c, "who": who}, "answers from a file")

    def take_in(self, key: str, answers: Mapping[str, Mapping[str, str]]) -> tuple[int, int]:
        """Merge answers that came in a file: the newer answer to a prompt stands, the older is kept in a copy.

        Parameters
        ----------
        key : str
            The person.
        answers : Mapping[str, Mapping[str, str]]
            Id of the prompt -> the answer.

        Returns
        -------
        tuple[int, int]
            How many answers were taken in, and how many named a prompt that this round does not have.
        """
        known, counts = {i.id for i in self.listed.items}, [0, 0]

        def put(content: dict[str, Any]) -> dict[str, Any]:
            held = dict(content.get("answers", {}))
            counts[:] = [0, 0]
            for item, given in answers.items():
                if item not in known:
                    counts[1] += 1
                elif item not in held or (
                    dict(given) != held[item] and str(given.get("at", "")) >= str(held[item].get("at", ""))
                ):
                    held[item] = dict(given)
                    counts[0] += 1
            return {**content, "answers": held}

        self.work.change(self.rater_name(key), put, "answers from a file")
        return counts[0], counts[1]


def rounds(work: Workspace) -> tuple[Round, ...]:
    """The rounds of a folder, the first one first; the first exists from the beginning."""
    found = {p.parent.name for p in (work.folder / "rounds").glob("r*/setup.json")} | {FIRST_ROUND}
    numbered = [r for r in found if r[1:].isdecimal()]
    return tuple(Round(work, r) for r in sorted(numbered, key=lambda r: int(r[1:])))


def current_round(work: Workspace) -> Round:
    """The newest round that is not set aside."""
    found = rounds(work)
    return next((r for r in reversed(found) if not r.setup.get("archived")), found[0])


def with_own(listed: Checklist, own: Mapping[str, Any]) -> Checklist:
    """The conditions with those and the prompts that a service added; what it archived is left out.

    Parameters
    ----------
    listed : Checklist
        The nine conditions.
    own : Mapping[str, Any]
        ``conditions`` (``id``, ``title``, ``about``) and ``prompts`` (``id``, ``condition``, ``text``).

    Returns
    -------
    Checklist
        All of them.

    Examples
    --------
    >>> own = {"prompts": [{"id": "own-1", "condition": "S0-C1", "text": "Night duty has a rule of its own."}]}
    >>> len(with_own(load_checklist("conditions"), own).items)
    33
    """
    prompts = [p for p in own.get("prompts", ()) if not p.get("archived")]
    parts = list(listed.parts)
    for c in own.get("conditions", ()):
        if not c.get("archived"):
            parts.append(ChecklistPart(str(c["id"]), str(c["title"]), (), str(c.get("about", ""))))
    made = []
    for part in parts:
        more = tuple(
            ChecklistItem(str(p["id"]), str(p["text"]), "maturity") for p in prompts if p["condition"] == part.id
        )
        made.append(replace(part, items=part.items + more))
    return replace(listed, parts=tuple(p for p in made if p.items))


def refuse_details(texts: Mapping[str, str]) -> dict[str, str]:
    """Field -> what to say where its text looks as if it held a personal detail; empty where none does.

    Parameters
    ----------
    texts : Mapping[str, str]
        Field -> its text.

    Returns
    -------
    dict[str, str]
        Field -> the error.

    Examples
    --------
    >>> refuse_details({"evidence": "Ring 0113 496 0000", "notes": "Audit of May 2026"})
    {'evidence': 'Take out a telephone number: this may identify someone. Use roles.'}
    """
    from hybrid_toolkit.data.privacy.personal import details_in

    found = {field: details_in(text) for field, text in texts.items()}
    return {
        field: f"Take out {' and '.join(kinds)}: this may identify someone. Use roles."
        for field, kinds in found.items()
        if kinds
    }
