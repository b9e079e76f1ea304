"""People at their browsers: each with a window of their own, watched by axe and by our eyes."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = os.environ.get("PST_CHROMIUM") or shutil.which("chromium") or shutil.which("chrome")
_NEEDED = ("playwright", "axe_playwright_python")
_ABSENT = [m for m in _NEEDED if importlib.util.find_spec(m) is None]
MISSING = ""
"""Why no page can be looked at here, if none can."""
if _ABSENT:
    MISSING = f"no {_ABSENT[0]}: pip install -e '.[browser]'"
elif not CHROMIUM:
    MISSING = "no chromium: apt-get install chromium, or set PST_CHROMIUM"

MARKS = [pytest.mark.slow, pytest.mark.skipif(bool(MISSING), reason=MISSING)]
"""Of every file that walks in a browser."""
WAYS = [
    pytest.param({"size": "phone", "lang": "en", "scheme": "light"}, id="phone-en"),
    pytest.param({"size": "desktop", "lang": "id", "scheme": "light"}, id="desktop-id"),
]
"""How a page is looked at where one walk on each is enough."""

PICTURES = os.environ.get("PST_PICTURES", "")
"""A folder to put pictures of the pages into; without one none are taken."""
WRONG: list[str] = []
"""What was found wrong with the pages that were looked at."""
_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
          "--disable-background-networking", "--disable-component-update",
          "--disable-sync"]  # fmt: skip
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_LEADS_ON = """e => e.tagName === "A"
    ? !e.hasAttribute("download") && !e.getAttribute("href").startsWith("#")
    : !!e.form && e.type === "submit" && e.form.checkValidity()
        && !e.closest("[hx-get], [hx-post]")"""
"""Whether clicking the element ``e`` brings another page."""
SIZES = {"desktop": (1280, 900), "phone": (390, 844)}


@contextmanager
def browser() -> Iterator[Any]:
    """Start the distribution's browser."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=_FLAGS)
        try:
            yield started
        finally:
            started.close()


def axe_source() -> str:
    """Return axe-core as the package bundles it."""
    found = importlib.util.find_spec("axe_playwright_python")
    assert found is not None
    assert found.origin
    return (Path(found.origin).parent / "axe.min.js").read_text("utf-8")


class Window:
    """One person's browser window on the portal; ``check`` looks at the page it shows."""

    def __init__(self, started: Any, url: str, *, size: str = "desktop", lang: str = "id",
                 scheme: str = "light", scripts: bool = True) -> None:  # fmt: skip
        width, height = SIZES[size]
        self.context = started.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, base_url=url,
            java_script_enabled=scripts,
        )  # fmt: skip
        self.context.set_default_timeout(20_000)
        self.page = self.context.new_page()
        self.size, self.lang, self.scheme = size, lang, scheme
        self.wrong: list[str] = []
        self.page.on("console", lambda m: self._said(m.type, m.text))
        self.page.on("pageerror", lambda e: self.wrong.append(str(e)))
        self.page.on("request", self._requested)
        self._url = url

    def _said(self, kind: str, text: str) -> None:
        # a refused form is answered 422: the page says why, the console only repeats the status
        if kind in ("error", "warning") and "422" not in text:
            self.wrong.append(text)

    def _requested(self, request: Any) -> None:
        if not request.url.startswith((self._url, "data:", "blob:")):
            self.wrong.append(f"asked outside: {request.url}")

    def enter(self, name: str) -> Window:
        """Sign in as one of the demonstration's people, in the window's language."""
        self.go("/sign-in").click(name)
        return self.click("English") if self.lang == "en" else self

    def go(self, path: str) -> Window:
        """Open a page of the portal."""
        self.page.goto(path)
        return self

    def click(self, name: str, *, link: bool = False) -> Window:
        """Click a button or a link by what it says."""
        role = "link" if link else "button"
        found = self.page.get_by_role(role, name=re.compile(re.escape(name))).first
        if found.evaluate(_LEADS_ON):  # what follows is about the page that comes, not this one
            with self.page.expect_navigation():
                found.click()
        else:
            found.click()
        return self

    def act(self, command: str, **fields: Any) -> Window:
        """Fill in the form of ``command`` by its field names and send it."""
        card = self.page.locator(f"#act-{command}")
        for name, value in fields.items():
            box = card.locator(f'[name="{name}"]').first
            if value is True:
                box.check()
            elif isinstance(value, Path):
                box.set_input_files(value)
            elif box.evaluate("e => e.tagName") == "SELECT":
                box.select_option(str(value))
            else:
                box.fill(str(value))
        card.locator("button.main").first.click()
        # the page after the act bears its name, the one that refuses it says why
        done = self.page.locator(f'[data-done="{command}"]')
        done.or_(self.page.locator(".problem")).first.wait_for()
        assert done.count(), self.page.locator(".problem").inner_text()
        return self

    def check(self, name: str) -> None:
        """Note what axe finds, a page too wide, a script that broke; take a picture if asked.

        A walk goes on to its end and fails then: all that is wrong is told at once.
        """
        name = f"{name}-{self.size}-{self.lang}-{self.scheme}"
        if PICTURES:
            self.page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)
        if self.page.evaluate("() => typeof window.axe") == "undefined":
            self.page.evaluate(_axe())
        found = self.page.evaluate(
            "rules => axe.run(document, "
            "{runOnly: rules, resultTypes: ['violations'], preload: false})",
            _RULES,
        )
        said = [
            f"{v['id']}: {v['help']} {[n['target'] for n in v['nodes']][:4]}"
            for v in found["violations"]
        ]
        if "not for this role" in self.page.content():
            said.append("a masked text as the core writes it")
        wide = self.page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
        if wide > 0:
            said.append(f"{wide} pixels too wide")
        if self.page.locator("html").get_attribute("lang") != self.lang:
            said.append("another language")
        WRONG.extend(f"{name}: {what}" for what in (*said, *self.wrong))
        self.wrong.clear()

    def save(self, name: str) -> Path:
        """Download what the link says, as people do; the papers may still be in the making."""
        with self.page.expect_download() as waits:
            self.page.get_by_role("link", name=name, exact=True).first.click()
        place = Path(tempfile.mkdtemp()) / waits.value.suggested_filename
        waits.value.save_as(place)
        return place


_SOURCE: list[str] = []


def _axe() -> str:
    if not _SOURCE:
        _SOURCE.append(axe_source())
    return _SOURCE[0]
