"""The command that measures one metric: as lines of text, as CSV, or as a report."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from hybrid_toolkit.cli_help import beside_arguments
from hybrid_toolkit.errors import OutputError

_REPORTS = (".html", ".docx", ".xlsx", ".zip")
_TABLE = ".csv"


def run_measure(args: argparse.Namespace) -> int:
    """Measure one metric, with small numbers hidden."""
    from hybrid_toolkit.data.load import load_data
    from hybrid_toolkit.disclosure.gate import Gate
    from hybrid_toolkit.disclosure.ledger.release_ledger import VersionLedger
    from hybrid_toolkit.disclosure.release import require_release
    from hybrid_toolkit.metrics.beside_published import Beside
    from hybrid_toolkit.report.documents.tables import make_grid
    from hybrid_toolkit.report.export import export
    from hybrid_toolkit.report.measure_report import measure_report
    from hybrid_toolkit.report.measured import measure_released
    from hybrid_toolkit.report.published_reference import published_lines
    from hybrid_toolkit.synth.committed import is_committed

    form = _form(args.out)
    data = load_data(args.data, args.mapping)
    # a manifest that calls data synthetic can be written by hand: only the toolkit's own data need no ledger
    ledger = VersionLedger(Path(args.out).parent) if args.out and not is_committed(data) else None
    gate = Gate(source=data, ledger=ledger)
    beside = Beside(args.beside or None, args.area, args.neighbours) if args.beside is not None else None
    measured = measure_released(data, args.metric, by=args.by, beside=beside, gate=gate, named=True)
    for one in measured:
        table = require_release(one.table)
        grid = make_grid(table)
        lines = [[cell.text for cell in row] for row in (grid.headings, *grid.rows)]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        print("\n".join(line for line in (table.stamp, f"{table.title} ({one.unit})") if line))
        for first, *numbers in lines:
            print("  ".join([first.ljust(widths[0]), *(n.rjust(w) for n, w in zip(numbers, widths[1:], strict=True))]))
        if one.beside is not None:
            print("Published figures, as a reference:")
            print("\n".join(published_lines(one.beside)))
        notes = [grid.note, *require_release(one.notes).content["note"]]
        print("".join(f"- {note}\n" for note in notes if note))
    if form in _REPORTS:
        day = datetime.now(UTC).date()
        export(measure_report(measured, on=day, gate=gate), args.out, on=day, gate=gate)
    elif args.out:
        _write_tables(args.out, measured)
    return 0


def _form(path: str | None) -> str:
    """The ending, known before anything is read: a report's, or that of a table."""
    ending = Path(path or "").suffix.lower()
    if path and ending not in (*_REPORTS, _TABLE):
        raise OutputError(
            f"'{path}' has an ending that no table and no report has.",
            fix=f"Use {_TABLE} for the table, or one of {', '.join(_REPORTS)} for a report.",
            code="EXPORT-FORM",
        )
    return ending


def _write_tables(path: str, measured) -> None:  # type: ignore[no-untyped-def]  # the type would load pandas for --help
    from hybrid_toolkit.data.atomic_output import atomic_write_text
    from hybrid_toolkit.data.safe_csv import csv_text
    from hybrid_toolkit.disclosure.release import require_release

    tables = [(one.metric, require_release(one.table)) for one in measured]
    rows = [t.content.assign(metric=name, **({"stamp": t.stamp} if t.stamp else {})) for name, t in tables]
    atomic_write_text(path, "\n".join(map(csv_text, rows)))


def add_measure(add: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the command ``measure``."""
    one = add("measure", run_measure, data="DATA")
    one.add_argument("--metric", metavar="ID", required=True, help="metric id; see the command metrics")
    one.add_argument("--by", metavar="COLUMN", help="break down by a column, for example career_stage")
    one.add_argument("--mapping", metavar="FILE", help="mapping file, or the name of a built-in one")
    one.add_argument(
        "--out", metavar="FILE", help="save the table (.csv), or a report for reading (.html, .docx, .xlsx, .zip)"
    )
    beside_arguments(one, of="it")
