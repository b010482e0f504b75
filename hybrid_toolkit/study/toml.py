"""A study as TOML text and back. Unknown keys are refused by name."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields
from datetime import date, datetime
from pathlib import Path
from typing import Any

from hybrid_toolkit.errors import StudyError, UnreadableError
from hybrid_toolkit.study.own_metrics import OwnMetric
from hybrid_toolkit.study.study import Study
from hybrid_toolkit.study.words import Words


def write_toml(study: Study) -> str:
    """The study as TOML: every field that differs from its default, in the order of the declaration."""
    lines = [f"{f.name} = {_value(getattr(study, f.name))}" for f in fields(Study) if _told(study, f)]
    if study.settings:
        lines += ["", "[settings]", *(f"{name} = {_value(value)}" for name, value in study.settings)]
    for name, items in (("metrics", study.metrics), ("words", study.words)):
        for item in items:
            told = [f for f in fields(item) if _told(item, f)]
            lines += ["", f"[[{name}]]", *(f"{f.name} = {_value(getattr(item, f.name))}" for f in told)]
    return "\n".join(lines) + "\n"


_TABLES = ("words", "metrics", "settings")
"""Fields that stand as tables after the others."""


def _told(item: object, field: Field[Any]) -> bool:
    return field.name not in _TABLES and (field.default is MISSING or getattr(item, field.name) != field.default)


def _value(value: object) -> str:
    """A string, a number or a list of strings in TOML. JSON's escapes are TOML's."""
    if isinstance(value, tuple):
        return "[" + ", ".join(_value(v) for v in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def read_toml(path: Path) -> Study:
    """A study from a file; raises as ``load_study``."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableError(
            f"the study file '{path.name}' cannot be read ({type(error).__name__}).",
            fix="Give the path of a UTF-8 TOML file.",
            code="STUDY-UNREADABLE",
        ) from None
    return parse_toml(text)


def parse_toml(text: str) -> Study:
    """A study from TOML text; raises as ``load_study``."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UnreadableError(
            f"the study is not TOML: {error}.", fix="Mend that line.", code="STUDY-UNREADABLE"
        ) from None
    words = tuple(Words(**_read(e, Words, "words")) for e in _entries(raw, "words"))
    metrics = tuple(OwnMetric(**_read(_dated(e), OwnMetric, "metrics")) for e in _entries(raw, "metrics"))
    settings = raw.pop("settings", {})
    if not isinstance(settings, dict):
        raise StudyError("'settings' must be a table of single values.", fix="Write [settings].", code="STUDY-KIND")
    return Study(**_read(raw, Study, "the study"), settings=tuple(settings.items()), metrics=metrics, words=words)


def _entries(raw: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """The tables of one name, taken out."""
    entries = raw.pop(name, [])
    if not isinstance(entries, list) or not all(isinstance(e, dict) for e in entries):
        raise StudyError(f"'{name}' must be a list of tables.", fix=f"Write [[{name}]] before each.", code="STUDY-KIND")
    return entries


def _dated(raw: Mapping[str, Any]) -> dict[str, Any]:
    """A metric's table with its day as text, and one cluster as a list, as metric files may have them."""
    out = dict(raw)
    if isinstance(day := out.get("co_produced_on"), date) and not isinstance(day, datetime):
        out["co_produced_on"] = day.isoformat()
    if isinstance(out.get("cluster"), str):
        out["cluster"] = [out["cluster"]]
    return out


def _read(raw: Mapping[str, Any], kind: type, where: str) -> dict[str, Any]:
    known = {f.name: f for f in fields(kind) if f.name not in _TABLES}
    unknown = sorted(set(raw) - set(known))
    if unknown:
        raise StudyError(
            f"{where} has {len(unknown)} unknown key(s): {', '.join(unknown)}.",
            fix=f"Use: {', '.join([*known, *(t for t in _TABLES if kind is Study)])}.",
            code="KEY-UNKNOWN",
        )
    absent = [n for n, f in known.items() if f.default is MISSING and n not in raw]
    if absent:
        raise StudyError(
            f"{where} lacks {len(absent)} key(s): {', '.join(absent)}.", fix="Add them.", code="KEY-MISSING"
        )
    return {n: _coerce(n, v, known[n]) for n, v in raw.items()}


def _coerce(name: str, value: object, field: Field[Any]) -> object:
    kind = str(field.type)
    if kind.startswith("tuple") and isinstance(value, list) and all(isinstance(v, str) for v in value):
        return tuple(value)
    if kind.startswith("float") and isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    if kind == "int" and type(value) is int:
        return value
    if kind == "str" and isinstance(value, str):
        return value
    wanted = "a list of text" if kind.startswith("tuple") else "a number" if kind[:3] in ("flo", "int") else "text"
    raise StudyError(f"key '{name}' must be {wanted}.", fix="Mend its value.", code="STUDY-KIND")
