"""The command ``hybrid-toolkit``: the same as the notebooks, without a notebook.

Exit codes: 0 done or valid, 1 the data have problems, 2 something cannot be read, written or understood, 70 a fault
of the toolkit itself, 130 interrupted. No message holds a value from the data.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

from hybrid_toolkit import __version__
from hybrid_toolkit.cli_help import PROGRAM, PlainParser, csv_name, example, first_page, in_lines
from hybrid_toolkit.cli_measure import add_measure
from hybrid_toolkit.cli_notebooks import add_notebooks
from hybrid_toolkit.cli_studies import add_studies
from hybrid_toolkit.errors import HybridToolkitError, OutputError, UsageError, plural

_SIZE_NAMES = ("small", "three-years", "authority", "region", "national")


def validate(args: argparse.Namespace) -> int:
    """Check your data for errors.

    Exit code 0: no errors. 1: errors found. 2: the data could not be read.
    """
    from hybrid_toolkit.data.safe_csv import csv_text
    from hybrid_toolkit.data.validation.validate import validate_path

    report = validate_path(args.data, args.mapping)
    if args.out:
        _write(args.out, csv_text(report.tidy()))
    print(report.summary())
    return 0 if report.ok else 1


def run_coverage(args: argparse.Namespace) -> int:
    """List what you can measure with your data, and what would add most."""
    from hybrid_toolkit.data.coverage import coverage_summary
    from hybrid_toolkit.data.safe_csv import csv_text

    data = _load(args)
    frame = data.coverage()
    if args.out:
        _write(args.out, csv_text(frame))
    print(coverage_summary(frame))
    return 0


def map_(args: argparse.Namespace) -> int:
    """Match your columns and codes to the toolkit's.

    It writes a mapping file, with a question beside each match that you should look at. Your data are not changed.
    """
    from hybrid_toolkit.data.mapping.propose_mapping import propose_mapping

    proposal = propose_mapping(args.data, tables=_taken_as(args.take))
    if not args.out:
        print(proposal.toml)
        print(proposal.summary(), file=sys.stderr)
        return 0
    _not_over(args)
    _write(args.out, proposal.toml)
    print(f"{proposal.summary()}\nWritten to {args.out}. Look through it, then: {PROGRAM} validate DATA --mapping FILE")
    return 0


def _taken_as(given: Sequence[str] | None) -> dict[str, str]:
    """``["Staff List.xlsx=worker"]`` as source -> table."""
    pairs = [text.rpartition("=") for text in given or ()]
    wrong = [text for text, (source, _, table) in zip(given or (), pairs, strict=True) if not source or not table]
    if wrong:
        raise UsageError(
            f"{plural(len(wrong), 'choice after --as is', 'choices after --as are')} not of the form SOURCE=TABLE.",
            fix='Write --as "Staff List.xlsx=worker", the name of the source first.',
            code="USAGE-AS",
        )
    return {source.strip(): table.strip() for source, _, table in pairs}


def template(args: argparse.Namespace) -> int:
    """Create a workbook to fill in, with the data dictionary and code lists."""
    from hybrid_toolkit.data.mapping.template import write_template

    _not_over(args)
    write_template(args.out)
    print(f"Written to {args.out}. Fill it in, delete the example rows, then: {PROGRAM} validate {args.out}")
    return 0


def pseudonymise(args: argparse.Namespace) -> int:
    """Replace reference numbers and remove names and addresses.

    The copy goes to a new folder; your own files are not changed. Look through the copy before you pass it on.
    """
    from hybrid_toolkit.data.privacy.pseudonymise import pseudonymise_folder

    columns = args.columns.split(",") if args.columns else None
    drop = args.drop.split(",") if args.drop else ()
    keep = args.keep.split(",") if args.keep else ()
    done = pseudonymise_folder(args.data, args.out, columns=columns, drop=drop, keep=keep, key_file=args.key_file)
    print(f"{done.summary()}\nWritten to {args.out}")
    return 0


def synth(args: argparse.Namespace) -> int:
    """Create a simulated authority, with its true values.

    It writes one file per table, and truth.json with the true values.
    """
    from hybrid_toolkit.synth.generate import simulate_authority
    from hybrid_toolkit.synth.scenarios import scenario
    from hybrid_toolkit.synth.sizes import SIZES
    from hybrid_toolkit.synth.write import write_authority, write_large

    truth = scenario(args.scenario)
    if SIZES[args.size].n_la > 1:
        write_large(truth, args.size, args.out, seed=args.seed, progress=True)
    else:
        data = simulate_authority(truth, args.size, args.seed)
        write_authority(data, truth, args.out, seed=args.seed, size=args.size)
        print(repr(data))
    print(f"Written to {args.out}, with its truth in truth.json")
    return 0


def demo(args: argparse.Namespace) -> int:
    """Run the example evaluation.

    It uses the simulated authority that comes with the toolkit: no data are needed, and nothing is sent anywhere.
    """
    from hybrid_toolkit.demo import run_demo

    run_demo(Path(args.out), progress=True)
    return 0


def app(args: argparse.Namespace) -> int:
    """Open the toolkit in your browser, on this computer only."""
    from hybrid_toolkit.app import serve_app

    serve_app(args.data, mapping=args.mapping, port=args.port, browser=not args.no_browser, workspace=args.workspace)
    return 0


def metrics(args: argparse.Namespace) -> int:
    """List the metrics, show one, or get a questionnaire's list of items."""
    from hybrid_toolkit.data.safe_csv import csv_text
    from hybrid_toolkit.metrics.instruments import load_instrument
    from hybrid_toolkit.metrics.specs.registry import catalogue, find_metrics

    if args.instrument is not None:
        text = csv_text(load_instrument(args.instrument).template())
        if args.out:
            _write(args.out, text)
        else:
            print(text, end="")
        return 0
    frame = catalogue()
    if args.id is None:
        width = frame["id"].str.len().max()
        for row in frame.to_dict("records"):
            said = "" if row["computed"] else f" (not computed from tables: {row['elsewhere']})"
            print(f"{row['code']:<4}  {row['id']:<{width}}  {row['name']}{said}")
        return 0
    for spec in find_metrics(args.id):
        print(
            "\n".join(
                f"{k}: {v}" for k, v in frame[frame["id"] == spec.id].iloc[0].items() if str(v) not in ("", "nan")
            )
        )
    return 0


