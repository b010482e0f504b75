"""The words that readers meet: what is banned, what may only become rarer, and fixes that name an action.

    python -m tools.words            every hit, with where it is; exit code 1 if a ban or a baseline is broken
    python -m tools.words --write    record that there are fewer hits; a count that rose is never recorded

``words.toml`` holds the rules with the words to use instead; ``words-baseline.csv`` holds, for each rule and surface,
how many hits there are today. A surface is a room of the package (its strings, without docstrings, its TOML
texts and its templates) or the pages written by hand. Pages made by a tool are read where their text is written: in
the tool.
"""

from __future__ import annotations

import ast
import csv
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
RULES = ROOT / "tools" / "words.toml"
BASELINE = ROOT / "tools" / "words-baseline.csv"
PAGES = ("README.md", "docs/index.md", "docs/widgets.md", "docs/guide.md", "docs/glossary.md", "docs/notebooks.md")
GENERATED = ("coverage_table", "recovery", "trust_table", "metrics_page")
"""The tools whose strings become pages: docs/coverage.md, recovery.md, trust.md and metrics.md."""
_CODE = re.compile(r"```.*?```|`[^`\n]*`", re.S)
_WORD = re.compile(r"[A-Za-z0-9_']+|\{\}")


@dataclass(frozen=True, slots=True)
class Text:
    """One piece of text that a reader may meet.

    Parameters
    ----------
    surface : the room of the package, ``"pages"`` or ``"generated"``.
    place : file and line, relative to the root.
    text : the words; each replaced value of an f-string is ``{}``.
    is_fix : whether it is the action of an error.
    """

    surface: str
    place: str
    text: str
    is_fix: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """One text that breaks a rule."""

    rule: str
    surface: str
    place: str
    near: str


def literal(node: ast.AST) -> str | None:
    """The text of a string or f-string; joined parts are one text."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)  # type: ignore[misc]
    return None


def _code_strings(tree: ast.AST, surface: str, name: str) -> Iterator[Text]:
    fixes, inner = set(), set()
    for node in ast.walk(tree):
        named = isinstance(node, ast.Assign) and [getattr(target, "id", "") for target in node.targets] == ["fix"]
        if named or (isinstance(node, ast.keyword) and node.arg == "fix"):
            # "a if x else b" and "a or b" are two fixes; what stands deeper, such as a join, belongs to another text
            choices: list[ast.AST] = [node.value]  # type: ignore[attr-defined]
            while choices:
                value = choices.pop()
                if isinstance(value, ast.IfExp):
                    choices += [value.body, value.orelse]
                elif isinstance(value, ast.BoolOp):
                    choices += value.values
                else:
                    fixes.add(id(value))
        elif isinstance(node, ast.JoinedStr):
            inner |= {id(part) for part in node.values}
        elif isinstance(node, ast.Expr) and literal(node.value) is not None:  # a docstring, of whatever
            inner.add(id(node.value))
    for node in ast.walk(tree):
        text = literal(node)
        # one word alone is a key, a column or a code, and not prose
        if text is not None and id(node) not in inner and (id(node) in fixes or " " in text.strip()):
            yield Text(surface, f"{name}:{node.lineno}", text, id(node) in fixes)  # type: ignore[attr-defined]


def _toml_strings(value: Any, surface: str, name: str) -> Iterator[Text]:
    if isinstance(value, dict):
        for one in value.values():
            yield from _toml_strings(one, surface, name)
    elif isinstance(value, list):
        for one in value:
            yield from _toml_strings(one, surface, name)
    elif isinstance(value, str) and " " in value.strip():
        yield Text(surface, name, value)


def _template_strings(text: str, surface: str, name: str) -> Iterator[Text]:
    """The words of a template: what stands between tags, and the quoted words inside the template's own tags."""
    text = re.sub(r"<style>.*?</style>|<script>.*?</script>|{#.*?#}", _blank, text, flags=re.S)
    for number, line in enumerate(text.split("\n"), start=1):
        inside = [w for tag in re.findall(r"{[{%].*?[}%]}", line) for w in re.findall(r'"([^"]*)"', tag)]
        outside = re.sub(r"<[^>]*>", " ", re.sub(r"{[{%].*?[}%]}", " ", line))
        yield from (Text(surface, f"{name}:{number}", w) for w in [*inside, outside] if " " in w.strip())


def _blank(found: re.Match[str]) -> str:
    return "\n" * found.group().count("\n")


def texts(root: Path = ROOT) -> Iterator[Text]:
    """Every text that readers may meet, in the order of the files.

    Parameters
    ----------
    root : the folder that holds README.md, docs, tools and hybrid_toolkit.

    Yields
    ------
    Text
        One string, TOML value or page.
    """
    for page in PAGES:
        # code is blanked, and lines are kept so that a place can be found
        text = _CODE.sub(lambda m: "\n" * m.group().count("\n") + " ", (root / page).read_text(encoding="utf-8"))
        for number, line in enumerate(text.split("\n\n"), start=1):
            yield Text("pages", f"{page}: paragraph {number}", line)
    for tool in GENERATED:
        name = f"tools/{tool}.py"
        yield from _code_strings(ast.parse((root / name).read_text(encoding="utf-8")), "generated", name)
    package = root / "hybrid_toolkit"
    for path in sorted(p for kind in ("py", "toml", "j2") for p in package.rglob(f"*.{kind}")):
        inside = path.relative_to(package).parts
        surface = inside[0] if len(inside) > 1 else "face"
        name, text = path.relative_to(root).as_posix(), path.read_text(encoding="utf-8")
        if path.suffix == ".py":
            yield from _code_strings(ast.parse(text), surface, name)
        elif path.suffix == ".j2":
            yield from _template_strings(text, surface, name)
        else:
            yield from _toml_strings(tomllib.loads(text), surface, name)


