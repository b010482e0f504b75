"""Spelling in British English, by codespell: ``python -m tools.spelling``.

codespell knows common slips and the American form of British words; its list of these is turned round here, so that an
American spelling is the slip. In code the names of libraries stay as their authors spell them.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import codespell_lib

ROOT = Path(__file__).resolve().parents[1]
NOT_SLIPS = (
    *("practice", "practices"),  # the noun; only the verb is practise
    "math",  # a module of Python
    "story",  # a tale, not a floor
    "biased",
    "licensed",
    "license",  # the file LICENSE and the key of pyproject.toml
    "licenses",  # a key of CycloneDX
    "program",  # on a computer
    "ons",  # Office for National Statistics
    "hte",  # the prefix of the widgets' style classes
    "humber",  # the river
    "behavioral",  # in titles of journals
    "organization",  # the World Health Organization
    "organizations",  # in titles of journals
    *("hart", "hove", "wight", "woking", "worthing"),  # places
)
"""Words that are right as they stand."""
CODES = (
    *("aer", "gir", "woth", "te", "nd", "bu", "caf", "goind", "ths"),  # codes, abbreviations and parts of names
    *(
        "ative",
        "attribut",
        "increas",
        "decreas",
        "generat",
        "determin",
        "significan",
        "licens",
    ),  # stems of guarded words
    *("ather", "ervice", "lient"),  # what patterns leave of words, such as [Cc]lient
    *("ist", "winn"),  # of other languages, in what is refused and in its tests
    "sav",  # the ending of a file of SPSS
    *("wrker", "titel", "threshhold", "varience", "worke"),  # slips made on purpose, to see what an error says
)
"""Pieces of words."""
NAMES_OF_LIBRARIES = (
    *("color", "colors", "center", "normalize", "optimize", "optimizer", "capitalize", "digitize", "minimize"),
    *("standardize", "standardized", "generalized", "modeling", "neighbor", "neighbors"),
)
"""Functions, arguments and packages that code has to spell as their authors do."""
PROSE = ("*.md", "docs")
CODE = (
    "hybrid_toolkit",
    "notebooks",
    "tests",
    "tools",
    "benchmarks",
    "data",
    "pyproject.toml",
    "CITATION.cff",
    "Makefile",
    ".github",
)
PICTURES = r'base64,[\w+/=]+|"image/png": "[^"]+"'


def american_to_british() -> str:
    """codespell's list of British words with their American form, turned round.

    Examples
    --------
    >>> "\\ncolor->colour\\n" in american_to_british()
    True
    """
    listed = Path(codespell_lib.__file__).parent / "data" / "dictionary_en-GB_to_en-US.txt"
    pairs = (line.split("->") for line in listed.read_text(encoding="utf-8").splitlines() if "->" in line)
    return "\n" + "".join(f"{us.strip()}->{gb}\n" for gb, many in pairs for us in many.split(",") if us.strip())


def main() -> None:
    """Check prose, then code; stop with 1 where a word is misspelt."""
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        british = Path(folder) / "british.txt"
        british.write_text(american_to_british().strip() + "\n", encoding="utf-8")
        for paths, ignored in ((PROSE, (*NOT_SLIPS, *CODES)), (CODE, (*NOT_SLIPS, *CODES, *NAMES_OF_LIBRARIES))):
            here = [p for pattern in paths for p in sorted(ROOT.glob(pattern))]
            options: list[str | Path] = ["--builtin", "clear,rare", "-D", "-", "-D", british, "-L", ",".join(ignored)]
            options += [
                "--uri-ignore-words-list",
                "*",
                "--ignore-regex",
                PICTURES,
                "--skip",
                "*.csv,*.svg,*.png,*.parquet,*.lock,*.toml.lock",
            ]
            done = subprocess.run(
                [sys.executable, "-m", "codespell_lib", *map(str, options), *map(str, here)], cwd=ROOT
            )
            failed |= done.returncode
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