def published(args: argparse.Namespace) -> int:
    """Read published DfE, Ofsted or ONS statistics.

    Symbols such as c, x, z and low are kept as symbols and never become numbers.
    """
    from hybrid_toolkit.data.published import load_published
    from hybrid_toolkit.data.safe_csv import csv_text

    found = load_published(args.data, period=args.period, sheet=args.sheet, header=args.header, area=args.area)
    if args.out:
        _write(args.out, csv_text(found.tidy()))
    print(found.summary())
    return 0


def _load(args: argparse.Namespace):  # type: ignore[no-untyped-def]  # the type would load pandas for --help
    from hybrid_toolkit.data.load import load_data

    return load_data(args.data, args.mapping)


def _write(path: str, text: str) -> None:
    from hybrid_toolkit.data.atomic_output import atomic_write_text

    atomic_write_text(path, text)


def _not_over(args: argparse.Namespace) -> None:
    """Refuse to write over a file that somebody may have worked on."""
    if Path(args.out).is_file() and not args.force:
        raise OutputError(
            f"'{args.out}' already exists.",
            fix="Choose another name, or add --force to replace it.",
            code="OUTPUT-EXISTS",
        )


def parser() -> argparse.ArgumentParser:
    """The command's arguments."""
    top = PlainParser(prog=PROGRAM, usage=f"{PROGRAM} [-h] [--debug] [--version] COMMAND ...")
    top.add_argument("--version", action="version", version=f"{PROGRAM} {__version__}", help="show the version")
    commands = top.add_subparsers(
        dest="command",
        required=True,
        metavar="COMMAND",
        help=argparse.SUPPRESS,
        parser_class=PlainParser,
        prog=PROGRAM,
    )
    says: dict[str, str] = {}

    def add(name: str, run: Callable[[argparse.Namespace], int], *, data: str = "") -> argparse.ArgumentParser:
        first, _, rest = (run.__doc__ or "").strip().partition("\n\n")
        says[name] = first.rstrip(".")
        text = "\n\n".join(in_lines(part) for part in (first, rest) if part)
        one: argparse.ArgumentParser = commands.add_parser(
            name, description=text, epilog=f"Example:\n  {example(name)}" if example(name) else None
        )
        one.set_defaults(run=run)
        if data:
            one.add_argument("data", metavar=data, help="folder, file, workbook or database URL")
        return one

    for name, run in (("validate", validate), ("coverage", run_coverage)):
        one = add(name, run, data="DATA")
        one.add_argument("--mapping", metavar="FILE", help="mapping file, or the name of a built-in one")
        one.add_argument("--out", metavar="FILE.csv", type=csv_name, help="save the result as a CSV file")
    one = add("map", map_, data="DATA")
    one.add_argument("--out", metavar="FILE.toml", help="file to save the mapping in (default: print it on screen)")
    one.add_argument("--force", action="store_true", help="replace the file if it already exists")
    one.add_argument(
        "--as",
        dest="take",
        action="append",
        metavar="SOURCE=TABLE",
        help='take a file or sheet for a table, as in --as "Staff List.xlsx=worker"; may be given several times',
    )
    one = add("template", template)
    one.add_argument("--out", metavar="FILE.xlsx", required=True, help="the workbook to write")
    one.add_argument("--force", action="store_true", help="replace the file if it already exists")
    one = add("pseudonymise", pseudonymise, data="DATA")
    one.add_argument("--out", metavar="FOLDER", required=True, help="new folder, apart from the data")
    one.add_argument(
        "--key-file",
        metavar="FILE",
        help="file to save the key in, separate from both folders (default: the key is deleted)",
    )
    one.add_argument("--columns", metavar="A,B", help="columns to replace by a code (default: those named like keys)")
    one.add_argument("--drop", metavar="A,B", help="further columns to leave out")
    one.add_argument("--keep", metavar="A,B", help="columns to leave as they are, where no rule places them")
    one = add("synth", synth)
    one.add_argument("--scenario", metavar="NAME", required=True, help="such as null, helpful-hump, confounded-null")
    one.add_argument("--size", choices=_SIZE_NAMES, default="small", help="how large (default: small)")
    one.add_argument("--seed", type=_seed, default=0, help="whole number; the same number gives the same files")
    one.add_argument("--out", metavar="FOLDER", required=True, help="folder to write")
    one = add("demo", demo)
    one.add_argument("--out", metavar="FOLDER", default="out/demo", help="folder to write (default: out/demo)")
    one = add("app", app)
    one.add_argument(
        "data", nargs="?", metavar="DATA", help="folder, workbook or database; a synthetic one if left out"
    )
    one.add_argument("--mapping", metavar="FILE", help="mapping file, or the name of a built-in one")
    one.add_argument("--port", type=_seed, default=0, help="port on 127.0.0.1 (default: any free one)")
    one.add_argument("--no-browser", action="store_true", help="print the address without opening the browser")
    one.add_argument("--workspace", metavar="FOLDER", help="folder to save your work in (default: the last one)")
    one = add("metrics", metrics)
    one.add_argument("id", nargs="?", metavar="ID", help="a metric to show in full, or a code such as MF2")
    one.add_argument(
        "--instrument", metavar="ID", help="list its items and scales, with blanks for wording you are licensed to use"
    )
    one.add_argument("--out", metavar="FILE.csv", type=csv_name, help="write the template of the instrument")
    add_measure(add)
    one = add("published", published, data="FILE")
    one.add_argument("--out", metavar="FILE.csv", type=csv_name, help="save the tidy table as a CSV file")
    one.add_argument("--period", metavar="PERIOD", help="period of the figures, where the file names none")
    one.add_argument("--sheet", metavar="NAME", help="the one sheet of a workbook to read")
    one.add_argument(
        "--header", metavar="ROW", type=_seed, help="row of the sheet, from 1, that holds the column names"
    )
    one.add_argument("--area", metavar="HEADER", help="column that names the areas")
    add_studies(add, sizes=_SIZE_NAMES)
    add_notebooks(add)
    top.description = f"Evaluate hybrid working in children's social work.\n\n{first_page(says)}"
    return top


