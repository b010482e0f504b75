"""An XML file that is a plain list of records, as case systems and databases export them: one element a row."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from xml.etree.ElementTree import Element

from hybrid_toolkit.data.reading.cin_census import CIN_RECORD
from hybrid_toolkit.data.reading.raw_table import Found, RawTable, now, text_frame
from hybrid_toolkit.data.reading.text_files import read_bytes
from hybrid_toolkit.data.reading.workforce_census import RECORD, root_of, tag_of
from hybrid_toolkit.data.sheets.limits import MOST_COLUMNS, too_wide
from hybrid_toolkit.errors import UnreadableError

_MOST_BYTES = 100_000_000
"""Bytes of XML: laid out as elements they take ten times as much memory, a gigabyte."""


def plain_xml_file(path: Path) -> list[Found]:
    """The tables of an XML file: each tag that repeats under one parent tag and holds plain values is a row.

    Values are the texts of elements and of attributes; a record that holds further records gives its own values only.

    Raises
    ------
    UnreadableError
        The file is not XML, or no element in it repeats as a row does.
    """
    data = read_bytes(path)
    if len(data) > _MOST_BYTES:
        raise UnreadableError(
            f"{path.name}: it has {len(data) / 1e6:,.0f} MB, and at most {_MOST_BYTES / 1e6:,.0f} MB of XML are read.",
            fix="Export the table as CSV, or in several files.",
            code="FILE-LARGE",
        )
    root = root_of(data, path.name)
    digest = hashlib.sha256(data).hexdigest()
    rows: dict[tuple[str, str], list[dict[str, str]]] = {}
    for parent in root.iter():
        for node in parent:
            if len(mine := _values(node)) > 1:
                rows.setdefault((tag_of(parent), tag_of(node)), []).append(mine)
    tables = {key: some for key, some in rows.items() if len(some) > 1}
    if not tables:
        raise UnreadableError(
            f"{path.name}: no element of the file repeats as rows of a table do, and it is no national return that "
            f"is read as XML (it has no '{RECORD}' and no '{CIN_RECORD}' record).",
            fix="Load the XML that was sent in the return, or export the table as CSV or as one element a row.",
            code="XML-LAYOUT",
        )
    many = len(tables) > 1
    return [_found(path, tag, some, digest, many) for (_, tag), some in tables.items()]


def _values(node: Element) -> dict[str, str]:
    """The plain values of a record: attributes, and elements that hold text alone."""
    values = {name.rpartition("}")[2]: text.strip() for name, text in node.attrib.items()}
    for part in node:
        if len(part):
            continue
        name = part.get("name") or part.get("Name") or tag_of(part)
        values.setdefault(name, (part.text or "").strip())
    return values


def _found(path: Path, tag: str, rows: list[dict[str, str]], digest: str, many: bool) -> Found:
    origin = f"{path.name}, records '{tag}'" if many else path.name
    names = list(dict.fromkeys(name for row in rows for name in row))
    if len(names) > MOST_COLUMNS:
        raise too_wide(origin, len(names))

    @cache
    def read() -> RawTable:
        columns: list[list[str | None]] = [[row.get(name) or None for row in rows] for name in names]
        return RawTable(text_frame(names, columns, origin), origin, digest, "xml", now())

    return Found(tag if many else path.stem, origin, read, ref=f"{path.name}/{tag}" if many else path.name)
