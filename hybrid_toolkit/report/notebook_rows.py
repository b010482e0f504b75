"""Signs that an output or a source holds rows, single values or names, whatever it is printed as."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hybrid_toolkit.data.privacy.personal import is_forename, names_person
from hybrid_toolkit.disclosure.policy import FLOOR_THRESHOLD
from hybrid_toolkit.errors import plural

ROWS, IDENTIFIER, NOT_RELEASED, PATH = "row-level data", "identifier", "not released", "path"
LEAST_LINES = 3
"""Lines of one shape from which a text is a table; two may be a sum and its parts."""
_KEYS = re.compile(r"(?<![\w.#/-])[A-Z]{1,2}[-_]?\d{4,6}(?![\w.])|(?<![\w.#/-])[WFCP]\d{3}(?![\w.])")
"""Keys of people as contracts and case systems write them, such as W0123; codes of areas have eight digits."""
_LOGIN = re.compile(r"\b\w+://[^\s:/@'\"]+:[^\s@/'\"]+@")
_EMBEDDED = re.compile(r"data:(?:text/(?!html\b)|application/(?!font))[\w.+-]+;base64,[A-Za-z0-9+/]{40}")
_IMAGE = re.compile(r"data:image/[\w.+-]+;base64,[A-Za-z0-9+/=]*")
_UNROUNDED = re.compile(r"(?<![\w.])-?(?:[1-9]\d*\.\d{6,}|0\.0*[1-9]\d{5,})(?!\d)")
_PRINTED = (
    (re.compile(r"^Pandas\(Index=", re.MULTILINE), "rows printed one by one"),
    (re.compile(r"\[\s*\{\s*['\"]\w+['\"]\s*:"), "rows in brackets"),
    (re.compile(r"\{['\"]\w+['\"]: [^{}]*(?:np\.\w+|Timestamp)\([^{}]*, ['\"]\w+['\"]: "), "a row in brackets"),
    (re.compile(r"\[(?:(?:np\.\w+\()?-?\d+(?:\.\d+)?\)?, ){4,}"), "a list of values"),
    (re.compile(r"\\begin\{(?:tabular|longtable)\}"), "a table in LaTeX, which is not read"),
    (re.compile("^[│┆|].*[┆│].*$", re.MULTILINE), "a table in lines, which is not read"),
    (re.compile(r"^(?:min|25%|50%|75%|max)\s+-?\d", re.MULTILINE), "least and greatest values"),
    (re.compile(r"^\s*(?:array\()?\[\[.*[\d.'\"]\]", re.MULTILINE), "rows of an array"),
    (re.compile(r"^(?:(?:Name|Freq|Length): [^\n]*, )*dtype: \w+", re.MULTILINE), "a column of a frame"),
    (re.compile(r"^\+[-+=]+\+$|^-{3,}(?:\s+-+)+$", re.MULTILINE), "a table in lines, which is not read"),
    (re.compile(r"Non-Null Count|\bCounter\(\{"), "counts of rows that no gate has passed"),
)  # fmt: skip
_FITTED = re.compile(r"^.*Regression Results\s*$|\bNo\. Observations:", re.MULTILINE)
_ALONE = re.compile(r"\s*\(?(?:np\.\w+\()?([1-9])\)?(?:, [^\n]*\))?\s*")
"""A text that is one small number, or a few of which the first is small."""
_WORKED_OUT = re.compile(
    r"\.(?:groupby|pivot\w*|crosstab|query|nunique|unique|agg|aggregate|idxmax|idxmin|nlargest|nsmallest|sort_values"
    r"|iterrows|itertuples|fetchall|fetchone|info|isna|isnull|notna)\(|\b(?:crosstab|Counter)\(|\blen\(\w+\["
    r"|\][\w.]*\.(?:values|shape|sum|mean|max|min|median)\b|\.(?:iloc|loc|at|iat)\["
    r"|^\(+\w+(?:\.\w+|\[[^\]]+\]) *[<>=]=? *\S+\)\.sum\(\)"
)
"""What is worked out from rows."""
_SAID_OF = re.compile(
    r"\b(?:[A-Z][a-z'’-]+ ){1,2}[A-Z][a-z'’-]+ (?:has|had|took|worked|visited|left) \d"
    r"|\b(?:worker|manager|officer|practitioner|child|mother|father|parent|client|carer|colleague) [A-Z]\.? [A-Z][a-z]+"
)
"""A number that is said of a name, and an initial with a surname behind a word for people."""
_CALLED = re.compile(r"\b(?:worker|manager|supervisor|child|mother|father|mum|dad|nan|gran|aunt|uncle) ([A-Z][a-z]+)\b")
_COUNTED = re.compile(r"(?:[^\s\d]\S*\s+){1,3}(?:[\d,.]+\s+)*?[\d,.]+")
_IN_BRACKETS = re.compile(r"\s*\{[^{}]*['\"]: (?:np\.\w+\()?[1-9]\)?(?=[,}\s])[^{}]*\}\s*")
_SECRET = re.compile(
    r"(?:passw(?:or)?d|secret|token|api_?key|salt)\w{0,40}['\"]?\s*[:=]\s*['\"][^'\"\n]{6,}['\"]|\benviron\(\{"
    r"|(?<![\w'\"])KEY\s*=\s*['\"][^'\"\n]{12,}['\"]",
    re.IGNORECASE,
)
_NAMED_TEXT = re.compile(r"(?<![\w.])['\"]([A-Z][a-z'’-]+(?:,? [A-Z][a-z'’-]+)+)['\"]")
_LISTED = re.compile(r"^[-dl][rwxsStT-]{9}[.+@]?\s+\d+\s+\S+", re.MULTILINE)
_DRAWS = re.compile(
    r"(?:\bplt\.|\bsns\.|\bpx\.|\bax\w*(?:\[\w+\])?\.|\.plot\.)(?:scatter|strip\w*|swarm\w*|box\w*|violin\w*|pair\w*|joint"
    r"\w*|rug\w*|lm\w*|reg\w*|hist\w*|kde\w*|line\w*|bar\w*|stem|step|errorbar|plot|heatmap|imshow|pie|area|hexbin)\("
    r"|\.(?:boxplot|hist|plot)\("
)
_PUT_IN = re.compile(r"\b(?:HTML|Image|SVG)\(")
_OWN_DRAWS = re.compile(r"\bht\.plot\(|\bPicture\(|\bplot_\w+\(|\bdraw_\w+\(|^event_study\(", re.MULTILINE)
_SINGLE = re.compile(
    r"^\s*(?:(?:print|display)\()?\s*[\w.]+(?:\[[^\n]*\])?\.(?:head|tail|sample|nlargest|nsmallest|idxmax|idxmin|describe"
    r"|value_counts|max|min)\([^\n()]*\)\)?\s*$|^\s*(?:print\()?\w+\.(?:iloc|loc)\[[^\n\]]+\](?:\.to_\w+\(\))?\)?\s*$",
    re.MULTILINE,
)
_PASSED = re.compile(r"\.content\b|\.table\b|\bht\.|\bgate\b|\.tidy\(|\.summary\(|\.glance\(|Release|release")
"""Signs in a source that what it shows passed the gate, or is a result's own page."""
_ENTERED = ("value", "_options_labels")
"""What somebody typed or can choose."""
_LONG_STATE = 40
"""Letters of a text in a widget's state from which it may hold data and is no label."""
INITIALS = ("who", "initials")
_WHO = frozenset(("who", "initials", "worker", "staff", "practitioner", "employee", "manager", "supervisor", "client"))
"""Heads of columns that say who somebody is."""
_PICTURES = ("image/", "application/pdf")
_FEW_TOLD = re.compile(
    r"(?<![\w.,£$%/:+-])(?<!\bof )(?<!least )(?<!most )(?<!than )(?<!under )(?<!over )(?<!below )(?<!first )(?<!to )"
    r"[1-9] (?:of (?:the |these |those )?)?(?:[a-z]+ ){0,2}?(?:workers?|managers?|supervisors?|staff|practitioners?"
    r"|leavers?|respondents?|famil(?:y|ies)|child(?:ren)?|parents?|carers?)\b(?! (?:a|an|each|per) )"
)
"""A sentence that counts few people; a bound ("at least 5 workers") or a size ("teams of 8 workers") tells nothing."""


