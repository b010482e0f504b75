"""Codes in the spellings of the national returns and of ordinary systems, read without a mapping.

``codes.csv`` holds the spellings with where each was seen.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources

from hybrid_toolkit.data.known.code_rules import code_by_rule
from hybrid_toolkit.data.tables.contract import ColumnContract

_SPELLING_LETTERS = 5
"""Shorter spellings are near too many others: "yes" and "y"."""
_LISTS: Mapping[str, str] = {
    "mode": "mode",
    "mode_preferred": "mode",
    "agency": "agency",
    "ethnicity": "ethnicity",
    "sex": "sex",
    "purpose": "purpose",
    "outcome": "outcome",
    "end_reason": "end_reason",
    "need": "plan",
    "plan": "plan",
    "child_participation": "participation",
    "service": "service",
    "slot": "slot",
    "reflective": "reflective",
    "seen_alone": "seen_alone",
    "leave_reason": "leave_reason",
}
_NARROWED: Mapping[str, str] = {
    **dict.fromkeys(("home", "office", "community"), "in_person"),
    **dict.fromkeys(("video", "phone"), "remote"),
}
"""What a place or a channel says where a column knows "in person" and "remote" only."""
_NEAREST: Mapping[str, str] = {"remote": "video", **_NARROWED}
"""What is likeliest meant where a list lacks a code: a guess to look at, such as a virtual supervision."""
_PHRASED = ("role", "service", "ethnicity")
_GENERAL: Mapping[str, frozenset[str]] = {
    "in_person": frozenset({"home", "office", "community"}),
    "remote": frozenset({"video", "phone"}),
}
"""What says less than another code of the same list, so that "Online (Teams)" is a video call."""
_LOOSE_WORDS = frozenset(
    {"seen", "visit", "direct", "physical", "call", "mobile", "post", "written", "text", "digital"}
)
"""Spellings of a way to meet that say it only where they stand alone: a telephone visit is no visit."""
_NOT = re.compile(r"\b(?:not?|non|never|cancel\w*|failed|attempt\w*|instead of|rather than|declin\w*|refus\w*)\b")
_NO_ROLE = re.compile(
    r"\b(?:student|assistant to|apprentice|trainee|support worker|business support|social work assistant)\b"
)
"""Posts that hold the words of a social worker's and are none."""
_PREFIX = re.compile(r"^(?:\(?[a-z]\)|[a-z]\.|\d{1,2}\s*[-=:.)])\s*(?=\D)")
_EXPLAINED = re.compile(r"([^()]+?) ?\(([^()]+)\)")
"""A code with what it means in brackets, such as "Formal (contractual)"."""
_CODE_FIRST = re.compile(r"^[a-z0-9]{1,5} ?[-=:] (?=[a-z])")
"""A code before what it means, such as "CH - Case holder"."""


_POSTS = {
    "soc": "social",
    "wkr": "worker",
    "wrkr": "worker",
    "snr": "senior",
    "sr": "senior",
    "prac": "practitioner",
    "practnr": "practitioner",
    "mgr": "manager",
    "mngr": "manager",
    "asst": "assistant",
    "adv": "advanced",
    "svc": "service",
}
"""Words of the names of posts as lists cut them short."""
_SW = re.compile(r"\bsw\b")
"""How the name of the profession is cut short within the name of a post."""


def plain_spelling(text: str) -> str:
    """A spelling without case, outer marks and doubled blanks.

    Examples
    --------
    >>> plain_spelling("  Face  to Face "), plain_spelling("Video\\u2013call")
    ('face to face', 'video-call')
    """
    return " ".join(text.replace("\u2013", "-").replace("\u2014", "-").casefold().split())


@lru_cache(maxsize=1)
def _spellings() -> Mapping[str, Mapping[str, str]]:
    text = resources.files("hybrid_toolkit.data.known").joinpath("codes.csv").read_text(encoding="utf-8")
    lists: dict[str, dict[str, str]] = {}
    for row in csv.DictReader(text.splitlines()):
        lists.setdefault(row["list"], {})[plain_spelling(row["variant"])] = row["code"]
    return lists


