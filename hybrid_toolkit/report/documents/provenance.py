"""What stands at the end of everything that is taken away: the gate's decisions, and where it comes from."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from importlib.metadata import version

import pandas as pd

from hybrid_toolkit import __version__
from hybrid_toolkit.disclosure import Gate, disclosure_record
from hybrid_toolkit.disclosure.release import printed_hash
from hybrid_toolkit.report.documents.blocks import Report, ReportTable, Section, TableColumn, TextBlock

HIDING = "What was hidden, and why"
ORIGIN = "Where this comes from"
LIBRARIES = ("numpy", "pandas", "scipy", "statsmodels")
_RECORD = {
    "title": TableColumn("Shown"),
    "rule": TableColumn("Rule"),
    "what": TableColumn("What was done"),
    "why": TableColumn("Why"),
}


def day_words(day: date) -> str:
    """A day to read.

    Examples
    --------
    >>> day_words(date(2026, 3, 1))
    '1 March 2026'
    """
    return f"{day.day} {day:%B %Y}"


def with_provenance(report: Report, *, on: date, gate: Gate, more: Mapping[str, str] | None = None) -> Report:
    """The report with the disclosure record, its origin and, where any part rests on simulated data, the stamp.

    Parameters
    ----------
    on : date
        The day to print; given by the caller, so that the same report is the same file.
    gate : Gate
        The gate that the report's releases passed.
    more : Mapping[str, str] | None, optional
        Further items of origin, name -> words.

    Examples
    --------
    >>> made = with_provenance(Report("Empty", ()), on=date(2026, 3, 1), gate=Gate())
    >>> [s.title for s in made.sections], made.about["date"]
    (['What was hidden, and why', 'Where this comes from'], '2026-03-01')
    """
    releases = report.releases
    stamp = next((r.stamp for r in releases if r.stamp), report.stamp)
    known = {r.data_hash: r.synthetic for r in releases if r.data_hash}
    hashes = tuple(dict.fromkeys(printed_hash(h, synthetic=s, ledger=gate.ledger) for h, s in known.items()))
    items = {
        "Date": day_words(on),
        "Data": ", ".join(hashes) or "no data stand behind it",
        "Disclosure policy": gate.policy.hash,
        "Toolkit": f"hybrid-toolkit {__version__}",
        "Python": platform.python_version(),
        **{name: version(name) for name in LIBRARIES},
        **(more or {}),
    }
    origin = gate.facts(pd.DataFrame(items.items(), columns=["item", "value"]), title=ORIGIN, basis="metadata")
    closing = (
        Section(HIDING, (TextBlock(_rule(gate)), *_record(report, gate))),
        Section(ORIGIN, (ReportTable(origin, {"item": TableColumn("Item"), "value": TableColumn("Value")}),)),
    )
    about = {"date": on.isoformat(), "data-hash": " ".join(hashes), "policy-hash": gate.policy.hash}
    footer = f"{day_words(on)}. Data {hashes[0][:22] if hashes else 'none'}, disclosure policy {gate.policy.hash[:16]}."
    return replace(
        report, sections=(*report.sections, *closing), stamp=stamp, footer=footer, about={**report.about, **about}
    )


def _rule(gate: Gate) -> str:
    return (
        f"No figure is shown that is based on fewer than {gate.policy.threshold} people, families or contacts. No "
        "one is scored, ranked or predicted, and neither are teams or services."
    )


def _record(report: Report, gate: Gate) -> tuple[ReportTable, ...]:
    if not report.releases:
        return ()
    rows = disclosure_record(report.releases)[list(_RECORD)].drop_duplicates()
    most = gate.policy.max_cells // len(_RECORD)
    parts = [rows.iloc[i : i + most] for i in range(0, len(rows), most)]
    told = [gate.facts(p, title="Decisions of the disclosure gate", basis="metadata") for p in parts]
    return tuple(ReportTable(r, _RECORD, folded=True) for r in told)