def signs_in_text(text: str, *, output: bool) -> Iterator[tuple[str, str]]:
    """Kind and words for what a text holds, never the value.

    Parameters
    ----------
    text : str
        A source, an output or metadata.
    output : bool
        Whether it is an output: the shapes of printed rows are looked for there.
    """
    if keys := len(set(_KEYS.findall(text))):
        yield IDENTIFIER, f"{plural(keys, 'word that looks', 'words that look')} like keys of people or events"
    if _LOGIN.search(text) or _SECRET.search(text):
        yield IDENTIFIER, "a password or a key"
    if files := len(_EMBEDDED.findall(text)):
        yield ROWS, f"{plural(files, 'embedded file, which is', 'embedded files, which are')} not read"
    if _IMAGE.search(text) and not output:
        yield ROWS, "a picture within a text, which is not read"
    if told := len(_FEW_TOLD.findall(text)):
        yield "small cell", f"{plural(told, 'sentence that counts', 'sentences that count')} few people"
    if not output:
        return
    if _FITTED.search(text):
        yield NOT_RELEASED, "a fitted model that no gate has passed"
    if _ALONE.fullmatch(text) or _IN_BRACKETS.fullmatch(text) or _few_a_line(text):
        yield "small cell", "a number under the threshold"
    if _LISTED.search(text):
        yield PATH, "a list of files and who owns them"
    for pattern, what in _PRINTED:
        if pattern.search(text):
            yield ROWS, what
    if len(_UNROUNDED.findall(text)) > 1:
        yield NOT_RELEASED, "figures with six decimals and more, which no gate has rounded"
    if _comma_rows(text):
        yield ROWS, "rows with commas"
    if small := _small_series(text):
        yield "small cell", f"{plural(small, 'count')} under the threshold in a list of counts"


