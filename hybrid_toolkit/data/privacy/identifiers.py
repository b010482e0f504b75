"""Columns that identify a person: known by their name or by what they hold, and refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from hybrid_toolkit.data.tables.contracts import TABLES
from hybrid_toolkit.data.validation.problem import Problem
from hybrid_toolkit.errors import IdentifierError, with_article

_TEN_DIGITS, _HALF = 1e9, 0.5
"""An NHS number has ten digits, and a telephone number as many without its leading zero. No sum of a service is as
large, and a column of which half are so large holds one of the two."""

HOW = (
    "Run 'hybrid-toolkit pseudonymise FOLDER --out NEW_FOLDER', which replaces reference numbers and removes names "
    "and addresses, or delete the column."
)
"""The way out, told with every refusal."""


@dataclass(frozen=True, slots=True)
class IdentifierKind:
    """One kind of identifier.

    Parameters
    ----------
    name : str
        In plain words.
    words : str
        Pattern of a whole column name in lower case with single underscores.
    keep : bool
        Whether pseudonymising keeps it as a hash (the number of a social worker, which links) or drops it.
    holds : Callable[[str], bool] | None, optional
        Whether one value, upper case without blanks, is of this kind; None if values cannot tell.
    least : int, default 1
        Values that must look like it before the content alone convicts a column.
    number : bool, default False
        Whether it is the number of one person, so that it may stand where another key is expected, and is hashed there.
    """

    name: str
    words: str
    keep: bool
    holds: Callable[[str], bool] | None = None
    least: int = 1
    number: bool = False


def is_nhs_number(value: str) -> bool:
    """Whether ten digits carry a valid NHS check digit: weights 10 to 2, then 11 minus the sum modulo 11.

    Examples
    --------
    >>> is_nhs_number("9434765919"), is_nhs_number("9434765918")
    (True, False)
    """
    if not re.fullmatch(r"\d{10}", value) or len(set(value)) == 1:
        return False
    total = sum(int(d) * w for d, w in zip(value, range(10, 1, -1), strict=False))
    return (11 - total % 11) % 11 == int(value[9])


def is_upn(value: str) -> bool:
    """Whether a value is a unique pupil number: a check letter, then twelve digits (the last may be a letter).

    The letter stands for the sum of the digits weighted 2 to 13, modulo 23, in the alphabet without I, O and S.

    Examples
    --------
    >>> is_upn("H801200001001"), is_upn("J801200001001")
    (True, False)
    """
    if not re.fullmatch(r"[A-HJ-NP-RT-Z]\d{11}[\dA-HJ-NP-RT-Z]", value):
        return False
    letters = "ABCDEFGHJKLMNPQRTUVWXYZ"
    digits = [int(c) if c.isdigit() else letters.index(c) for c in value[1:]]
    return letters[sum(d * w for d, w in zip(digits, range(2, 14), strict=True)) % 23] == value[0]


def _like(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern)
    return lambda value: compiled.fullmatch(value) is not None


_NUMBER = r"(_?(no|num|nr|number|id|ref|reference|code))?"
_PERSON = (
    r"(worker|social_worker|staff|employee|practitioner|child|young_person|person|parent|carer|mother|father|pupil|"
    r"manager|supervisor|rater|client|user|professional|legal|maiden|previous|former|preferred|alias|middle|other|"
    r"first|fore|last|sur|given|family|birth|full|display)"
)
_WHOSE = rf"({_PERSON}_)*"
_KINDS: tuple[IdentifierKind, ...] = (
    IdentifierKind(
        "NHS number", rf"{_WHOSE}nhs{_NUMBER}|pers_common_child_id|common_child_id", False, is_nhs_number, 3, True
    ),
    IdentifierKind(
        "Social Work England number",
        rf"{_WHOSE}(swe|social_?work_?england|hcpc|gscc)(_reg(istration)?)?{_NUMBER}|sw_?(reg|registration)_?(no|number)|"
        r"(prof_)?social_worker_registration_(no|number)|registration_(no|number)|hcpc_?identifier",
        True,
        _like(r"SW\d{4,6}|[A-Z]{2}\d{10}"),
        2,
        True,
    ),
    IdentifierKind(
        "unique pupil number",
        rf"{_WHOSE}(former_?|pers_|send_)?(upn|uln|unique_?(pupil|learner)_?(no|number|id)){_NUMBER}",
        False,
        is_upn,
        number=True,
    ),
    IdentifierKind(
        "National Insurance number",
        rf"{_WHOSE}(nino|ni|nat(ional)?_?ins(urance)?){_NUMBER}",
        False,
        _like(r"(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\d{6}[A-D]"),
        number=True,
    ),
    IdentifierKind(
        "name",
        rf"({_PERSON}_?)*names?(_?\d)?|(pers_|moth_|mc_)?{_WHOSE}(surname|forename|initials|known_as|alias)s?(_?\d)?|"
        r"prof_professional_name|(case|cardholder|supervis(or|ee)|visitor|candidate|line_manager|respondent)_name",
        False,
    ),
    IdentifierKind(
        "postcode",
        r"(\w+_)?(post_?code|zip|zip_?code)(_?\d)?|(home|pl)_post",
        False,
        _like(r"([A-Z]{1,2}\d[A-Z\d]?|GIR)\d[ABD-HJLNP-UW-Z]{2}"),
    ),
    IdentifierKind(
        "e-mail address",
        r"(\w+_)?e_?mail(_?addr(ess)?)?(_?\d)?|user_principal_name|upn_email",
        False,
        _like(r"[^@\s]+@[^@\s]+\.[^@\s.]+"),
    ),
    IdentifierKind(
        "telephone number",
        r"(\w+_)?(tele)?phone(_?(no|number))?(_?\d)?|(\w+_)?(tel|mobile|landline)(_?(no|num|number))?",
        False,
        _like(r"(\+44|0044|0)\(?0?\)?-?(7|1|2|3)\d[\d-]{7,10}"),
        3,
    ),
    IdentifierKind(
        "address",
        r"(\w+_)?(address|addr)(_?line)?(_?\d)?|house_?(no|number|name)|street(_?name)?|uprn",
        False,
    ),
    IdentifierKind(
        "date of birth",
        rf"(pers_|moth_|mc_|moth_childs_)?{_WHOSE}(expected_)?{_WHOSE}(dob|d_o_b|date_?of_?birth|birth_?da(te|y)|born(_on)?)|"
        r"(pers_|person_)?(death_?date|date_?of_?death)",
        False,
    ),
)
"""Every kind of identifier that is refused, the most telling first."""


def plain_name(column: object) -> str:
    """A column name in lower case with single underscores, ``"SWENo"`` as ``"swe_no"``.

    Examples
    --------
    >>> [plain_name(n) for n in ("SWENo", "NHS Number", "E-mail", "dateOfBirth")]
    ['swe_no', 'nhs_number', 'e_mail', 'date_of_birth']
    """
    text = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", str(column).strip())
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")


def kind_by_name(column: object) -> IdentifierKind | None:
    """The kind of identifier that a column's name gives away, or None.

    Examples
    --------
    >>> kind_by_name("Child Surname").name, kind_by_name("team_id"), kind_by_name("team_name")
    ('name', None, None)
    """
    name = plain_name(column)
    return next((k for k in _KINDS if re.fullmatch(k.words, name)), None)


PERSON_KEY_COLUMNS = ("worker_id", "child_id", "family_id", "rater_id")
"""Contract columns that are keys of people, in which a name would pass for a key."""
_A_NAME = re.compile(
    r"[^\W\d_][^\W\d_'’.\-]*(?:['’.\-][^\W\d_]*)*(?:,? [^\W\d_][^\W\d_'’.\-]*(?:['’.\-][^\W\d_]*)*){1,3}"
)
_NO_NAME = re.compile(r"\b(?:team|service|unit|north|south|east|west|central|duty|hub|locality|group)\b|\d{3,}", re.I)


def looks_like_names(values: pd.Series) -> bool:
    """Whether most of a column's distinct values are written as names of people are; for columns of keys only.

    Examples
    --------
    >>> looks_like_names(pd.Series(["Ada Example", "Example, Bo"])), looks_like_names(pd.Series(["W001", "North Team"]))
    (True, False)
    """
    distinct = values.dropna().drop_duplicates().head(LOOKED_AT).astype("str")
    hits = sum(bool(_A_NAME.fullmatch(v.strip())) and not _NO_NAME.search(v) for v in distinct)
    return len(distinct) > 1 and hits * 2 > len(distinct)


_STAFF_NUMBER = re.compile(r"[A-Za-z]{0,3}[\-/]?\d{3,12}")


_SUBSCRIBER = re.compile(r"(?:\d\D{0,2}){5}")
"""Five digits in a row, the fewest of a subscriber's number."""


