"""A part of a proposed mapping as TOML, with what it leaves to a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz, process

from hybrid_toolkit.data.known.codes import ages_of, codes_near, plain_spelling
from hybrid_toolkit.data.matching.parts import ProposedPart
from hybrid_toolkit.data.matching.plan import unread
from hybrid_toolkit.data.matching.profile import PERIOD
from hybrid_toolkit.data.matching.rotas import PLACES, ROWS_A_CODE, lone_letters, rota_counts
from hybrid_toolkit.data.reading.raw_table import nearest_names
from hybrid_toolkit.data.tables.contract import ColumnContract
from hybrid_toolkit.data.tables.contracts import TABLES
from hybrid_toolkit.errors import agreeing, plural

HEAD = """# A proposed mapping: check every line, complete what is marked TODO, and look twice at what is marked GUESS.
# Codes are listed only where a column has few of them and at least ten rows hold each; the rest you fill in.
"""
_FEW_CODES = 20
"""The codes of a column with more distinct values than this are not written out."""
_SMALL = 0.05
"""New codes that no more than this share of a column's rows hold are taken as not known, and said."""
_NEAR = 86
_REASONS = {"many": f"more than {_FEW_CODES} distinct values", "few": f"held by fewer than {ROWS_A_CODE} rows"}

ProposalRow = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """One part as text, its matches, what is left, and what has to be answered (what is asked -> its sentence)."""

    toml: str
    matched: list[ProposalRow]
    unmatched: list[ProposalRow]
    questions: dict[str, str]


def write_part(part: ProposedPart, *, several: bool) -> Written:
    """One part of a mapping.

    Parameters
    ----------
    part : ProposedPart
        From ``plan``.
    several : bool
        Whether its table has other parts, so that it is written as ``[[tables.NAME]]``.
    """
    contract, source = TABLES[part.table], part.source
    where = f"tables.{part.table}"
    found, few = _few(part, unread(part))
    if few:
        part.steps["unread"] = list(few)
    lines = [f"[[{where}]]" if several else f"[{where}]", f"source = {quote(source.ref)}"]
    looked = {part.columns[c] for c in _table(part, "lookup") if c in part.columns}
    drop = [h for h in source.identifying if h in source.columns and h not in looked]
    if drop:
        lines.append(f"drop = [{', '.join(map(quote, drop))}]  # they identify a person")
    tables: list[str] = []
    place_lines, place_left, place_questions = list[str](), list[ProposalRow](), dict[str, str]()
    for key, value in part.steps.items():
        if key == "codes":
            continue
        if key == "places":
            place_lines, place_left, place_questions = _places(where, part)
            continue
        if isinstance(value, Mapping) and key in ("long", "flags", "keep", "lookup", "ticks", "each"):
            tables += _nested(f"{where}.{key}", value)
        else:
            lines.append(f"{key} = {_value(value)}")
    left, questions = place_left, place_questions
    lines += ["", f"[{where}.columns]"]
    for column, header in part.columns.items():
        guess = "" if part.how.get(column, ("", True))[1] else "  # GUESS"
        lines.append(f"{column} = {quote(header)}{guess}")
    for column in part.lacking:
        lines.append(f'# TODO {column} = "..."  # required: {contract[column].text}')
        free = [h for h in source.usable if h not in part.columns.values()]
        near = nearest_names(column, free, cutoff=0.4)
        left.append(("needed column", part.table, source.raw.origin, column, near, "the table cannot do without it"))
        questions[f"{source.ref} {part.table}.{column}"] = (
            f"Which column of '{source.ref}' holds {part.table}.{column} ({contract[column].text.lower()})?"
        )
    lines += [*tables, *place_lines]
    given = _table(part, "codes")
    for column, codes in given.items():
        lines += ["", f"[{where}.codes.{column}]", *(f"{quote(v)} = {_value(c)}" for v, c in codes.items())]
    for column, odd in found.items():
        header = part.columns[column]
        many = len(source.columns[header].counts) > _FEW_CODES
        code_lines, rows, open_codes = _codes(where, contract[column], odd, many, source.raw.origin, header)
        lines += code_lines
        left += [(r[0], part.table, *r[1:]) for r in rows]
        if open_codes:
            codes = " ".join(sorted(v for v, _ in odd))  # the same codes on three sheets are one question
            questions[f"{part.table}.{column} {header} {codes}"] = (
                f"What {agreeing(open_codes, 'does', 'do')} {plural(open_codes, 'code')} of '{header}' in "
                f"'{source.ref}' mean for {part.table}.{column}?"
            )
    kept = {} if "open" in part.steps else part.columns
    why = dict.fromkeys(few, f"in no list, held by at most {_SMALL:.0%} of the rows: taken as not known") | {
        "age_band": "with ages of two bands of the contract: taken as not known; ages in years would be read"
    }
    left += [
        ("codes", part.table, source.raw.origin, part.columns[c], "", f"{plural(n, 'code')} {why[c]}")
        for c, n in few.items()
    ]
    matched: list[ProposalRow] = [
        (part.table, c, source.raw.origin, source.period[0] if h == PERIOD else h, *_how(part, c))
        for c, h in kept.items()
        if c in contract.names
    ]
    matched += _by_steps(part)
    return Written("\n".join(lines) + "\n", matched, left, questions)