def list_of(column: ColumnContract) -> str:
    """Which list of spellings a column of codes or of yes and no has; empty if none."""
    if column.name == "role":
        return "role" if "5" in column.codes else "case_role"
    if "icpc" in column.codes:
        return "conference_type"
    if "contractual" in column.codes:
        return "arrangement"
    named = _LISTS.get(column.name, "")
    if column.kind == "bool":
        return named or "yes_no"
    return named if column.kind == "code" else ""


@lru_cache(maxsize=65536)
def _read(listed: str, codes: tuple[str, ...], text: str) -> str | None:
    known = _spellings().get(listed, {})
    more = _spellings()["yes_no"] if codes == ("true", "false") else {}
    said = plain_spelling(text)
    if listed in _PHRASED and said not in known:
        said = _SW.sub("social worker", " ".join(_POSTS.get(word, word) for word in said.split()))
    for form in (
        said,
        _PREFIX.sub("", said),
        re.sub(r"[-_/]+", " ", said),
        said.split(" - ")[0],
        _CODE_FIRST.sub("", said),
    ):
        form = " ".join(form.split())
        for one in (known, more):
            if form in one:
                code = one[form]
                code = code if code in codes or not code else _NARROWED.get(code, code)
                return code if code in codes or not code else None
    if (found := _EXPLAINED.fullmatch(said)) and not _NOT.search(said) and codes != ("true", "false"):
        both = {c for part in found.groups() if (c := _read(listed, codes, part))}
        if len(both) == 1:
            return both.pop()
    if re.fullmatch(r"[a-z]{3,4}", said) and (cut := _cut_short(listed, said)):
        code = cut if cut in codes else _NARROWED.get(cut, cut)
        if code in codes:
            return code
    if listed == "mode":
        plain = " ".join(re.sub(r"[^\w']+", " ", said).split())
        return _one_way({re.sub(r"[^\w']+", " ", v): c for v, c in known.items()}, codes, plain)
    if listed in _PHRASED:
        return None if _NO_ROLE.search(said) else _within(known, said)
    ruled = code_by_rule(listed, said)
    return ruled if ruled in codes else None


def _cut_short(listed: str, said: str) -> str:
    """The code of which three or four letters are the beginning, where every known spelling that begins so says it."""
    found = {c for v, c in _spellings().get(listed, {}).items() if v.startswith(said) and c}
    found -= {general for general, narrow in _GENERAL.items() if narrow & found}
    return found.pop() if len(found) == 1 else ""


def _one_way(known: Mapping[str, str], codes: tuple[str, ...], said: str) -> str | None:
    """The one way to meet that stands inside a longer text; None where it names several, or denies one."""
    if _NOT.search(said):
        return None
    found: set[str] = set()
    for phrase, code in _phrases(tuple((v, c) for v, c in known.items() if v not in _LOOSE_WORDS)):
        if phrase.search(said):
            found.add(code)
            said = phrase.sub(" ", said)
    found -= {general for general, narrow in _GENERAL.items() if narrow & found}
    if len(found) != 1:
        return None
    code = found.pop()
    code = code if code in codes else _NARROWED.get(code, code)
    return code if code in codes else None


@lru_cache(maxsize=16)
def _phrases(listed: tuple[tuple[str, str], ...]) -> tuple[tuple[re.Pattern[str], str], ...]:
    by_length = sorted(listed, key=lambda pair: -len(pair[0]))
    return tuple((re.compile(rf"(?<!\w){re.escape(v)}(?!\w)"), c) for v, c in by_length if len(v) > 2 and c)


def _within(known: Mapping[str, str], said: str) -> str | None:
    """The code of the longest known phrase that stands inside a longer text, such as a post or the name of a team."""
    return next((code for phrase, code in _phrases(tuple(known.items())) if phrase.search(said)), None)


