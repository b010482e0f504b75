"""A figure in a notebook: its words and its picture, in HTML that holds whatever the words hold."""

from __future__ import annotations

from base64 import b64decode
from html.parser import HTMLParser

import pytest
from IPython.core.formatters import DisplayFormatter

from hybrid_toolkit.errors import UsageError
from hybrid_toolkit.report.plots.picture import Picture
from hybrid_toolkit.report.plots.plot_style import new_axes


class Tags(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: dict[str, dict[str, str | None]] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found[tag] = dict(attrs)


def test_a_notebook_keeps_words_and_picture() -> None:
    words = 'Care & "skill" <b>: 0.10.'
    data, _ = DisplayFormatter().format(Picture(new_axes(height=1), alt=words, caption="a < b"))
    assert set(data) == {"text/plain", "text/html", "image/png"} and data["text/plain"] == words
    tags = Tags(data["text/html"]).found
    assert set(tags) == {"figure", "img", "figcaption"} and tags["img"]["alt"] == words
    assert b64decode(str(tags["img"]["src"]).removeprefix("data:image/png;base64,")).startswith(b"\x89PNG")
    assert "a &lt; b" in data["text/html"]


@pytest.mark.parametrize("words", ["", "  ", None])
def test_a_picture_without_words_is_refused(words: object) -> None:
    with pytest.raises(UsageError, match="FIGURE-WORDS"):
        Picture(new_axes(height=1), alt=words)  # type: ignore[arg-type]
