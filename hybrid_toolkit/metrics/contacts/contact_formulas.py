"""The formulas of contact-level metrics, each written once: in words, and for frames and database expressions alike.

A pandas frame and an Ibis table answer to the same operators, so the same lines run on both.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hybrid_toolkit.data.tables.contracts import IN_PERSON_MODES, REMOTE_MODES

if TYPE_CHECKING:
    pass

SATURDAY = 5
"""First day of the weekend where Monday is 0, in pandas and in Ibis."""


REQUIRED_IN_PERSON = ("statutory_cp", "statutory_cin", "statutory_cla")
"""Purposes of contacts that law or guidance requires, and requires in person."""


@dataclass(frozen=True)
class ContactFormula:
    """A share of contacts: for which it is known, and in which it holds.

    Parameters
    ----------
    words : str
        The formula in words, as the catalogue has it.
    known : Callable
        Contacts -> whether the answer is known. Contacts have the columns ``offered``, ``wish``, ``mode``,
        ``purpose``, ``seen_alone``, ``held``, ``due`` and ``last``: the last day the data know of, which is the
        latest day held, or due of those held.
    holds : Callable
        Contacts -> whether it holds, where it is known.
    """

    words: str
    known: Callable[[Any], Any]
    holds: Callable[[Any], Any]


def as_wished(contacts: Any) -> Any:
    """Whether contacts were held in the mode the family wished for.

    Where the wish or the mode says only "in person" or "remote", that much is compared: a visit at home is what a
    family that wished to meet in person had asked for.

    Examples
    --------
    >>> import pandas as pd
    >>> as_wished(pd.DataFrame({"mode": ["home", "home", "video"], "wish": ["in_person", "office", "remote"]})).tolist()
    [True, False, True]
    """
    mode, wish = contacts["mode"], contacts["wish"]
    said = mode == wish
    for kind, modes in (("in_person", IN_PERSON_MODES), ("remote", REMOTE_MODES)):
        both = mode.isin(list(modes)) & wish.isin(list(modes))
        said = said | (both & ((mode == kind) | (wish == kind)))
    return said


CHOICE_HONOURED = ContactFormula(
    "contacts in which a choice was offered and the mode used was the mode preferred / held contacts in which offer, "
    "wish and mode were recorded",
    lambda c: c["offered"].notnull() & c["wish"].notnull() & c["mode"].notnull() & c["held"].notnull(),
    lambda c: c["offered"] & as_wished(c),
)
PREFERENCE_MET = ContactFormula(
    "held contacts in the mode that the family preferred / held contacts in which wish and mode were recorded",
    lambda c: c["wish"].notnull() & c["mode"].notnull() & c["held"].notnull(),
    as_wished,
)
TIMELY = ContactFormula(
    "contacts held by the due date / contacts due whose date has passed",
    lambda c: c["due"].notnull() & (c["held"].notnull() | (c["due"] < c["last"])),
    lambda c: c["held"] <= c["due"],
)
VISIT_IN_TIME = ContactFormula(
    "statutory visits held in person by the due date / statutory visits due whose date has passed, the mode known "
    "where one was held; a call in place of a visit is not a visit",
    lambda c: (
        c["purpose"].isin(list(REQUIRED_IN_PERSON))
        & c["due"].notnull()
        & ((c["held"].notnull() & c["mode"].notnull()) | (c["held"].isnull() & (c["due"] < c["last"])))
    ),
    lambda c: (c["held"] <= c["due"]) & ~c["mode"].isin(list(REMOTE_MODES)),
)
SEEN_ALONE = ContactFormula(
    "statutory visits in person at which the child was seen alone / statutory contacts held for which both are "
    "recorded",
    lambda c: (
        c["purpose"].isin(list(REQUIRED_IN_PERSON))
        & c["held"].notnull()
        & c["mode"].notnull()
        & c["seen_alone"].notnull()
    ),
    lambda c: c["seen_alone"] & ~c["mode"].isin(list(REMOTE_MODES)),
)
REMOTE = ContactFormula(
    "held contacts by video or telephone / held contacts with a mode",
    lambda c: c["mode"].notnull(),
    lambda c: c["mode"].isin(list(REMOTE_MODES)),
)

USUAL_PROVIDER_WORDS = "contacts with the most frequent worker / contacts, of each child; mean over children"
BICE_BOXERMAN_WORDS = (
    "(sum of squares of contacts with each worker - N) / (N (N - 1)) of each child with 4 contacts or more"
)
MIN_CONTACTS_COC = 4
"""Held contacts below which Bice-Boxerman continuity is not given."""


def usual_provider(most: Any, n: Any) -> Any:
    """Share of a child's ``n`` contacts with the worker who held ``most`` of them (Breslau and Reeb 1975).

    Examples
    --------
    >>> usual_provider(3, 4)
    0.75
    """
    return most / n


def bice_boxerman(squares: Any, n: Any) -> Any:
    """Continuity from the sum of the squares of a child's contacts with each worker, and all ``n`` of them.

    References
    ----------
    Bice, T. W. and Boxerman, S. B. (1977). A quantitative measure of continuity of care. Medical Care, 15, 347-349.

    Examples
    --------
    >>> bice_boxerman(3**2 + 1**2, 4)
    0.5
    """
    return (squares - n) / (n * (n - 1))
