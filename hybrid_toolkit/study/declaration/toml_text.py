"""TOML text in and out, for studies and graphs alike: files read whole, keys held to those that are known."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Collection, Iterable, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from hybrid_toolkit.errors import StudyError, UnreadableError, plural, toml_place

TableKinds = Mapping[str, type]
_KIND_WORDS = {str: "text", list: "a list of text", bool: "true or false", dict: "a table"}

HOW_WRITTEN = {
    "a number": "Write it without quotation marks, for example {} = 0.1.",
    "text": 'Write it in quotation marks, for example {} = "text".',
    "a list of texts": 'Write it in brackets, each text in quotation marks, for example {} = ["a", "b"].',
    "a list of OutcomeLabel": "Give OutcomeLabel objects in a list; in a file, one [[{}]] for each.",
    "a list of custom metrics": "Give metrics made by declare_metric in a list; in a file, one [[{}]] for each.",
    "a table of single values": "Give a name and a value for each; in a file, beneath [{}].",
}
"""How each kind of value is written."""

_WHY: Mapping[type[Exception], str] = {
    FileNotFoundError: "is not there",
    IsADirectoryError: "is a folder",
    PermissionError: "may not be read",
    UnicodeDecodeError: "is not UTF-8 text",
}


def load_toml(path: Path, *, what: str, code: str) -> dict[str, Any]:
    """What a TOML file holds; a mark of byte order before it, as some editors write, is passed over.

    Parameters
    ----------
    path : Path
        The file.
    what : str
        What it should hold, such as ``"study"``.
    code : str
        Code of the error.

    Raises
    ------
    UnreadableError
        The file is not there, is not UTF-8, or is not TOML; with the line where it stops being so.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableError(
            f"the {what} file '{path.name}' {_WHY.get(type(error), 'cannot be read')}.",
            fix="Enter the path of a TOML file saved as UTF-8.",
            code=code,
        ) from None
    return parse_toml_text(text, what=f"{what} file '{path.name}'", code=code)


def parse_toml_text(text: str, *, what: str, code: str) -> dict[str, Any]:
    """What TOML text holds.

    Raises
    ------
    UnreadableError
        It is not TOML, or is nested or numbered beyond what can be read.

    Examples
    --------
    >>> parse_toml_text("a = 1", what="study", code="STUDY-UNREADABLE")
    {'a': 1}
    >>> parse_toml_text("a = = 1", what="study", code="STUDY-UNREADABLE")
    Traceback (most recent call last):
    ...
    hybrid_toolkit.errors.UnreadableError: [STUDY-UNREADABLE] the study is not TOML: Invalid value (at line 1, \
column 5). How to fix: Correct line 1; each key may appear once.
    """
    try:
        return tomllib.loads(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as error:
        why, fix = str(error), f"Correct {toml_place(error)}; each key may appear once."
    except (RecursionError, ValueError):
        why, fix = "a value is nested too deeply, or a number has too many digits", "Write plain values."
    raise UnreadableError(f"the {what} is not TOML: {why}.", fix=fix, code=code) from None


def check_keys(
    raw: Collection[str],
    known: Sequence[str],
    needed: Iterable[str],
    *,
    where: str,
    codes: tuple[str, str],
    note: str = "",
) -> None:
    """Every key is known, and none that is needed is lacking.

    Parameters
    ----------
    raw : Collection[str]
        Keys that were found.
    known : Sequence[str]
        Keys that may be there.
    needed : Iterable[str]
        Keys that must be there.
    where : str
        What they are keys of.
    codes : tuple[str, str]
        Codes of an unknown and of a lacking key.
    note : str, optional
        Ends an unknown key's fix.

    Raises
    ------
    StudyError
        An unknown key, with the nearest known one; or a key that lacks.
    """
    odd = sorted(set(raw) - set(known))
    if odd:
        raise StudyError(
            f"{where} has {plural(len(odd), 'unknown key')}: {', '.join(odd)}.",
            fix=f"{nearest(odd, known)}Use: {', '.join(known)}.{note}",
            code=codes[0],
        )
    gone = [k for k in needed if k not in raw]
    if gone:
        nothing = " There is nothing in it." if not raw else ""
        raise StudyError(
            f"{where} lacks {plural(len(gone), 'key')}: {', '.join(gone)}.{nothing}",
            fix=f"Add {plural(len(gone), 'key')} to it.",
            code=codes[1],
        )


def nearest(wrong: Iterable[str], known: Iterable[str]) -> str:
    """A question that names what was likely meant, with a space after it; empty where nothing is near.

    Examples
    --------
    >>> nearest(["confunders"], ["confounders", "cluster"])
    "Did you mean 'confounders'? "
    >>> nearest(["zzz"], ["confounders"])
    ''
    """
    names = list(known)
    near = dict.fromkeys(m for w in wrong for m in get_close_matches(w, names, n=1, cutoff=0.7))
    return f"Did you mean {' and '.join(map(repr, near))}? " if near else ""


def toml_value(value: object) -> str:
    """A text, a number, yes or no, or a list of these in TOML. JSON's escapes are TOML's.

    Examples
    --------
    >>> print(toml_value(("a", 'b "c"')), toml_value(True), toml_value(0.5))
    ["a", "b \\"c\\""] true 0.5
    """
    if isinstance(value, tuple | list):
        return "[" + ", ".join(toml_value(v) for v in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def check_toml_table(raw: Any, kinds: TableKinds, needed: Sequence[str], where: str) -> dict[str, Any]:
    """One table with known keys, all that are needed, and values of the right kind."""
    if not isinstance(raw, dict):
        raise StudyError(
            f"{where} must be a table.", fix=f"Write it as a table with: {', '.join(kinds)}.", code="GRAPH-KIND"
        )
    check_keys(raw, tuple(kinds), needed, where=where, codes=("GRAPH-KEY", "GRAPH-KEY"))
    texts = {"to", "columns", "units"}
    wrong = [k for k, v in raw.items() if not isinstance(v, kinds[k])]
    wrong += [
        k for k, v in raw.items() if k in texts and isinstance(v, list) and not all(isinstance(x, str) for x in v)
    ]
    if wrong:
        raise StudyError(
            f"{where}: '{wrong[0]}' must be {_KIND_WORDS[kinds[wrong[0]]]}.",
            fix=f"Change it to {_KIND_WORDS[kinds[wrong[0]]]}.",
            code="GRAPH-KIND",
        )
    return dict(raw)
