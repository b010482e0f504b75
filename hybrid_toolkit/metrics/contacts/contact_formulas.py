"""The formulas of contact-level metrics, each written once: in words, and for frames and database expressions alike.

A pandas frame and an Ibis table answer to the same operators, so the same lines run on both: over a frame
with one row a contact (``contact_practice``), and where the tables are, as an Ibis expression. An expression runs on
DuckDB (the default), over frames, a database file or Parquet files larger than memory; it keeps to what Ibis offers on
every backend, so that tables of another one (PySpark, PostgreSQL) can be given too. Ibis loads when the first is made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from hybrid_toolkit.data.tables.contracts import ACCESS_FLAGS, IN_PERSON_MODES, REMOTE_MODES
from hybrid_toolkit.errors import CoverageError

if TYPE_CHECKING:
    import ibis.expr.types as ir

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


Tables: TypeAlias = "Mapping[str, ir.Table]"
ORDER = "_row"
"""Column with the place of a row, where the source has one: the answer then keeps that order."""
_KINDS = {
    **dict.fromkeys(("held_date", "due_date"), "timestamp"),
    **dict.fromkeys(("mode_offered_choice", "engaged", "seen_alone"), "boolean"),
}
_FAMILY = {"risk": "float64", "need": "string", "rural": "boolean"}


def ask_columns(tables: Tables, name: str, columns: tuple[str, ...]) -> ir.Table:
    """A table, after asking that it has these columns."""
    if name not in tables:
        raise CoverageError(
            f"There is no table '{name}' in these data. Tables found: {', '.join(tables) or 'none'}.",
            fix=f"Add a table or file called '{name}'.",
            code="TABLE-MISSING",
        )
    gone = [c for c in columns if c not in tables[name].columns]
    if gone:
        raise CoverageError(
            f"table '{name}' has no column{'s' if len(gone) > 1 else ''} {', '.join(map(repr, gone))}.",
            fix=f"Add {'them' if len(gone) > 1 else 'it'}, or see in the coverage report what can be measured without.",
            code="COLUMN-MISSING",
        )
    return tables[name]


def _column(table: ir.Table, name: str, kind: str) -> ir.Value:
    """A column as this kind; missing throughout where the table has none of that name."""
    import ibis

    return table[name].cast(kind) if name in table.columns else ibis.null(kind)


def _contacts(tables: Tables, *needed: str) -> ir.Table:
    """Contacts with their columns in the kinds of the contract, ``team_id`` and the order of the rows."""
    import ibis

    rows = ask_columns(tables, "contact", ("contact_id", "family_id", "held_date", *needed))
    kinds = dict.fromkeys(
        ("contact_id", "family_id", "child_id", "worker_id", "mode", "mode_preferred", "purpose"), "string"
    )
    out = rows.select(
        **{name: _column(rows, name, kind) for name, kind in (kinds | _KINDS).items()},
        **{ORDER: rows[ORDER] if ORDER in rows.columns else ibis.null("int64")},
    )
    worker = tables.get("worker")
    if worker is None or not {"worker_id", "team_id"} <= set(worker.columns):
        return out.mutate(team_id=ibis.null("string"))
    teams = worker.select(worker_id=worker["worker_id"].cast("string"), team_id=worker["team_id"].cast("string"))
    once = teams.distinct(on="worker_id", keep="first")
    return out.left_join(once, "worker_id").drop("worker_id_right")


def contact_rows(tables: Tables) -> ir.Table:
    """Everything that contacts say by themselves, one row a contact: choice, timeliness, mode, engagement, ``held``.

    ``all_contacts``, ``held_contacts`` and ``engagement`` are columns and rows of this, so that metrics of several of
    them can be summed in one pass over the contacts.
    """
    import ibis

    c = _contacts(tables, "mode")
    due, held, wish = c["due_date"], c["held_date"], c["mode_preferred"]
    last = ibis.greatest(
        ibis.coalesce(held.max(), due.max(where=held.notnull())),
        ibis.coalesce(due.max(where=held.notnull()), held.max()),
    ).as_scalar()
    c = c.mutate(offered=c["mode_offered_choice"], wish=wish, held=held, due=due, last=last)
    choice = _share(CHOICE_HONOURED, c)
    return c.select(
        *("contact_id", "family_id", "worker_id", "team_id"),
        month=ibis.coalesce(c["held"], c["due"]).truncate("M"),
        mode=c["mode"],
        purpose=c["purpose"],
        remote=REMOTE.holds(c),
        **{name: _when(c["mode"].notnull(), c["mode"] == name) for name in ("video", "phone")},
        weekend=_when(c["held"].notnull(), c["held"].day_of_week.index() >= SATURDAY),
        choice_honoured=choice,
        preference_met=_share(PREFERENCE_MET, c),
        timely=_share(TIMELY, c),
        visit_in_time=_share(VISIT_IN_TIME, c),
        seen_alone=_share(SEEN_ALONE, c),
        choice_recorded=choice.notnull().cast("float64"),
        engaged=c["engaged"].cast("float64"),
        held=c["held"].notnull(),
        **{ORDER: c[ORDER]},
    )


def all_contacts(tables: Tables) -> ir.Table:
    """What ``contact_practice`` gives: choice, timeliness and mode, one row a contact, and whether it was ``held``."""
    return contact_rows(tables).drop("engaged")


def _not(value: ir.Value) -> ir.Value:
    """The opposite: ``~value`` is written as NOT (...), which IS NOT NULL after it would bind first."""
    import ibis

    return value == ibis.literal(False)


def _when(known: ir.Value, holds: ir.Value) -> ir.Value:
    """1 where it holds, 0 where it does not, missing where that is not known."""
    import ibis

    return ibis.ifelse(known, holds.fill_null(False).cast("float64"), ibis.null("float64"))


def _share(formula: ContactFormula, contacts: ir.Table) -> ir.Value:
    """1 where the formula holds, 0 where it does not, missing where that is not known."""
    return _when(formula.known(contacts), formula.holds(contacts))


def held_contacts(tables: Tables) -> ir.Table:
    """``all_contacts`` that were held."""
    rows = all_contacts(tables)
    return rows.filter(rows["held"]).drop("held")


def low_access(tables: Tables) -> ir.Table:
    """Households whose latest record says that a digital need is not met: ``family_id``, ``low_access``."""
    import ibis

    rows = ask_columns(tables, "access", ("family_id", "date", *ACCESS_FLAGS))
    meets = rows[ACCESS_FLAGS[0]].cast("boolean")
    for name in ACCESS_FLAGS[1:]:
        meets = meets & rows[name].cast("boolean")
    place = rows[ORDER] if ORDER in rows.columns else ibis.null("int64")
    marked = rows.select(
        family_id=rows["family_id"].cast("string"), date=rows["date"], place=place, low_access=_not(meets)
    )
    latest = ibis.row_number().over(
        group_by=marked["family_id"], order_by=[ibis.desc(marked["date"]), ibis.desc(marked["place"])]
    )
    numbered = marked.mutate(turn=latest)
    return numbered.filter(numbered["turn"] == 0).select("family_id", "low_access")


def engagement(tables: Tables) -> ir.Table:
    """What ``contact_engagement`` gives: engagement, mode and, where it is recorded, the household's access, one row a
    held contact.
    """
    import ibis

    ask_columns(tables, "contact", ("engaged",))
    c = contact_rows(tables)
    c = c.filter(c["held"])
    if "access" in tables:
        c = c.left_join(low_access(tables), "family_id").drop("family_id_right")
    else:
        c = c.mutate(low_access=ibis.null("boolean"))
    family = tables.get("family")
    extra = {name: ibis.null(kind) for name, kind in _FAMILY.items()}
    if family is not None and "family_id" in family.columns:
        known = {n: _column(family, n, k) for n, k in _FAMILY.items()}
        once = family.select(family_id=family["family_id"].cast("string"), **known)
        c = c.left_join(once.distinct(on="family_id", keep="first"), "family_id").drop("family_id_right")
        extra = {name: c[name] for name in _FAMILY}
    return c.select(
        *("contact_id", "family_id", "worker_id", "team_id", "month", "remote"),
        in_person=_not(c["remote"]),
        low_access=c["low_access"],
        engaged=c["engaged"],
        **extra,
        **{ORDER: c[ORDER]},
    )


def contact_continuity(tables: Tables) -> ir.Table:
    """Continuity from held contacts, one row a child: as ``continuity``, without its allocation spells."""
    import ibis

    c = _contacts(tables, "child_id", "worker_id")
    c = c.filter(c["held_date"].notnull() & c["child_id"].notnull() & c["worker_id"].notnull())
    pairs = c.group_by("child_id", "worker_id").agg(k=c.count().cast("float64"))
    by = pairs.group_by("child_id").agg(
        n_contacts=pairs["k"].sum(),
        n_contact_workers=pairs.count().cast("float64"),
        most=pairs["k"].max(),
        square=(pairs["k"] * pairs["k"]).sum(),
    )
    n = by["n_contacts"]
    enough = n >= MIN_CONTACTS_COC
    out = by.select(
        "child_id",
        "n_contacts",
        "n_contact_workers",
        usual_provider_share=usual_provider(by["most"], n),
        bice_boxerman=ibis.ifelse(enough, bice_boxerman(by["square"], n), ibis.null("float64")),
    )
    for name in ("family_id", "team_id"):
        out = out.left_join(_most_frequent(c, name), "child_id").drop("child_id_right")
    return out.mutate(**{ORDER: ibis.row_number().over(order_by=out["child_id"])})


def often_seen(tables: Tables) -> ir.Table:
    """``contact_continuity`` of the children with enough contacts for the Bice-Boxerman index."""
    rows = contact_continuity(tables)
    return rows.filter(rows["n_contacts"] >= MIN_CONTACTS_COC)


def _most_frequent(rows: ir.Table, name: str) -> ir.Table:
    """The value of a column that most rows of a child have, the first by name among equals."""
    import ibis

    known = rows.filter(rows[name].notnull())
    counted = known.group_by("child_id", name).agg(k=known.count())
    turn = ibis.row_number().over(group_by=counted["child_id"], order_by=[ibis.desc(counted["k"]), counted[name]])
    numbered = counted.mutate(turn=turn)
    return numbered.filter(numbered["turn"] == 0).select("child_id", name)


EXPRESSIONS: Mapping[str, Callable[[Tables], ir.Table]] = {
    "all_contacts": all_contacts,
    "held_contacts": held_contacts,
    "engagement": engagement,
    "contact_continuity": contact_continuity,
    "often_seen": often_seen,
}
"""Name -> what makes the expression from the tables."""
