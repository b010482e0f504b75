"""The command that looks through notebooks before they are shared; its exit codes suit a pre-commit hook."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from hybrid_toolkit.errors import plural


def run_check_notebook(args: argparse.Namespace) -> int:
    """Look for data about people in notebooks, before you share them.

    Exit code 0: nothing was found. 1: something was found. Pictures are not read.
    """
    from hybrid_toolkit.report.notebook_check import check_notebook, clean_notebook

    found = 0
    for file in args.files:
        if args.clean:
            target, left = clean_notebook(file)
            print(f"{target.name}: written; {plural(len(left), 'finding')} left in it.")
        else:
            left = check_notebook(file)
        found += len(left)
        for one in left:
            print(f"{file}: {one}")
    if not found:
        print(f"{plural(len(args.files), 'notebook')}: nothing found. Pictures are not read.")
    return 1 if found else 0


def add_notebooks(add: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the command ``check-notebook``."""
    one = add("check-notebook", run_check_notebook)
    one.add_argument("files", nargs="+", metavar="FILE", help="notebooks (.ipynb)")
    one.add_argument(
        "--clean", action="store_true", help="write NAME.clean.ipynb without the outputs in which something was found"
    )
