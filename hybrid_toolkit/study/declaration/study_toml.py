"""A study as TOML text and back. Unknown keys are refused by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, Field, fields
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

from hybrid_toolkit.data.wording.claim_words import OutcomeLabel
from hybrid_toolkit.errors import StudyError
from hybrid_toolkit.study.declaration.custom_metrics import CustomMetric
from hybrid_toolkit.study.declaration.study_fields import StudyFields
from hybrid_toolkit.study.declaration.toml_text import HOW_WRITTEN, check_keys, load_toml, parse_toml_text, toml_value

S = TypeVar("S", bound=StudyFields)


def write_toml(study: StudyFields) -> str:
    """The study as TOML: every field that differs from its default, in the order of the declaration."""
    lines = [f"{f.name} = {toml_value(getattr(study, f.name))}" for f in fields(StudyFields) if _told(study, f)]
    if study.settings:
        lines += ["", "[settings]", *(f"{name} = {toml_value(value)}" for name, value in study.settings)]
    for name, items in (("metrics", study.metrics), ("words", study.words)):
        for item in items:
            told = [f for f in fields(item) if _told(item, f)]
            lines += ["", f"[[{name}]]", *(f"{f.name} = {toml_value(getattr(item, f.name))}" for f in told)]
    return "\n".join(lines) + "\n"


_TABLES = ("words", "metrics", "settings")
"""Fields that stand as tables after the others."""
_WANTED = {
    "text": "text",
    "number": "a number",
    "list": "a list of texts",
}
"""Kind of value -> what it must be."""
_OWN = {f.name for f in fields(StudyFields)}
_TOP = " The study's own keys stand at the top, before the first [section] and in none."


def _told(item: object, field: Field[Any]) -> bool:
    return field.name not in _TABLES and (field.default is MISSING or getattr(item, field.name) != field.default)


def read_toml(path: Path, kind: type[S]) -> S:
    """A study from a file, as ``kind``; raises as ``load_study``."""
    return _study(load_toml(path, what="study", code="STUDY-UNREADABLE"), kind)


def parse_toml(text: str, kind: type[S]) -> S:
    """A study from TOML text, as ``kind``; raises as ``load_study``."""
    return _study(parse_toml_text(text, what="study", code="STUDY-UNREADABLE"), kind)


def _study(raw: dict[str, Any], kind: type[S]) -> S:
    words = tuple(OutcomeLabel(**_read(e, OutcomeLabel, "[[words]]")) for e in _entries(raw, "words"))
    metrics = tuple(CustomMetric(**_read(_dated(e), CustomMetric, "[[metrics]]")) for e in _entries(raw, "metrics"))
    settings = raw.pop("settings", {})
    if not isinstance(settings, dict):
        raise StudyError(
            "'settings' must be a table of single values.", fix="Write it as a table: [settings].", code="STUDY-KIND"
        )
    return kind(**_read(raw, kind, "the study"), settings=tuple(settings.items()), metrics=metrics, words=words)


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
    check_keys(
        raw,
        [*known, *(t for t in _TABLES if issubclass(kind, StudyFields))],
        [n for n, f in known.items() if f.default is MISSING],
        where=where,
        codes=("KEY-UNKNOWN", "KEY-MISSING"),
        note=_TOP if issubclass(kind, StudyFields) or set(raw) & _OWN else "",
    )
    return {n: _coerce(n, v, known[n], where) for n, v in raw.items()}


def _coerce(name: str, value: object, field: Field[Any], where: str) -> object:
    kind = str(field.type)
    if kind.startswith("tuple") and isinstance(value, list) and all(isinstance(v, str) for v in value):
        return tuple(value)
    if kind.startswith("float") and isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    if kind == "int" and type(value) is int:
        return value
    if kind == "str" and isinstance(value, str):
        return value
    wanted = _WANTED["list" if kind.startswith("tuple") else "number" if kind[:3] in ("flo", "int") else "text"]
    raise StudyError(
        f"{where}: key '{name}' must be {wanted}.", fix=HOW_WRITTEN[wanted].format(name), code="STUDY-KIND"
    )