def _places(where: str, part: ProposedPart) -> tuple[list[str], list[ProposalRow], dict[str, str]]:
    """The codes of a rota with their places, what is left of them, and what has to be asked."""
    places, origin = _table(part, "places"), part.source.raw.origin
    guessed = lone_letters(places)
    counts = rota_counts(part.source, list(part.steps["day_columns"]["columns"]))
    lines = ["", f"[{where}.places]  # office, home, or empty for neither; two of them for a morning and an afternoon"]
    left: list[ProposalRow] = []
    new = [code for code, place in places.items() if place is None]
    shown = [code for code in new if counts.get(code, 0) >= ROWS_A_CODE]
    for code, place in places.items():
        if place is not None:
            lines.append(f"{quote(code)} = {_value(place)}" + ("  # GUESS" if code in guessed else ""))
        elif code in shown:
            lines.append(f'# TODO {quote(code)} = "..."  # one of: {", ".join(PLACES)}')
            left.append(("code", part.table, origin, code, "", "no known sign of a place"))
    if rare := len(new) - len(shown):
        lines.append(f"# TODO {plural(rare, 'more code')}, {_REASONS['few']} and so not shown")
        left.append(("codes", part.table, origin, "", "", f"{plural(rare, 'code')} {_REASONS['few']} and so not shown"))
    asked = {}
    if new:
        does = agreeing(len(new), "does", "do")
        asked["places " + " ".join(sorted(new))] = (
            f"What {does} {plural(len(new), 'code')} in '{part.source.ref}' say: at the office, at home, or at neither?"
        )
    return lines, left, asked


def _few(
    part: ProposedPart, odd: Mapping[str, list[tuple[str, int]]]
) -> tuple[dict[str, list[tuple[str, int]]], dict[str, int]]:
    """New codes worth a question, and columns whose new codes are too few for one (with how many codes)."""
    asked: dict[str, list[tuple[str, int]]] = {}
    few: dict[str, int] = {}
    for column, codes in odd.items():
        rows = sum(n for _, n in codes)
        near = any(guess(TABLES[part.table][column], v) for v, n in codes if n >= ROWS_A_CODE)
        small = rows <= _SMALL * part.source.columns[part.columns[column]].filled
        if (not near and small) or (column == "age_band" and all(ages_of(v) for v, _ in codes)):
            few[column] = len(codes)
        else:
            asked[column] = codes
    return asked, few


def _how(part: ProposedPart, column: str) -> tuple[str, str]:
    how, sure = part.how.get(column, ("name", True))
    return how, "sure" if sure else "guess"


