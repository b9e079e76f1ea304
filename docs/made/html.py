"""Read what was built as a browser would: dead links, missing headings, anything from outside."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

__all__ = ["faults"]

_LOADS = {
    "script": "src", "img": "src", "iframe": "src", "source": "src", "object": "data",
    "embed": "src", "video": "src", "audio": "src", "track": "src", "input": "src",
}  # fmt: skip


class _Reader(HTMLParser):
    """The links, the loaded files and the ids of one page."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.ids: set[str] = set()
        self.styles: list[str] = []
        self.in_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if "id" in given:
            self.ids.add(given["id"])
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif tag == "link" and given.get("rel") != "alternate":
            self.loads.append(given.get("href", ""))
        elif tag in _LOADS and _LOADS[tag] in given:
            self.loads.append(given[_LOADS[tag]])
        self.loads += [
            each.split()[0] for each in given.get("srcset", "").split(",") if each.strip()
        ]
        self.styles.append(given.get("style", ""))
        self.in_style = tag == "style"

    def handle_endtag(self, tag: str) -> None:
        self.in_style = self.in_style and tag != "style"

    def handle_data(self, data: str) -> None:
        if self.in_style:
            self.styles.append(data)


def faults(site: Path) -> list[str]:
    """Return what is wrong in a built site, one line each; empty if it can be read offline."""
    pages = {path.resolve(): _read(path) for path in sorted(site.rglob("*.html"))}
    found = []
    for path, page in pages.items():
        where = path.relative_to(site.resolve())
        if where.name == "404.html":
            continue  # a server shows it at any depth, so its links start at the root
        for load in page.loads:
            if _outside(load):
                found.append(f"{where} loads {load} from outside")
            elif not _inside(site, path.parent / unquote(urlsplit(load).path)):
                found.append(f"{where} loads {load}, which is not there")
        found += [
            f"{where} loads {load} from outside"
            for load in _asked("\n".join(page.styles))
            if _outside(load)
        ]
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme:
                continue
            goal = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if goal.is_dir():
                goal /= "index.html"
            if not goal.is_relative_to(site.resolve()):
                found.append(f"{where} links to {link}, which is no part of the site")
            elif not goal.exists():
                found.append(f"{where} links to {link}, which is not there")
            elif parts.fragment and goal in pages and parts.fragment not in pages[goal].ids:
                found.append(f"{where} links to {link}: no such heading")
    for style in sorted(site.rglob("*.css")):
        found += [
            f"{style.relative_to(site)} loads {each} from outside"
            for each in _asked(style.read_text("utf-8"))
            if _outside(each)
        ]
    return found


def _asked(style: str) -> list[str]:
    """Return what a style sheet, or a ``style`` of a page, loads."""
    return re.findall(r"(?:@import\s+(?!url)|url\(\s*)[\"']?([^)\"'\s;]+)", style)


def _inside(site: Path, goal: Path) -> bool:
    return goal.exists() and goal.resolve().is_relative_to(site.resolve())


def _read(path: Path) -> _Reader:
    reader = _Reader()
    reader.feed(path.read_text("utf-8"))
    return reader


def _outside(address: str) -> bool:
    return address.startswith("//") or bool(urlsplit(address).netloc)
