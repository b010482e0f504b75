"""Taking keys out of a TOML table one by one, so that a fault names the file and the key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, cast

from hybrid_toolkit.errors import MeasureError

_NEEDED: Any = object()


@dataclass
class Keys:
    """One table of a definition file.

    Parameters
    ----------
    file : str
        Name of the file.
    raw : Mapping
        The table as ``tomllib`` reads it.
    place : str
        Where it stands in the file, such as ``scales[2].``; empty for the top.
    """

    file: str
    raw: Mapping[str, Any]
    place: str = ""
    _asked: set[str] = field(default_factory=set)

    def text(self, key: str, *, default: str = _NEEDED) -> str:
        """A text; one that is needed is not empty."""
        value = self._take(key, default)
        if not isinstance(value, str) or (default is _NEEDED and not value.strip()):
            raise self.fault(key, "must be a text that is not empty")
        return value

    def number(self, key: str, *, default: float = _NEEDED) -> float:
        """A finite number."""
        value = self._take(key, default)
        if not _is_number(value):
            raise self.fault(key, "must be a number")
        return float(value)

    def flag(self, key: str, *, default: bool) -> bool:
        """True or false."""
        value = self._take(key, default)
        if not isinstance(value, bool):
            raise self.fault(key, "must be true or false")
        return value

    def texts(self, key: str, *, default: Sequence[str] = _NEEDED) -> tuple[str, ...]:
        """A list of texts; one that is needed is not empty."""
        value = self._take(key, default)
        if not isinstance(value, list | tuple) or not all(isinstance(v, str) for v in value):
            raise self.fault(key, "must be a list of texts")
        if default is _NEEDED and not value:
            raise self.fault(key, "must not be empty")
        return tuple(value)

    def numbers(self, key: str, *, default: Sequence[float] = _NEEDED) -> tuple[float, ...]:
        """A list of finite numbers."""
        value = self._take(key, default)
        if not isinstance(value, list | tuple) or not all(_is_number(v) for v in value):
            raise self.fault(key, "must be a list of numbers")
        return tuple(float(v) for v in value)

    def numbers_by_number(self, key: str) -> dict[float, float]:
        """A table of numbers whose keys are numbers too; empty where it is left out."""
        value = self._take(key, {})
        try:
            made = {float(k): float(v) for k, v in value.items() if _is_number(v)}
        except (AttributeError, ValueError):
            made = {}
        if len(made) < len(value):
            raise self.fault(key, "must be a table of numbers by number")
        return made

    def inner(self, key: str, *, default: Mapping[str, Any] = _NEEDED) -> Keys:
        """A table inside."""
        value = self._take(key, default)
        if not isinstance(value, Mapping):
            raise self.fault(key, "must be a table")
        return Keys(self.file, value, f"{self.place}{key}.")

    def entries(self, key: str, *, default: Sequence[Any] = _NEEDED) -> tuple[Keys, ...]:
        """A list of tables; one that is needed is not empty. They are counted from 1."""
        value = self._take(key, default)
        if not isinstance(value, list | tuple) or not all(isinstance(v, Mapping) for v in value):
            raise self.fault(key, f"must be a list of tables, each under [[{self.place}{key}]]")
        if default is _NEEDED and not value:
            raise self.fault(key, "must not be empty")
        return tuple(Keys(self.file, v, f"{self.place}{key}[{n}].") for n, v in enumerate(value, start=1))

    def nothing_else(self) -> None:
        """Refuse keys that nobody asked for.

        Raises
        ------
        MeasureError
            There is one.
        """
        for key in self.raw:
            if key not in self._asked:
                near = get_close_matches(key, sorted(self._asked), n=1)
                raise self.fault(key, f"is not a key that is known{f'; did you mean {near[0]}?' if near else ''}")

    def fault(self, key: str, what: str) -> MeasureError:
        """The error to raise about a key, or about the whole file where the key is empty."""
        where = f"key '{self.place}{key}' " if key else ""
        return MeasureError(
            f"{self.file}: {where}{what}.",
            fix="Correct the definition; compare it with a built-in one, such as informal_learning.toml.",
            code="INSTRUMENT-DEFINITION",
        )

    def _take(self, key: str, default: Any) -> Any:
        self._asked.add(key)
        if key not in self.raw and default is _NEEDED:
            raise self.fault(key, "is missing")
        return cast(Any, self.raw.get(key, default))


def _is_number(value: object) -> bool:
    finite = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < float("inf")
    return finite and value == value