def _by_steps(part: ProposedPart) -> list[ProposalRow]:
    """Columns that steps make, each with the source column that it comes from."""
    origin = part.source.raw.origin
    rows: list[ProposalRow] = []
    for header, item in _table(part, "long").items():
        sure = "guess" if item.startswith("informal_learning") and part.how["item"][1] is False else "sure"
        rows.append((part.table, f"value:{item}", origin, header, "step", sure))
    if "waves" in part.steps:
        rows.append((part.table, "wave", origin, str(part.steps["waves"]), "step", "sure"))
    if "spells" in part.steps:
        spells = _table(part, "spells")
        rows.append((part.table, "month", origin, str(spells["start"]), "step", "sure"))
        rows.append((part.table, "sick_days", origin, str(spells.get("days", spells["end"])), "step", "sure"))
    if "attended" in part.steps:
        attended = _table(part, "attended")
        if "day_columns" in part.steps:  # the days are the headers, and the places stand below them
            attended |= dict.fromkeys(("date", "at"), str(part.steps["day_columns"]["columns"][0]))
        rows.append((part.table, "month", origin, str(attended["date"]), "step", "sure"))
        rows += [(part.table, c, origin, str(attended["at"]), "step", "sure") for c in ("h_home", "h_office")]
    if "day_columns" in part.steps:
        rota = [str(c) for c in part.steps["day_columns"]["columns"]]
        rows += [(part.table, c, origin, rota[0], "step", "sure") for c in ("date", "slot", "site_id") if c in part.how]
    if "grid" in part.steps:
        grid = _table(part, "grid")
        first, column = str(next(iter(grid["columns"]))), str(grid["value"])
        rows += [(part.table, c, origin, first, "step", _how(part, c)[1]) for c in ("month", column) if c in part.how]
    if "open" in part.steps:
        rows.append((part.table, "cases", origin, str(_table(part, "open")["count"]), "step", "sure"))
    if "halves" in part.steps:
        rows.append((part.table, "slot", origin, str(part.steps["halves"]), "step", "sure"))
    for header, ticked in _table(part, "ticks").items():
        rows += [(part.table, c, origin, header, "step", "guess") for c in ticked.values()]
    for header, answers in _table(part, "flags").items():
        flags = dict.fromkeys(c for said in answers.values() for c in said)
        rows += [(part.table, c, origin, header, "step", "guess") for c in flags]
    return rows


def _table(part: ProposedPart, key: str) -> dict[str, Any]:
    inside = part.steps.get(key, {})
    return dict(inside) if isinstance(inside, Mapping) else {}


def _nested(where: str, value: Mapping[str, object]) -> list[str]:
    lines = []
    plain_values = {k: v for k, v in value.items() if not isinstance(v, Mapping)}
    if plain_values:
        lines += ["", f"[{where}]", *(f"{quote(k)} = {_value(v)}" for k, v in plain_values.items())]
    for name, inside in value.items():
        if isinstance(inside, Mapping):
            lines += ["", f"[{where}.{quote(name)}]", *(f"{quote(k)} = {_value(v)}" for k, v in inside.items())]
    return lines


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"{value:g}"
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(str(k))} = {_value(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_value, value)) + "]"
    return quote(str(value))


def _key(name: str) -> str:
    return name if name.replace("_", "").isalnum() and name.isascii() else quote(name)


def _codes(
    where: str, column: ColumnContract, odd: list[tuple[str, int]], many: bool, origin: str, header: str
) -> tuple[list[str], list[ProposalRow], int]:
    """Lines that translate codes, what is left, and how many codes have no meaning yet."""
    if many:
        return [], [("codes", origin, header, "", f"{_REASONS['many']}, so its values are not shown")], len(odd)
    lines = ["", f"[{where}.codes.{column.name}]"]
    left: list[ProposalRow] = []
    rare = sum(n < ROWS_A_CODE for _, n in odd)
    open_codes = rare
    for value, rows in sorted(odd):
        if rows < ROWS_A_CODE:
            continue
        target = guess(column, value)
        if target is None:
            open_codes += 1
            lines.append(f'# TODO {quote(value)} = "..."  # one of: {", ".join(_allowed(column))}')
            near = nearest_names(value, [f"{c} ({t})" if c != t else c for c, t in column.codes.items()], cutoff=0.4)
            left.append(
                ("code", origin, value, near, f"no code of {where.removeprefix('tables.')}.{column.name} resembles it")
            )
        else:
            lines.append(f"{quote(value)} = {quote(target)}  # GUESS")
    if rare:
        lines.append(f"# TODO {plural(rare, 'more code')}, {_REASONS['few']} and so not shown")
        left.append(("codes", origin, header, "", f"{plural(rare, 'code')} {_REASONS['few']} and so not shown"))
    return lines, left, open_codes


def _allowed(column: ColumnContract) -> tuple[str, ...]:
    return ("true", "false") if column.kind == "bool" else tuple(column.codes)


def guess(column: ColumnContract, value: str) -> str | None:
    """The one code whose known spellings are nearest, or None.

    Examples
    --------
    >>> guess(TABLES["contact"]["mode"], "Telephne call"), guess(TABLES["contact"]["mode"], "By pigeon") is None
    ('phone', True)
    """
    known = codes_near(column)
    hit = process.extractOne(plain_spelling(value), list(known), scorer=fuzz.ratio, score_cutoff=_NEAR)
    return known[hit[0]] if hit else None


def quote(text: str) -> str:
    """A TOML string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in escaped) + '"'
