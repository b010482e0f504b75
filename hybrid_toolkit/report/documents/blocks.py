"""The parts of a report: words of the toolkit's own, and releases shown as prose, tables and figures."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from hybrid_toolkit.disclosure import Release, require_release

Tone = Literal["plain", "lead", "answer", "note", "warning"]
Form = Literal[
    "text",
    "name",
    "number",
    "count",
    "percent",
    "message",
    "lead",
    "interval",
    "number-error",
    "percent-error",
    "published",
]


_WIDTH = re.compile(rb'<svg[^>]* width="([\d.]+)pt"')
_WIDE = 400
"""Points: a figure of one column is 3.7 inches wide, some 270."""


def without_stamp(text: str, stamp: str) -> str:
    """A claim without the stamp at its end, for places that show the stamp themselves.

    Examples
    --------
    >>> without_stamp("It is so. SYNTHETIC.", "SYNTHETIC")
    'It is so.'
    """
    return text.removesuffix(f" {stamp}.") if stamp else text


@dataclass(frozen=True, slots=True)
class TextBlock:
    """Words that the toolkit wrote beforehand and that hold nothing from any data."""

    text: str
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class Prose:
    """A released text.

    Raises
    ------
    DisclosureError
        ``release`` is not a release of text.
    """

    release: Release
    tone: Tone = "plain"

    def __post_init__(self) -> None:
        require_release(self.release, kinds=("text",))

    @property
    def text(self) -> str:
        """The words without the stamp at their end, which the page shows by itself."""
        return without_stamp(self.release.text, self.release.stamp)


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list of short words, each the toolkit's own or a released text."""

    items: tuple[TextBlock | Prose, ...]


@dataclass(frozen=True, slots=True)
class TableColumn:
    """How one column of a release is shown: its heading and the form of its numbers.

    ``form`` is ``"text"``, ``"name"`` (with a capital), ``"number"``, ``"count"``, ``"percent"``, ``"message"``,
    ``"lead"`` (after the words in bold of the column of the same name and ``_lead``), ``"interval"`` (with ``conf_low``
    and ``conf_high`` in brackets), ``"number-error"`` or ``"percent-error"`` (with the Monte Carlo error from the
    column of the same name and ``_mcse``), or ``"published"`` (with ``low`` and ``high`` in brackets, or the symbol in
    ``marker`` as it was published).

    Parameters
    ----------
    heading : str
        Its heading.
    form : Form, default "text"
        The form of its values, as above.
    unit : str, optional
        Unit of its numbers; where it is empty, that of the row's column ``unit`` holds for values and intervals.
        Shares are printed in per cent, their differences in percentage points.
    words : Mapping[str, str], optional
        Code -> words, in the order in which the rows are to stand; a code that is not there stays as it is.
    """

    heading: str
    form: Form = "text"
    unit: str = ""
    words: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReportTable:
    """A released table; ``columns`` names those shown, in order; None shows all but ``suppressed``.

    Raises
    ------
    DisclosureError
        ``release`` is not a release that holds rows.
    """

    release: Release
    columns: Mapping[str, TableColumn] | None = None
    caption: str = ""
    folded: bool = False

    def __post_init__(self) -> None:
        require_release(self.release, kinds=("table", "estimates", "figure", "facts"))


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure drawn from a release: its SVG, the words for those who do not see it, its numbers as a table.

    ``png`` is the same figure for documents that cannot hold SVG; where it is empty they show the numbers alone.
    ``says`` is the sentence above it that tells a reader what to see.

    Raises
    ------
    DisclosureError
        ``release`` is not a release that holds rows.
    """

    release: Release
    svg: bytes
    alt: str
    caption: str = ""
    columns: Mapping[str, TableColumn] | None = None
    png: bytes = b""
    says: str = ""

    def __post_init__(self) -> None:
        require_release(self.release, kinds=("table", "estimates", "figure", "facts"))


def short_title(block: ReportTable | Figure) -> str:
    """What a table or figure is called in a list: its caption, or the release's title where that is a sentence.

    Examples
    --------
    >>> import pandas as pd
    >>> from hybrid_toolkit.disclosure import Gate
    >>> release = Gate().facts(pd.DataFrame({"item": ["a"]}), title="The answers", basis="metadata")
    >>> [short_title(ReportTable(release, caption=c)) for c in ("", "Each answer", "Each row is one answer.")]
    ['The answers', 'Each answer', 'The answers']
    """
    return block.release.title if not block.caption or block.caption.endswith(".") else block.caption


def has_panels_abreast(svg: bytes) -> bool:
    """Whether a figure has panels side by side, so that it needs the whole width of a page to be read.

    Examples
    --------
    >>> [has_panels_abreast(b'<svg width="%dpt">' % points) for points in (560, 270)]
    [True, False]
    """
    found = _WIDTH.search(svg[:2000])
    return found is not None and float(found[1]) > _WIDE


ReportBlock = TextBlock | Prose | Bullets | ReportTable | Figure


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with what is under it.

    Parameters
    ----------
    title : str
        The heading.
    blocks : tuple[ReportBlock, ...], optional
        What is under it, in order.
    level : int, default 2
        2 is under the title, 3 under a section.
    new_page : bool, default False
        Whether it starts on a new page in print and in Word, as an annex does.
    """

    title: str
    blocks: tuple[ReportBlock, ...] = ()
    level: int = 2
    new_page: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """A whole report.

    Parameters
    ----------
    title : str
        Heading of the report.
    sections : tuple[Section, ...]
        In the order of reading.
    subtitle : str, optional
        Second heading of the report.
    stamp : str, optional
        Shown at the top and the foot, empty for real data.
    footer : str, optional
        The last line.
    """

    title: str
    sections: tuple[Section, ...]
    subtitle: str = ""
    stamp: str = ""
    footer: str = ""
    about: Mapping[str, str] = field(default_factory=dict)

    @property
    def front(self) -> tuple[Section, ...]:
        """The sections before the first one that starts on a new page; none where none does.

        On paper, figures there are shown without their table: what they print they say, and the annex holds the rest.
        """
        at = next((i for i, s in enumerate(self.sections) if s.new_page), 0)
        return self.sections[:at]

    @property
    def releases(self) -> tuple[Release, ...]:
        """Every release that the report shows, once each, in order."""
        found: dict[str, Release] = {}
        for section in self.sections:
            for block in section.blocks:
                for part in block.items if isinstance(block, Bullets) else (block,):
                    if not isinstance(part, TextBlock):
                        found.setdefault(part.release.id, part.release)
        return tuple(found.values())