def known_code(column: ColumnContract, text: str) -> str | None:
    """The contract's code that a spelling stands for, ``""`` for "not known", or None where the spelling is new.

    Parameters
    ----------
    column : ColumnContract
        A column of codes, or of yes and no (``"true"``, ``"false"``).
    text : str
        The spelling.

    Examples
    --------
    >>> from hybrid_toolkit.data.tables.contracts import TABLES
    >>> contact, worker = TABLES["contact"], TABLES["worker"]
    >>> known_code(contact["mode"], "Tel Call"), known_code(worker["ethnicity"], "WBRI")
    ('phone', 'white')
    >>> known_code(contact["engaged"], "a) Yes"), known_code(worker["agency"], "Permanent")
    ('true', 'false')
    >>> known_code(contact["mode"], "By pigeon") is None
    True
    >>> conference, supervision = TABLES["conference"], TABLES["supervision"]
    >>> known_code(conference["mode"], "MS Teams"), known_code(supervision["mode"], "Home visit")
    ('remote', 'in_person')
    """
    if column.name == "age_band":
        return _age_band(column, text)
    listed = list_of(column)
    if not listed:
        return None
    return _read(listed, ("true", "false") if column.kind == "bool" else tuple(column.codes), text)


def _age_band(column: ColumnContract, text: str) -> str | None:
    """The band of an age in whole years, or of ages that are all in one band; -1 stands for the unborn."""
    ages = ages_of(text)
    if ages is None:
        return None
    lows = sorted((int(re.split(r"[-+]", code)[0]), code) for code in column.codes)
    first, last = (next((code for low, code in reversed(lows) if low <= age), None) for age in ages)
    return first if first == last else None


_YEARS = re.compile(r"(-1|\d{1,3})(?:\.0)?(?: ?(?:years?|yrs?|y))?")
_BAND = re.compile(
    r"(?:aged? )?(\d{1,3})(?: ?(?:-|–|to|and under|until) ?(\d{1,3})|( ?(?:\+|plus|and over|or over|and above)))"
)
_UNDER = re.compile(r"(?:under|less than|<) ?(\d{1,3})")
_OLDEST = 120
"""No age in years; a larger number is something else."""


def ages_of(text: str) -> tuple[int, int] | None:
    """The youngest and the oldest age in whole years that a text names, or None.

    Parameters
    ----------
    text : str
        A cell of a column of ages or of bands of ages.

    Examples
    --------
    >>> ages_of("37"), ages_of("16 to 17 years"), ages_of("Under 1"), ages_of("60 and over"), ages_of("adult")
    ((37, 37), (16, 17), (0, 0), (60, 119), None)
    """
    said = re.sub(r"\s*(?:years?|yrs?|y)?(?: old)?$", "", text.strip().casefold())
    if found := _YEARS.fullmatch(said):
        low = high = max(int(found[1]), 0)
    elif found := _UNDER.fullmatch(said):
        low, high = 0, int(found[1]) - 1
    elif found := _BAND.fullmatch(said):
        low, high = int(found[1]), _OLDEST - 1 if found[3] else int(found[2])
    else:
        return None
    return (low, high) if low <= high < _OLDEST else None


def is_outsider(text: str) -> bool:
    """Whether a post or a part in a case is known to be nobody of the social work workforce.

    Examples
    --------
    >>> is_outsider("GP"), is_outsider("Health Visitor"), is_outsider("Social Worker")
    (True, True, False)
    """
    return plain_spelling(text) in _spellings()["outsider"]


def place_in_words(text: str) -> str | None:
    """Where somebody worked on a day: ``"office"``, ``"home"``, empty for neither, or None where the word is new.

    Examples
    --------
    >>> place_in_words("WFH"), place_in_words("In office"), place_in_words("A/L"), place_in_words("Q")
    ('home', 'office', '', None)
    """
    return _spellings()["place"].get(plain_spelling(text))


def codes_near(column: ColumnContract) -> dict[str, str]:
    """Every known spelling of a column's codes, to measure a new one against."""
    codes = ("true", "false") if column.kind == "bool" else tuple(column.codes)
    known = {v: c if c in codes else _NEAREST.get(c, c) for v, c in _spellings().get(list_of(column), {}).items()}
    return {v: c for v, c in known.items() if c in codes and len(v) >= _SPELLING_LETTERS} | {
        plain_spelling(t): c for c, t in column.codes.items()
    }