def hits(found: list[Text], rules: dict[str, Any]) -> Iterator[Hit]:
    """The texts that break a rule.

    Parameters
    ----------
    found : what readers may meet.
    rules : the content of ``words.toml``: ``words``, each with find, say and level, and ``fixes``.

    Yields
    ------
    Hit
        One for each match; ``near`` holds what is written and what to write instead.
    """
    for rule in rules["words"]:
        find, but = re.compile(rule["find"], re.M), re.compile(rule.get("except", r"(?!)"))
        for one in found:
            if "surfaces" in rule and one.surface not in rule["surfaces"]:
                continue
            text = _CODE.sub(" ", one.text)
            spared = [match.span() for match in but.finditer(text)]
            for match in find.finditer(text):
                if not any(start <= match.start() and match.end() <= end for start, end in spared):
                    near = " ".join(text[max(0, match.start() - 40) : match.end() + 40].split())
                    yield Hit(rule["id"], one.surface, one.place, f"…{near}…  write: {rule['say']}")
    verbs = set(rules["fixes"]["verbs"].split())
    for one in found:
        if one.is_fix and (why := weak_fix(one.text, verbs, rules["fixes"]["min_words"])):
            yield Hit("fix", one.surface, one.place, f"{one.text[:70]!r}: {why}")


def weak_fix(text: str, verbs: set[str], min_words: int) -> str:
    """Why a fix does not say what to do; empty where it does.

    Parameters
    ----------
    text : the fix; a replaced value is ``{}``.
    verbs : lower-case verbs that a fix may begin with.
    min_words : fewest words that can say what to do.

    Returns
    -------
    str
        The reason, or an empty text.

    Examples
    --------
    >>> weak_fix("Bring more.", {"add"}, 3)
    'it has 2 words'
    >>> weak_fix("More rows are needed.", {"add"}, 3)
    "it does not begin with an action ('more')"
    >>> weak_fix("Add at least {} clusters.", {"add"}, 3)
    ''
    """
    # a value put first, such as "Did you mean ...?", is made and read elsewhere; what follows is a sentence or its rest
    rest = text.removeprefix("{}")
    words = _WORD.findall(rest)
    if not words or (rest != text and not rest[0].isupper()):
        return ""
    if len(words) < min_words:
        return f"it has {len(words)} words"
    if words[0].lower() in {"if", "to", "for", "in", "did"}:  # "If the file is yours, rename it": the action follows
        return ""
    return "" if words[0].lower() in verbs else f"it does not begin with an action ('{words[0].lower()}')"


def counted(found: list[Hit]) -> Counter[tuple[str, str]]:
    """How many hits there are for each rule and surface."""
    return Counter((hit.rule, hit.surface) for hit in found)


def baseline(path: Path = BASELINE) -> Counter[tuple[str, str]]:
    """The counts that may only fall; a rule and surface without a row allow none."""
    with path.open(encoding="utf-8", newline="") as lines:
        return Counter({(row["rule"], row["surface"]): int(row["hits"]) for row in csv.DictReader(lines)})


def risen(
    today: Counter[tuple[str, str]], allowed: Counter[tuple[str, str]], bans: set[str], unfinished: Iterable[str] = ()
) -> list[str]:
    """What is more than allowed, in words; a ban allows none, whatever the baseline holds, but where it is unfinished.

    Parameters
    ----------
    today : hits by rule and surface.
    allowed : hits by rule and surface that may still stand.
    bans : rules that allow none.
    unfinished : surfaces in which a ban is still held to the baseline.

    Returns
    -------
    list of str
        One line for each rule and surface above its limit.
    """
    limits = {key: 0 if key[0] in bans and key[1] not in unfinished else allowed[key] for key in today}
    above = [(rule, room, n) for (rule, room), n in sorted(today.items()) if n > limits[rule, room]]
    return [f"{rule} in {room}: {n}, allowed {limits[rule, room]}" for rule, room, n in above]


def main(arguments: list[str]) -> int:
    """Print the hits that break a limit (all of them with ``--list``), or record fewer with ``--write``."""
    rules = tomllib.loads(RULES.read_text(encoding="utf-8"))
    bans = {rule["id"] for rule in rules["words"] if rule["level"] == "ban"}
    found = list(hits(list(texts()), rules))
    today, first = counted(found), not BASELINE.exists()
    allowed = today if first else baseline()
    wrong = risen(today, allowed, bans, rules["unfinished"])
    named = {line.split(":")[0] for line in wrong}
    for hit in found:
        if "--list" in arguments or f"{hit.rule} in {hit.surface}" in named:
            print(f"{hit.place}: [{hit.rule}] {hit.near}")
    print("\n".join(wrong) or f"words: {sum(today.values())} hits, none above its limit")
    if "--write" in arguments and not wrong:
        with BASELINE.open("w", encoding="utf-8", newline="") as out:
            rows = csv.writer(out, lineterminator="\n")
            rows.writerow(["rule", "surface", "hits"])
            rows.writerows([rule, room, n] for (rule, room), n in sorted(today.items()))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