def _few_a_line(text: str) -> bool:
    """Whether each line is a word or two and counts, of which one is small."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) < LEAST_LINES or not all(map(_COUNTED.fullmatch, lines)):
        return False
    return any(re.search(r"(?<![\d,.])[1-9](?![\d,.])", line) for line in lines)


def looks_like_people(head: str, column: Sequence[str]) -> bool:
    """Whether a column's cells are surnames with an initial, or stand under a word for people and are no numbers."""
    held = [c for c in column if c]
    shaped = sum(bool(_SURNAME_FIRST.fullmatch(c)) for c in held)
    under = head.strip().lower() in _WHO and not any(re.search(r"\d", c) for c in held)
    return bool(held) and (2 * shaped > len(held) or (under and len(set(held)) > 1))


_SURNAME_FIRST = re.compile(r"[A-Z][\w'’-]+,? [A-Z]\.?")


def names_in(text: str) -> int:
    """Lines of a text in which somebody is named by first name and another."""
    return (
        sum(names_person(line) for line in re.split(r"[\n.;,|]", text))
        + len(_SAID_OF.findall(text))
        + sum(map(is_forename, _CALLED.findall(text)))
    )


def names_typed(code: str) -> int:
    """Texts in code that name somebody."""
    return sum(map(names_person, _NAMED_TEXT.findall(code)))


def _comma_rows(text: str) -> bool:
    lines = [line for line in text.splitlines() if line.strip()]
    counts = [len(re.findall(r",(?! )", line)) for line in lines if not line.rstrip().endswith((".", ","))]
    numbers = sum(bool(re.search(r",\s*-?\d", line)) for line in lines)
    return len(counts) >= LEAST_LINES and min(counts) >= 2 and len(set(counts)) == 1 and numbers >= LEAST_LINES - 1


def _small_series(text: str) -> int:
    """Small counts in what ``value_counts`` prints."""
    if not re.search(r"^Name: (?:count|size)|^dtype: int64$", text, re.MULTILINE):
        return 0
    return sum(0 < int(n) < FLOOR_THRESHOLD for n in re.findall(r"^\S.*?\s{2,}(\d+)$", text, re.MULTILINE))


def signs_in_metadata(held: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """As ``signs_in_text``, for metadata of a notebook, a cell or an output."""
    rest = {k: v for k, v in held.items() if k not in ("widgets", "kernelspec", "language_info")}
    text = json.dumps(rest, default=str)
    yield from signs_in_text(text, output=False)
    if names_in(re.sub(r"[\"{}\[\]:]", "\n", text)):
        yield IDENTIFIER, "a name in the metadata"


def signs_beside_source(source: str, mimes: set[str], *, shown: bool) -> Iterator[tuple[str, str]]:
    """What a source says of the output below it: a picture of rows, single rows or values.

    Parameters
    ----------
    source : str
        Code of the cell.
    mimes : set[str]
        Kinds of content of the output.
    shown : bool
        Whether the output shows anything but a picture.
    """
    pictures = any(m.startswith(_PICTURES) for m in mimes)
    if pictures and not _OWN_DRAWS.search(source) and (_PUT_IN.search(source) or not _PASSED.search(source)):
        yield ROWS, "a picture that the toolkit did not draw, which is not read"
    if shown and (_SINGLE.search(source) or _WORKED_OUT.search(_shown_by(source))) and not _PASSED.search(source):
        yield ROWS, "rows, or what is worked out from them, that has not passed the gate"


def _shown_by(source: str) -> str:
    """The last line of a cell, which a notebook shows; a sentence that is printed is read as it stands."""
    last = source.rstrip().rpartition("\n")[2]
    return "" if re.match(r"\s|[)\]}]|print\(f[\"']", last) else last


def attribute_words(attrs: list[tuple[str, str | None]]) -> list[str]:
    """Texts that stand in attributes of HTML: a page within a page, titles, links that hold a file."""
    held = [html.unescape(v) for k, v in attrs if v and k not in ("class", "style", "id", "d", "transform")]
    return [_IMAGE.sub("", text) for text in held]


def holds_image(text: str) -> bool:
    """Whether a page holds a picture within it."""
    return bool(_IMAGE.search(text))


def state_holds(name: str, value: object) -> bool:
    """Whether a saved value of a widget may hold data: what was typed, what can be chosen, long texts and lists."""
    if name in _ENTERED:
        return bool(value) and not isinstance(value, int | float)
    if name.startswith("_"):
        return False
    if isinstance(value, str):
        return len(value) > _LONG_STATE and not value.startswith("IPY_MODEL_")
    if isinstance(value, list | tuple | dict):
        return len(value) > 0 and not all(isinstance(v, str) and v.startswith("IPY_MODEL_") for v in value)
    return False
