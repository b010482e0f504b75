"""Build the documentation site into ``out/docs``: ``python -m tools.docs_site``.

Nothing is written twice: the pages of ``docs/``, the pages at the root of the repository and the notebooks are copied
to ``out/docs-source`` with their links set right, the pages of the API are made from the docstrings, and Sphinx builds
the site from there. A warning fails the build. The notebooks are shown as they were committed; none is run.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tools.api_pages import write_pages

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "out" / "docs-source"
SITE, CACHE = ROOT / "out" / "docs", ROOT / "out" / "docs-cache"
FROM_ELSEWHERE = re.compile(
    r"""<(?:script|img|iframe|source|video|audio)\b[^>]*\bsrc=["']?(?:https?:)?//[^"'\s>]+"""
    r"""|<link\b(?![^>]*rel=["']?(?:canonical|license))[^>]*\bhref=["']?(?:https?:)?//[^"'\s>]+"""
    r"""|@import\s+(?:url\()?["']?(?:https?:)?//[^"'\s)]+|url\(\s*["']?(?:https?:)?//[^"'\s)]+""",
    re.IGNORECASE,
)
"""What a browser would fetch from another machine when it opens a page or a style sheet."""


def stage() -> None:
    """Put every source of the site into one folder, copying only what has changed."""
    kept = set()
    for path, name in sources():
        target = SOURCE / name
        kept.add(target)
        content = path.read_bytes()
        if path.suffix == ".md":
            content = with_links_set_right(content.decode("utf-8")).encode("utf-8")
        if not target.exists() or target.read_bytes() != content:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
    for old in [p for p in SOURCE.rglob("*") if p.is_file() and p not in kept and p.parent != SOURCE / "api"]:
        old.unlink()
    write_pages(SOURCE / "api")


def sources() -> Iterator[tuple[Path, str]]:
    """Each file of the site and its place there."""
    for path in sorted((ROOT / "docs").rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path, path.relative_to(ROOT / "docs").as_posix()
    for path in [*sorted(ROOT.glob("*.md")), ROOT / "CITATION.cff", ROOT / "LICENSE"]:
        yield path, path.name
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        yield path, f"notebooks/{path.name}"


def with_links_set_right(text: str) -> str:
    """Links between pages as they are in the site, where ``docs/`` and the root are one folder.

    Examples
    --------
    >>> with_links_set_right("[a](docs/trust.md), [b](../README.md#more), ![c](docs/img/c.png), [d](recovery.md)")
    '[a](trust.md), [b](README.md#more), ![c](img/c.png), [d](recovery.md)'
    """
    return re.sub(r"\]\((?:docs|\.\.)/", "](", text)


def fetched_from_elsewhere(folder: Path) -> list[str]:
    """What the pages and style sheets of a folder would ask another machine for, with the file that asks."""
    found = []
    for path in sorted([*folder.rglob("*.html"), *folder.rglob("*.css")]):
        hits = FROM_ELSEWHERE.findall(path.read_text(encoding="utf-8"))
        found += [f"{path.relative_to(folder)}: {hit}" for hit in hits]
    return found


def main() -> None:
    """Build, and refuse a site that would fetch anything from elsewhere."""
    if "--fresh" in sys.argv:
        shutil.rmtree(SOURCE, ignore_errors=True)
        shutil.rmtree(SITE, ignore_errors=True)
    if not (SITE / "searchindex.js").exists():  # a build that was stopped wrote pages and not what it read of them
        shutil.rmtree(CACHE, ignore_errors=True)
    stage()
    options = ["-q", "-W", "--keep-going", "-b", "html", "-j", str(min(4, os.cpu_count() or 1))]
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", *options, "-d", str(CACHE), str(SOURCE), str(SITE)],
        cwd=ROOT,
    )
    if done.returncode:
        sys.exit(done.returncode)
    asked = fetched_from_elsewhere(SITE)
    if asked:
        sys.exit("The site would fetch from elsewhere:\n" + "\n".join(asked[:20]))
    print(f"{len(list(SITE.rglob('*.html')))} pages; open {(SITE / 'index.html').relative_to(ROOT)}")


if __name__ == "__main__":
    main()
