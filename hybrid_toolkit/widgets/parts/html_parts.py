"""The HTML that widgets show: notices, tables and code, each usable with a keyboard and a screen reader."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

_COPY = (
    "const t=this.closest('.hte-code').querySelector('textarea');t.focus();t.select();"
    "document.execCommand('copy');this.textContent='Copied'"
)


def notice_html(text: str, *, fix: str = "", error: bool = False) -> str:
    """A sentence in place: an error is announced, a notice is not.

    Examples
    --------
    >>> notice_html("No table.", fix="Add one.", error=True)
    '<div class="hte-error" role="alert"><strong>Cannot show this.</strong> No table. Add one.</div>'
    """
    words = " ".join(escape(part) for part in (text, fix) if part)
    if error:
        return f'<div class="hte-error" role="alert"><strong>Cannot show this.</strong> {words}</div>'
    return f'<div class="hte-notice">{words}</div>'


def list_html(items: Sequence[str]) -> str:
    """A short list; nothing where there are no items."""
    return f"<ul>{''.join(f'<li>{escape(i)}</li>' for i in items)}</ul>" if items else ""


def table_html(caption: str, heads: Sequence[str], rows: Sequence[Sequence[str]], *, words: int = 1) -> str:
    """A table with a caption and headed columns; the first ``words`` columns hold words, the others numbers.

    Examples
    --------
    >>> table_html("Two", ["Group", "n"], [["All", "20"]]).count("<th ")
    3
    """
    kinds = (' class="hte-word"' if 0 < i < words else "" for i in range(len(heads)))
    head = "".join(f'<th scope="col"{k}>{escape(h)}</th>' for k, h in zip(kinds, heads, strict=True))
    body = "".join(f"<tr>{_cells(row, words)}</tr>" for row in rows)
    table = f"<table><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    return f'<div class="hte-scroll" tabindex="0" role="region" aria-label="{escape(caption)}">{table}</div>'


def _cells(row: Sequence[str], words: int) -> str:
    first = f'<th scope="row">{escape(row[0])}</th>'
    kinds = (' class="hte-word"' if i < words else "" for i in range(1, len(row)))
    return first + "".join(f"<td{k}>{escape(text)}</td>" for k, text in zip(kinds, row[1:], strict=True))


def figure_html(caption: str, drawing: str) -> str:
    """A figure with its caption above it; the drawing brings its own description."""
    return f"<figure><figcaption>{escape(caption)}</figcaption>{drawing}</figure>"


def code_html(code: str, *, label: str = "Code that gives this in a fresh kernel") -> str:
    """Code in a box that can be selected, with a button that copies it."""
    lines = code.count("\n") + 1
    return (
        f'<div class="hte-code"><label><strong>{escape(label)}</strong>'
        f'<textarea readonly rows="{lines}" spellcheck="false" aria-label="{escape(label)}">'
        f"{escape(code)}</textarea></label>"
        f'<button type="button" class="hte-copy" onclick="{escape(_COPY)}">Copy</button></div>'
    )
