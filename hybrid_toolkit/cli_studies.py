"""The commands that run a declared study without a notebook: lock it, try it, run it, combine several authorities."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from hybrid_toolkit.cli_help import beside_arguments, csv_name, in_lines
from hybrid_toolkit.errors import OutputError, UsageError

if TYPE_CHECKING:
    import pandas as pd

    from hybrid_toolkit.data.evaluation_data import EvaluationData
    from hybrid_toolkit.disclosure.ledger.release_ledger import VersionLedger
    from hybrid_toolkit.study.study import Study

Adder = Callable[..., argparse.ArgumentParser]
SHIPPED = (
    "remote-practice",
    "career-stage",
    "exclusion-gap",
    "agency-turnover",
    "policy-rollout",
    "one-change",
    "retention",
    "preferred-method",
    "seen-alone",
    "assessed-year",
    "video-skill",
    "video-skill-access",
    "alliance-mode",
    "same-family",
    "near-seniors",
    "near-seniors-feedback",
    "supervision-mode",
    "supervision-safety",
    "not-achieved",
    "recorded-in-time",
    "meeting-load",
    "meeting-presence",
    "who-answers",
    "approvals",
    "adjustments",
    "cover-burden",
    "policy-leaving",
    "policy-children",
    "policy-visits",
    "policy-plans",
    "policy-wellbeing",
)
"""Ids of the studies that come with the toolkit, for the help; a test holds them to the files."""
_FORMS = (".html", ".docx", ".xlsx", ".zip")


def study(args: argparse.Namespace) -> int:
    """Run a study and write its report.

    It prints the findings, the checks and what the study does not show. Small numbers are hidden.
    """
    from hybrid_toolkit.disclosure import Gate
    from hybrid_toolkit.disclosure.release import require_release
    from hybrid_toolkit.report.export import export
    from hybrid_toolkit.report.findings import show_study, with_published
    from hybrid_toolkit.report.published_reference import published_lines

    _check_form(args.out)
    declared = find_study(args.study)
    data = _data_for(declared, args)
    if args.adapt:
        from hybrid_toolkit.data.evaluation_data import EvaluationData
        from hybrid_toolkit.study.fitting_studies import study_for

        if not isinstance(data, EvaluationData):
            raise UsageError("a study of free rows has nothing to adapt.", fix="Leave --adapt out.", code="STUDY-ADAPT")

        adapted = study_for(declared, data)
        declared = adapted.study
        print(f"{adapted.summary()}\n")
    result = declared.estimate(data, lock=args.lock)
    gate = Gate(source=_behind(data, result.data_hash), ledger=_ledger_for(args.out or args.bundle, data))
    shown = show_study(gate, result, titles={})
    if args.beside is not None:
        from hybrid_toolkit.data.evaluation_data import EvaluationData

        held = data if isinstance(data, EvaluationData) else EvaluationData({})
        shown = with_published(shown, gate, held, args.beside or None, area=args.area, neighbours=args.neighbours)
    if args.bundle:
        declared.evidence_bundle(result, args.bundle, gate=gate)
    if args.out:
        export(shown, args.out, on=datetime.now(UTC).date(), gate=gate)
    print(f"{declared.question}\n{declared.design_used.title}.")
    for claim in shown.claims.values():
        print(f"\n{claim.text}")
    print(f"\nChecks: {shown.message.text}\nWhy this finding is not stated more strongly:")
    print("".join(f"- {r.text}\n" for r in shown.reasons), end="")
    if shown.published_notes is not None:
        for block in shown.published:
            print("\n".join([f"{block.caption}:", *published_lines(block.release)]))
        print("".join(f"- {note}\n" for note in require_release(shown.published_notes).content["note"]), end="")
    print("What this does not show:")
    print("".join(f"- {s}\n" for s in shown.does_not_show), end="")
    for path in (args.out, args.bundle):
        print(f"Written to {path}" if path else "", end="\n" if path else "")
    return 1 if result.lock is not None and not result.lock.same else 0


def _behind(data: EvaluationData | pd.DataFrame, data_hash: str) -> object:
    """The data as a gate asks for them; free rows by the hash of the result."""
    from hybrid_toolkit.data.evaluation_data import EvaluationData
    from hybrid_toolkit.disclosure.ledger.marks import FREE_ROWS
    from hybrid_toolkit.disclosure.ledger.release_ledger import FreeRows

    return data if isinstance(data, EvaluationData) else FreeRows({FREE_ROWS: data}, data_hash)


def _ledger_for(path: str | None, data: EvaluationData | pd.DataFrame) -> VersionLedger | None:
    """The ledger of the folder that something is written to; none for the toolkit's own data, which are nobody's."""
    from hybrid_toolkit.data.evaluation_data import EvaluationData
    from hybrid_toolkit.disclosure.ledger.release_ledger import VersionLedger
    from hybrid_toolkit.synth.committed import is_committed

    own = not isinstance(data, EvaluationData) or not is_committed(data)
    return VersionLedger(Path(path).parent) if path and own else None


def lock(args: argparse.Namespace) -> int:
    """Register a study plan before you see results.

    The plan holds the study and, with --data, a hash of the data that it will use.
    """
    declared = find_study(args.study)
    data = _data_for(declared, args) if args.data else None
    print(declared.lock(args.out, data=data).summary())
    print(f"Written to {args.out}. Run the study with --lock {args.out} and it says what differs.")
    return 0


def diagnose(args: argparse.Namespace) -> int:
    """Test a study on simulated authorities: bias, coverage and power.

    The true values are known there. 100 authorities take a few minutes.
    """
    declared = find_study(args.study)
    tried = declared.diagnose(
        args.scenario, args.size, n_sims=args.n_sims, seed=args.seed, n_jobs=args.jobs, resume=args.resume
    )
    if args.out:
        from hybrid_toolkit.data.safe_csv import csv_text

        _write(args.out, csv_text(tried.tidy()))
    print(tried.summary())
    return 0


def run_pool(args: argparse.Namespace) -> int:
    """Combine results from several authorities (none is named or ranked)."""
    from hybrid_toolkit.study.sharing.pooling import pool

    found = pool(args.bundles)
    if args.out:
        from hybrid_toolkit.data.safe_csv import csv_text

        _write(args.out, csv_text(found.tidy()))
    print(found.summary())
    return 0


def find_study(name: str) -> Study:
    """A study by the path of its file or the id of a built-in one.

    Raises
    ------
    UsageError
        Neither.
    StudyError
        The file is no study.
    UnreadableError
        The file is no study.

    Examples
    --------
    >>> find_study("retention").design
    'retention'
    """
    from hybrid_toolkit.study.shipped_studies import declared_study
    from hybrid_toolkit.study.study import load_study

    if name in SHIPPED:
        return declared_study(name)
    if not Path(name).is_file():
        raise UsageError(
            f"'{name}' is no file and no study that comes with the toolkit.",
            fix=f"Enter the path of a study's TOML file, or one of: {', '.join(SHIPPED)}.",
            code="STUDY-UNKNOWN",
        )
    return load_study(name)


def _data_for(declared: Study, args: argparse.Namespace) -> EvaluationData | pd.DataFrame:
    """The tables of the contracts, from published workforce statistics too; for free rows the one table of the file."""
    from hybrid_toolkit.data.load import load_data
    from hybrid_toolkit.data.published import holds_workforce, workforce_panel

    if declared.row_unit != "rows" and args.mapping is None and "://" not in args.data and holds_workforce(args.data):
        return workforce_panel(args.data)
    if declared.row_unit != "rows":
        return load_data(args.data, args.mapping)
    from hybrid_toolkit.data.reading.plain_table import read_plain_table

    return read_plain_table(args.data)


def _check_form(path: str | None) -> None:
    """The ending is known before anything is run."""
    if path and Path(path).suffix.lower() not in _FORMS:
        raise OutputError(
            f"'{path}' has an ending that no report has.", fix=f"Use one of: {', '.join(_FORMS)}.", code="EXPORT-FORM"
        )


def _write(path: str, text: str) -> None:
    from hybrid_toolkit.data.atomic_output import atomic_write_text

    atomic_write_text(path, text)


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError("a whole number from 1 is needed")
    return int(text)


def add_studies(add: Adder, *, sizes: Sequence[str]) -> None:
    """Add these commands to those of the program.

    Parameters
    ----------
    add : Adder
        Name and function in, the parser of the command out.
    sizes : Sequence[str]
        Names of sizes of simulated authorities.
    """
    named = "a study's TOML file, or the id of a built-in one, as listed below"
    built_in = f"\n\nBuilt-in studies:\n{in_lines(', '.join(SHIPPED))}"
    compared = "registered plan to compare with; lists any difference (exit code 1 if there is one)"
    pooled = "summary to save, so that it can be combined with other authorities'"
    kept = "file to save the plan in (an existing plan is never replaced)"
    source = "folder, file, workbook or database URL; one CSV or Parquet file for a study of unit 'rows'"
    one = add("study", study)
    one.epilog = f"{one.epilog}{built_in}"
    one.add_argument("study", metavar="STUDY", help=named)
    one.add_argument("data", metavar="DATA", help=source)
    one.add_argument("--mapping", metavar="FILE", help="mapping file, or the name of a built-in one")
    one.add_argument("--adapt", action="store_true", help="run it without what the data lack, and say what that costs")
    one.add_argument(
        "--lock",
        metavar="FILE",
        help=compared,
    )
    one.add_argument("--out", metavar="FILE", help="report to save: .html, .docx, .xlsx, or .zip for all of them")
    one.add_argument("--bundle", metavar="FILE.json", help=pooled)
    beside_arguments(one, of="what it measures, in the report")
    one = add("lock", lock)
    one.epilog = f"{one.epilog}{built_in}"
    one.add_argument("study", metavar="STUDY", help=named)
    one.add_argument("--data", metavar="DATA", help=f"the data it will use: {source}")
    one.add_argument("--mapping", metavar="FILE", help="mapping file, or the name of a built-in one")
    one.add_argument("--out", metavar="FILE", required=True, help=kept)
    one = add("diagnose", diagnose)
    one.epilog = f"{one.epilog}{built_in}"
    one.add_argument("study", metavar="STUDY", help=named)
    one.add_argument("--sims", dest="n_sims", type=_count, default=100, help="authorities to simulate (default: 100)")
    one.add_argument(
        "--scenario", metavar="NAME", help="truth to simulate (default: the first in which it can be tried)"
    )
    one.add_argument("--size", choices=sizes, default="small", help="how large (default: small)")
    one.add_argument("--seed", type=_count, default=20_250_000, help="whole number; the same gives the same results")
    one.add_argument("--jobs", type=_count, help="processes (default: one); the figures do not depend on it")
    one.add_argument("--resume", metavar="FILE", help="save progress in this file and continue from it")
    one.add_argument("--out", metavar="FILE.csv", type=csv_name, help="save the results as a CSV file")
    one = add("pool", run_pool)
    one.add_argument(
        "bundles", nargs="+", metavar="BUNDLE.json", help="summaries that 'study --bundle' saved, one per authority"
    )
    one.add_argument("--out", metavar="FILE.csv", type=csv_name, help="save the pooled estimates as a CSV file")
