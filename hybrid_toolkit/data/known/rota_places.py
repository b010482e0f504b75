"""What stands in the cells of a rota: letters and words for the office, for home, and for neither."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from hybrid_toolkit.data.known.codes import place_in_words, plain_spelling

_LETTERS = {"o": "office", "h": "home", **dict.fromkeys(("l", "s", "f", "t", "c", "v", "b", "m"), "")}
"""Letters as teams use them where both places stand in the rota: leave, sick, flexi, training, court, visits."""
_HALVES = re.compile(r"\s*(?:/|\||&|\+|,|;|\n|\bthen\b| - )\s*")
_SAID_HALF = re.compile(r"^(?:(am|pm)\b[\s:=\-]*(.+)|(.+?)[\s\-(]*\b(am|pm)\)?)$", re.I)
_MEANING = re.compile(
    r"(?<![\w/])([A-Za-z]{1,4}(?:/[A-Za-z]{1,2})?)\s*(?:=|:|–|—|\s-\s)\s*([A-Za-z][A-Za-z \-/]{2,30})"
)


def rota_places(codes: Collection[str], told: Sequence[str] = ()) -> dict[str, tuple[str, ...]]:
    """Code of a rota -> its place, or its places before and after noon; codes that are new are not in it.

    A letter is read where the key of the sheet says it, or where both places stand in the rota and no word says what
    the letter would: "H" beside "WFH" may be a holiday.

    Parameters
    ----------
    codes : Collection[str]
        The different texts in the cells.
    told : Sequence[str], optional
        Notes above and below the table, where a key may stand ("O = Office, H = Home").

    Examples
    --------
    >>> rota_places(["O", "H", "L", "O/H", "Q"])
    {'O': ('office',), 'H': ('home',), 'L': ('',), 'O/H': ('office', 'home')}
    >>> rota_places(["H", "WFH", "Office"])
    {'WFH': ('home',), 'Office': ('office',)}
    """
    said = {plain_spelling(c) for c in codes}
    key: dict[str, str] = {}
    for note in told:
        for short, meaning in _MEANING.findall(note):
            place = _meant(meaning)
            if place is not None:
                key.setdefault(short.casefold(), place)
    parts = said | {p for c in said for p in _HALVES.split(c)}
    words = {place_in_words(p) for p in parts}
    free = {
        letter
        for letter, place in _LETTERS.items()
        if place == "" or (place not in words and {"o", "office"} & parts and ({"h"} & parts or "home" in words))
    }

    def one(text: str) -> str | None:
        plain = plain_spelling(text)
        if plain in key:
            return key[plain]
        place = place_in_words(plain)
        return _LETTERS[plain] if place is None and plain in free else place

    made: dict[str, tuple[str, ...]] = {}
    for code in codes:
        place = one(code)
        if place is not None:
            made[code] = (place,)
            continue
        halves = [p for p in _HALVES.split(code.strip()) if p]
        if len(halves) == 2:
            both = [one(_SAID_HALF.sub(lambda m: m[2] or m[3], p)) for p in halves]
            if None not in both:
                made[code] = tuple(str(p) for p in both)
        elif found := _SAID_HALF.match(code.strip()):
            place, half = one(found[2] or found[3]), (found[1] or found[4]).lower()
            if place is not None:
                made[code] = (place, "") if half == "am" else ("", place)
    return made


def _meant(meaning: str) -> str | None:
    words = plain_spelling(meaning)
    if (place := place_in_words(words)) is not None:
        return place
    first = re.split(r"[,;/]| - ", words)[0].strip()
    if (place := place_in_words(first)) is not None:
        return place
    if re.search(r"\b(?:leave|sick\w*|holiday|training|court|visits?|off|flexi)\b", words):
        return ""
    home, office = bool(re.search(r"\b(?:home|remote)\b", words)), bool(re.search(r"\b(?:office|on ?site)\b", words))
    return None if home == office else ("home" if home else "office")