def holds_else(kind: IdentifierKind | None, values: pd.Series) -> bool:
    """Whether a column holds something else than its name says: keys of staff, or ways to meet.

    A column called a name, such as a user name, may hold numbers of staff; one called "F2F / virtual / phone" or
    "Telephone" how people met.

    Examples
    --------
    >>> kind = kind_by_name("Username")
    >>> holds_else(kind, pd.Series(["004711", "E12345"])), holds_else(kind, pd.Series(["asmith3", "004711"]))
    (True, False)
    >>> kind = kind_by_name("Phone")
    >>> holds_else(kind, pd.Series(["F2F", "Phone"])), holds_else(kind, pd.Series(["none", "020 7946 0000"]))
    (True, False)
    """
    if kind is None:
        return False
    distinct = values.dropna().drop_duplicates().head(LOOKED_AT).astype("str")
    if kind.name == "telephone number":
        return len(distinct) > 1 and not any(_SUBSCRIBER.search(v) for v in distinct)
    return kind.name == "name" and len(distinct) > 1 and all(_STAFF_NUMBER.fullmatch(v.strip()) for v in distinct)


LOOKED_AT = 400
"""About how many distinct values of a column, evenly spread, are looked at."""


def kind_by_content(values: pd.Series) -> IdentifierKind | None:
    """The kind of identifier that most of a column's distinct values look like, or None.

    Examples
    --------
    >>> kind_by_content(pd.Series(["a@example.org", None, "b@example.org"])).name
    'e-mail address'
    >>> kind_by_content(pd.Series(["W001", "W002"])) is None
    True
    """
    if not _may_identify(values):
        return None
    distinct = values.dropna().drop_duplicates()
    return _kind_of_texts(map(str, distinct.iloc[:: max(1, len(distinct) // LOOKED_AT)]))


def _kind_of_texts(values: Iterable[str]) -> IdentifierKind | None:
    texts = ["".join(v.split()).removesuffix(".0").upper() for v in values]
    texts = [t for t in texts if t]
    for kind in _KINDS:
        if kind.holds is not None:
            hits = sum(map(kind.holds, texts))
            if hits >= kind.least and hits * 2 > len(texts):
                return kind
    return None


def _may_identify(values: pd.Series) -> bool:
    if pd.api.types.is_bool_dtype(values) or pd.api.types.is_datetime64_any_dtype(values):
        return False
    if pd.api.types.is_numeric_dtype(values):
        whole = values.dropna()
        return bool(len(whole)) and bool((whole >= _TEN_DIGITS).mean() > _HALF)
    return True


_SECTION_47 = re.compile(r"s47(?:dt|st|sd|ed|en|no|id|yn)", re.I)
"""Days and numbers of enquiries under section 47, which are written as the postcodes S4 7DT and S4 7ED are."""


def _kind_of_header(column: object) -> IdentifierKind | None:
    """The kind of identifier that stands where a name of a column should, as in a file without a header."""
    return None if _SECTION_47.fullmatch(str(column).strip()) else _kind_of_texts([str(column)])


def shown_name(column: object, position: int) -> str:
    """A column's name, or its number where the name itself looks like an identifier (a file without a header)."""
    if _kind_of_header(column) is not None:
        return f"column {position}"
    return str(column)


def check_identifiers(columns_by_table: Mapping[str, Iterable[object]]) -> None:
    """Refuse columns whose name says that they identify a person.

    Parameters
    ----------
    columns_by_table : Mapping[str, Iterable[object]]
        Table, file or sheet name -> its column names, before or after mapping. Columns of the table's own contract are
        passed over.

    Raises
    ------
    IdentifierError
        Naming every such column, and how to pseudonymise.

    Examples
    --------
    >>> check_identifiers({"worker": ["worker_id", "fte"]})
    >>> check_identifiers({"worker": ["worker_id", "Surname"]})
    Traceback (most recent call last):
    hybrid_toolkit.errors.IdentifierError: ...
    """
    refuse_identifiers(_by_name({t: list(c) for t, c in columns_by_table.items()}))


def refuse_identifiers(problems: Iterable[Problem]) -> None:
    """Raise if there is any problem here that concerns an identifier.

    Raises
    ------
    IdentifierError
        Naming every such column, and how to pseudonymise.
    """
    found = [p for p in problems if p.code.startswith("IDENTIFIER")]
    if found:
        told = "; ".join(f"{p.where}: {p.text}" for p in found)
        many = "1 column" if len(found) == 1 else f"{len(found)} columns"
        raise IdentifierError(f"{many} could identify a person: {told}", fix=HOW, code="IDENTIFIER")


def identifier_problems(frames: Mapping[str, pd.DataFrame]) -> list[Problem]:
    """Columns that identify a person by their name or by what most of their values look like.

    Parameters
    ----------
    frames : Mapping[str, pd.DataFrame]
        Table, file or sheet name -> frame.

    Returns
    -------
    list[Problem]
        Problems with the code ``IDENTIFIER-NAME`` or ``IDENTIFIER-CONTENT``, without values.

    Examples
    --------
    >>> frame = pd.DataFrame({"worker_id": ["9434765919", "4010232137", "9876543210"]})
    >>> [(p.where, p.code) for p in identifier_problems({"worker": frame})]
    [('worker.worker_id', 'IDENTIFIER-CONTENT')]
    """
    problems = [
        p
        for p in _by_name({t: list(f.columns) for t, f in frames.items()})
        if p.column not in frames[p.table] or not holds_else(kind_by_name(p.column), frames[p.table][p.column])
    ]
    named = {(p.table, p.column) for p in problems}
    for table, frame in frames.items():
        for i, column in enumerate(frame.columns):
            shown = shown_name(column, i + 1)
            kind = None if (table, shown) in named else kind_by_content(frame.iloc[:, i])
            if kind is not None:
                text = f"most values look like {with_article(kind.name)}."
                problems.append(Problem(table, shown, "IDENTIFIER-CONTENT", len(frame), (), text, HOW))
    return problems


def _by_name(columns: Mapping[str, list[object]]) -> list[Problem]:
    problems = []
    for table, names in columns.items():
        own = set(TABLES[table].names) if table in TABLES else set()
        for i, name in enumerate(names, start=1):
            kind = None if name in own or plain_name(name) in own else kind_by_name(name) or _kind_of_header(name)
            if kind is not None:
                text = f"the name of the column says that it holds {with_article(kind.name)}."
                problems.append(Problem(table, shown_name(name, i), "IDENTIFIER-NAME", 0, (), text, HOW))
    return problems