def _seed(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError("a whole number from 0 is needed")
    return int(text)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code.

    Parameters
    ----------
    argv : Sequence[str] | None, optional
        Arguments after the command's name; those of the process by default.

    Examples
    --------
    >>> main(["--version"])
    hybrid-toolkit 0.1.0
    0
    """
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, ValueError, OSError):
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]  # a console may not know every letter
    try:
        args = parser().parse_args(argv)
    except SystemExit as stop:
        return int(stop.code or 0)
    debug = getattr(args, "debug", False)
    try:
        with warnings.catch_warnings():
            if not debug and not sys.warnoptions:
                warnings.simplefilter("ignore")
            code: int = args.run(args)
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except KeyboardInterrupt:
        return _fail("interrupted.", 130)
    except Exception as error:
        if debug:
            raise
        return _told(error)


def _told(error: Exception) -> int:
    """Say in one message what went wrong, without a traceback and without any text that could hold a value."""
    if isinstance(error, HybridToolkitError):
        return _fail(str(error), error.exit_code)
    if isinstance(error, OSError):
        why = (error.strerror or "no reason given").lower()
        return _fail(f"the operating system refused: {why}. How to fix: check rights and free space.", 2)
    return _fail(
        f"this is a bug in the toolkit ({type(error).__name__}). Run again with --debug to see where; look through "
        "the traceback for values from your data before you send it to anybody.",
        70,
    )


def _fail(text: str, code: int) -> int:
    with contextlib.suppress(OSError, ValueError):
        print(f"{PROGRAM}: {text}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
