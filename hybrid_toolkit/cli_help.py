"""The first page of ``hybrid-toolkit --help``: commands by what they are for, and an example of each."""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Mapping
from typing import Any

PROGRAM = "hybrid-toolkit"
_WIDTH = 79  # one less than the 80 columns of a plain terminal
EXAMPLES: Mapping[str, Mapping[str, str]] = {
    "Your data": {
        "template": "--out workbook.xlsx",
        "map": "my-authority --out mapping.toml",
        "validate": "my-authority --mapping mapping.toml",
        "coverage": "my-authority --mapping mapping.toml",
        "pseudonymise": "my-authority --out coded --key-file apart/key.txt",
        "published": "workforce.csv --out tidy.csv",
        "check-notebook": "analysis.ipynb",
    },
    "Measure and study": {
        "metrics": "choice_honoured",
        "measure": "my-authority --metric choice_honoured --by career_stage --mapping mapping.toml",
        "lock": "remote-practice --out plan.lock.json",
        "study": "remote-practice my-authority --mapping mapping.toml --lock plan.lock.json --out report.html",
        "diagnose": "remote-practice --sims 20 --out diagnosis.csv",
        "pool": "first.json second.json --out pooled.csv",
    },
    "See it work": {
        "demo": "",
        "app": "my-authority --mapping mapping.toml",
        "synth": "--scenario helpful-hump --out my-authority",
    },
}
"""Under each heading its commands in order, each with the rest of a line that runs; ``synth`` makes its folder."""


def example(command: str) -> str:
    """The line of the example, as it is typed; empty for a command that has none.

    Parameters
    ----------
    command : str
        Name of the command.

    Returns
    -------
    str
        The line.

    Examples
    --------
    >>> example("template")
    'hybrid-toolkit template --out workbook.xlsx'
    """
    found = [rest[command] for rest in EXAMPLES.values() if command in rest]
    return f"{PROGRAM} {command} {found[0]}".rstrip() if found else ""


def first_page(says: Mapping[str, str]) -> str:
    """The commands under their headings.

    Parameters
    ----------
    says : Mapping[str, str]
        What each command does, in one line.

    Returns
    -------
    str
        The lines.

    Raises
    ------
    KeyError
        A command under a heading does not exist.

    Examples
    --------
    >>> page = first_page({name: "What it does" for group in EXAMPLES.values() for name in group})
    >>> page.splitlines()[:2]
    ['Your data', '  template        What it does']
    """
    width = max(map(len, says)) + 4
    lines = []
    for heading, commands in EXAMPLES.items():
        lines += [heading, *(_entry(name, says[name], width) for name in commands), ""]
    return "\n".join([*lines, f"To see the options and an example of a command: {PROGRAM} COMMAND --help"])


def _entry(name: str, text: str, width: int) -> str:
    return textwrap.fill(text, _WIDTH, initial_indent=f"  {name}".ljust(width), subsequent_indent=" " * width)


class PlainParser(argparse.ArgumentParser):
    """A parser whose help keeps the lines of its text, and whose ``--help`` and ``--debug`` say what they do.

    Parameters
    ----------
    **settings : Any
        As ``argparse.ArgumentParser`` takes them.

    Examples
    --------
    >>> PlainParser(prog="try").parse_args(["--debug"]).debug
    True
    """

    def __init__(self, **settings: Any) -> None:  # argparse makes the parsers of commands with settings of its own
        shape: dict[str, Any] = {"add_help": False, "formatter_class": argparse.RawDescriptionHelpFormatter}
        shape["allow_abbrev"] = (
            False  # --work is a slip and no --workspace, and an abbreviation ends with the next option
        )
        super().__init__(**shape | settings)
        self.add_argument("-h", "--help", action="help", help="show this help")
        self.add_argument(
            "--debug",
            action="store_true",
            default=argparse.SUPPRESS,
            help="show the full error (it may contain values from your data)",
        )


def in_lines(text: str) -> str:
    """A docstring as one paragraph in lines that a terminal holds."""
    return textwrap.fill(" ".join(text.split()), _WIDTH, break_on_hyphens=False)


def beside_arguments(parser: argparse.ArgumentParser, *, of: str) -> None:
    """Add what names published statistics to a command.

    Parameters
    ----------
    parser : argparse.ArgumentParser
        The command's.
    of : str
        What they stand beside, in words.
    """
    told = f"set published figures beside {of}: norms, and England, the region and neighbours from published files"
    parser.add_argument("--beside", metavar="FILE", nargs="*", help=told)
    parser.add_argument("--area", metavar="NAME", help="your authority in the published files, by code or name")
    parser.add_argument("--neighbours", metavar="FILE", help="the published model of statistical neighbours")


def csv_name(text: str) -> str:
    """The name of a table to save, told before anything is run if it would not open as what its ending says.

    Parameters
    ----------
    text : str
        As it was typed.

    Returns
    -------
    str
        The same.

    Raises
    ------
    argparse.ArgumentTypeError
        It ends in something else than ``.csv``.

    Examples
    --------
    >>> csv_name("tidy.csv")
    'tidy.csv'
    """
    if not text.lower().endswith(".csv"):
        raise argparse.ArgumentTypeError("the table is saved as CSV: give a name that ends in .csv")
    return text
