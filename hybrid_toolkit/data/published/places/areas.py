"""Area codes and names: what they look like, which level they stand for, joint returns."""

from __future__ import annotations

import re

from hybrid_toolkit.data.published.cells import cell_text

_ONS = re.compile(r"(?<![A-Za-z0-9])[EWSNKJLM]\d{8}(?!\d)")
_OLD = re.compile(r"(?<!\d)\d{3}(?!\d)")
_JOIN = r"\s*(?:/|&|\+|,|;|and)\s*"
_ITL = r"(?:UK|TL)[C-N]\d{0,2}"
_ONS_WHOLE = re.compile(rf"[EWSNKJLM]\d{{8}}(?:{_JOIN}[EWSNKJLM]\d{{8}})*|{_ITL}")
_OLD_WHOLE = re.compile(rf"[2-9]\d\d(?:{_JOIN}[2-9]\d\d)*")

# London, the metropolitan districts, Scilly, then the counties and unitary authorities since 1996
_AUTHORITY_NUMBERS = (
    (201, 213),
    (301, 320),
    (330, 336),
    (340, 344),
    (350, 359),
    (370, 373),
    (380, 384),
    (390, 394),
    (420, 420),
    (800, 896),
    (908, 941),
)

_LEVELS = {
    "National": ("E92", "W92", "S92", "N92", "K01", "K02", "K03", "K04"),
    "Regional": ("E12", "E13", "E15"),
    "Local authority": ("E06", "E08", "E09", "E10", "W06", "S12", "N09"),
    "Local authority district": ("E07",),
    "Mayoral combined authority": ("E47",),
    "Ward": ("E05", "W05", "S13", "N08"),
    "Output area": ("E00", "W00", "S00"),
    "Lower layer super output area": ("E01", "W01", "S01"),
    "Middle layer super output area": ("E02", "W02", "S02"),
    "Parish": ("E04", "W04"),
    "Metropolitan county": ("E11",),
    "Parliamentary constituency": ("E14", "W07", "S14", "N06"),
    "Police force area": ("E23", "W15"),
    "Fire and rescue authority": ("E31", "W25"),
    "Local enterprise partnership": ("E37",),
    "Clinical commissioning group": ("E38",),
    "NHS region": ("E40",),
    "Integrated care board": ("E54",),
    "Local skills improvement plan area": ("E69",),
    "Travel to work area": ("E30", "W22", "K01"),
    "Built-up area": ("E34", "E35", "E63", "W37"),
    "National park": ("E26", "W18"),
}
_LEVEL_OF = {prefix: level for level, prefixes in _LEVELS.items() for prefix in prefixes}

_NAMED = {
    "united kingdom": "K02000001",
    "uk": "K02000001",
    "great britain": "K03000001",
    "gb": "K03000001",
    "england and wales": "K04000001",
    "england": "E92000001",
    "wales": "W92000004",
    "scotland": "S92000003",
    "northern ireland": "N92000002",
    "north east": "E12000001",
    "north west": "E12000002",
    "yorkshire and the humber": "E12000003",
    "yorkshire and humber": "E12000003",
    "yorkshire & the humber": "E12000003",
    "yorkshire & humber": "E12000003",
    "yorks & the humber": "E12000003",
    "yorks and the humber": "E12000003",
    "yorks & humber": "E12000003",
    "yorkshire and humberside": "E12000003",
    "east midlands": "E12000004",
    "west midlands": "E12000005",
    "east of england": "E12000006",
    "east": "E12000006",
    "eastern": "E12000006",
    "london": "E12000007",
    "south east": "E12000008",
    "south west": "E12000009",
    "inner london": "E13000001",
    "outer london": "E13000002",
    "london (inner)": "E13000001",
    "london (outer)": "E13000002",
}


def ons_codes(raw: object) -> tuple[str, ...]:
    """Every nine-character area code in a cell.

    Examples
    --------
    >>> ons_codes("E06000061 / E06000062"), ons_codes("Total")
    (('E06000061', 'E06000062'), ())
    """
    text = cell_text(raw)
    return (text,) if re.fullmatch(_ITL, text) else tuple(_ONS.findall(text))


def is_ons_code(raw: object) -> bool:
    """Whether a whole cell is one area code, or several joined."""
    return bool(_ONS_WHOLE.fullmatch(cell_text(raw)))


def is_old_code(raw: object) -> bool:
    """Whether a whole cell may be a three-digit local authority code, or several joined."""
    return bool(_OLD_WHOLE.fullmatch(cell_text(raw)))


def is_authority_number(raw: object) -> bool:
    """Whether a whole cell is a number that the Department for Education has given to a local authority.

    Examples
    --------
    >>> is_authority_number("301"), is_authority_number(841.0), is_authority_number("400")
    (True, True, False)
    """
    text = cell_text(raw)
    return bool(re.fullmatch(r"\d{3}", text)) and any(low <= int(text) <= high for low, high in _AUTHORITY_NUMBERS)


def old_codes(raw: object) -> tuple[str, ...]:
    """Every three-digit code in a cell."""
    return tuple(_OLD.findall(cell_text(raw)))


def level_of(code: str) -> str:
    """The geographic level that the first three characters of an area code stand for, or empty.

    Examples
    --------
    >>> level_of("E10000012"), level_of("E92000001"), level_of("Z1")
    ('Local authority', 'National', '')
    """
    if re.fullmatch(_ITL, code):
        return "International territorial level" if code.startswith("TL") else "NUTS region"
    return _LEVEL_OF.get(code[:3], "") if _ONS.match(code) else ""


def code_of_name(name: str) -> str:
    """The code of a nation or region from its name, or empty; other names are never guessed.

    Examples
    --------
    >>> code_of_name("Yorkshire and The Humber"), code_of_name("Barnsley")
    ('E12000003', '')
    """
    words = re.sub(r"\s*\[[^\]]*\]$|[\s\d*,]+$", "", cell_text(name).casefold())
    return _NAMED.get(words, "") or _NAMED.get(re.sub(r"^(the|total|all) | (region|gor|total)$", "", words), "")


def area_in(text: str) -> tuple[str, str]:
    """The nation (or group of nations) that a title names, with its code; two empty strings if none.

    Examples
    --------
    >>> area_in("Homeworking hours, rewards and opportunities in the UK: 2011 to 2020")
    ('United Kingdom', 'K02000001')
    """
    for pattern, name in (
        (r"\bUnited Kingdom\b|\bUK\b", "United Kingdom"),
        (r"\bGreat Britain\b|\bGB\b", "Great Britain"),
        (r"\bEngland (?:and|&) Wales\b", "England and Wales"),
        (r"\bEngland\b", "England"),
        (r"\bWales\b", "Wales"),
        (r"\bScotland\b", "Scotland"),
    ):
        if re.search(pattern, text):
            return name, _NAMED[name.casefold()]
    return "", ""
