"""Every form of the app that takes free words refuses personal details: nothing of them is shown again or saved."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

import pytest

from hybrid_toolkit.app import start_app
from hybrid_toolkit.app.registry import all_pages

DETAILS = (
    *("ring 07700 900123", "ring 07700\u00a0900\u00a0123", "oh seven seven double oh nine double oh one two three"),
    *("12a high street", "Rose Cottage, Mill Lane", "ls1 4ap", "ref 20431", "LCS 123456", "a.b@example.org"),
    *("AB 12 34 56 C", "943.476.5919", "A801200001001", "born 1st February 2012"),
)
PLACES = {"path", "folder", "other"}
"""Fields that hold a path of this computer."""
SLOW = ("/static", "/slow", "/data", "/look", "/study", "/published", "/help")
"""Pages of data, which take choices, numbers and paths, and start work that takes long."""
NUMBERS = {"teams", "workers", "size", "n_sims", "target"}
"""Fields that take numbers alone."""


class Forms(HTMLParser):
    """The forms of a page that are sent: where to, their fields as they stand, and those that take free words."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, dict[str, str], set[str]]] = []
        self.links: set[str] = set()
        self._open = False
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = {k: v or "" for k, v in attrs}
        if tag == "a" and at.get("href", "").startswith("/"):
            self.links.add(at["href"].split("#")[0])
        if tag == "form":
            self._open = at.get("method") == "post"
            if self._open:
                self.forms.append((at.get("action", ""), {}, set()))
        if not self._open or not (name := at.get("name", self._select)):
            return
        _, fields, words = self.forms[-1]
        kind = at.get("type", "text")
        if tag == "textarea" or (tag == "input" and kind == "text"):
            if "inputmode" not in at and name not in PLACES | NUMBERS:
                words.add(name)
        elif tag == "select":
            self._select = name
        elif tag == "option" and at.get("value"):
            fields.setdefault(name, at["value"])
        elif tag == "button" or kind in ("hidden", "radio", "checkbox", "date"):
            fields.setdefault(name, at.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        self._open = self._open and tag != "form"
        self._select = "" if tag == "select" else self._select


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("work")


@pytest.fixture(scope="module")
def inside(work: Path) -> Iterator[tuple[str, OpenerDirector]]:
    server = start_app(workspace=str(work))
    opener = build_opener(HTTPCookieProcessor(CookieJar()))
    opener.open(server.url)
    yield server.url.split("/?")[0], opener
    server.stop()


def read(opener: OpenerDirector, url: str, fields: dict[str, str] | None = None) -> str:
    try:
        with opener.open(url, urlencode(fields).encode() if fields is not None else None, timeout=60) as answer:
            return str(answer.read().decode(errors="replace"))
    except HTTPError as error:
        return str(error.read().decode())


def pages_with_words(address: str, opener: OpenerDirector) -> dict[tuple[str, str, str], dict[str, str]]:
    """Page, target and field of every form with free words that links lead to -> the fields of the form."""
    todo, seen, found = [p.path for p in all_pages() if "<" not in p.path], set(), {}
    while todo:
        path = todo.pop(0)
        kind = re.sub(r"\d+", "0", path)  # one action, person or question stands for all
        if kind in seen or path.startswith(SLOW) or "." in path:
            continue
        seen.add(kind)
        page = Forms()
        page.feed(read(opener, address + path))
        todo += sorted(page.links)
        for action, fields, words in page.forms:
            for word in sorted(words):
                found[path, action or path, word] = {**dict.fromkeys(words, ""), **fields}
    return found


def test_no_form_takes_a_personal_detail(inside: tuple[str, OpenerDirector], work: Path) -> None:
    address, opener = inside
    for _ in range(2):  # what is set up first opens further pages
        for (_, target, word), fields in pages_with_words(address, opener).items():
            read(opener, address + target, {**fields, word: "Quarterly audit of visits"})
    forms = pages_with_words(address, opener)
    assert len(forms) >= 15, sorted(forms)
    for i, ((page, target, word), fields) in enumerate(sorted(forms.items())):
        ways = ({}, DETAILS[i % len(DETAILS)]), ({"_keep": "form"}, DETAILS[(i + 5) % len(DETAILS)])
        for extra, detail in ways:  # by the button, and while the form is filled in
            told = read(opener, address + target, {**fields, **extra, word: f"Please {detail} today"})
            assert "Take out" in told, f"{page}: {word}, {detail}"
    saved = "".join(p.read_text(encoding="utf-8") for p in work.rglob("*.json"))
    assert "Quarterly audit" in saved and not [d for d in DETAILS if d in saved]
