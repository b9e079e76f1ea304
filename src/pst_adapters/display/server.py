"""A small server for the display, from the standard library: one page, refreshed by its own events.

One thread asks for the board, however many browsers look at it. Nothing can be changed from here.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from pst_core.refusal import PstError
from pst_core.visit import Board

from .page import SCRIPT, STYLE, fragment, page

__all__ = ["Display"]

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_LISTENERS = 64
"""Browsers at once; one more is asked to come back."""


class Display:
    """Serves what ``read`` returns at ``address``, until ``close``; use it as a context.

    ``read`` is called every ``every`` seconds in a thread of its own. ``port`` 0 takes a free one.
    A board that cannot be read keeps the last one on the page, which then says that it may be old.
    """

    def __init__(
        self,
        read: Callable[[], Board],
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        every: float = 1.0,
        alive: float = 5.0,
    ) -> None:
        self._read = read
        self._every = every
        self._alive = alive
        self._board = read()
        self._shown = fragment(self._board)
        self._version = 1
        self._reads = True
        self._stopped = threading.Event()
        self._changed = threading.Condition()
        self._listeners = threading.BoundedSemaphore(_LISTENERS)
        self._server = _Server((host, port), self)
        self._threads = [
            threading.Thread(target=self._server.serve_forever, args=(0.1,), daemon=True),
            threading.Thread(target=self._watch, daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    @property
    def address(self) -> str:
        """Where the page is."""
        host, port = self._server.server_address[:2]
        return f"http://{host!s}:{port}/"

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until the display is closed; return whether it is."""
        return self._stopped.wait(seconds)

    def stop(self) -> None:
        """Ask for the end; may be called from a signal handler."""
        self._stopped.set()

    def close(self) -> None:
        """End all connections and free the port."""
        self._stopped.set()
        with self._changed:
            self._changed.notify_all()
        self._server.shutdown()
        self._server.server_close()
        for thread in self._threads:
            thread.join(5)

    def __enter__(self) -> Display:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _watch(self) -> None:
        while not self._stopped.wait(self._every):
            try:
                found = self._read()
            except PstError:
                self._reads = False
                continue
            self._reads = True
            shown = fragment(found)
            if shown != self._shown:
                with self._changed:
                    self._board, self._shown = found, shown
                    self._version += 1
                    self._changed.notify_all()

    # -- what a browser gets --------------------------------------------------------------------

    def _answer(self, browser: _Browser) -> None:
        path = browser.path.partition("?")[0]
        if path == "/events":
            self._tell(browser)
            return
        if path == "/":
            browser.answer(200, "text/html", page(self._board).encode())
        elif path == "/style.css":
            browser.answer(200, "text/css", STYLE.encode())
        elif path == "/display.js":
            browser.answer(200, "text/javascript", SCRIPT.encode())
        else:
            browser.answer(404, "text/plain", b"404\n")

    def _tell(self, browser: _Browser) -> None:
        if not self._listeners.acquire(blocking=False):
            browser.answer(503, "text/plain", b"503\n", {"Retry-After": "30"})
            return
        try:
            browser.begin(200, "text/event-stream")
            browser.wfile.write(b"retry: 2000\n\n")
            seen = 0
            while not self._stopped.is_set():
                with self._changed:
                    if self._version == seen:
                        self._changed.wait(self._alive)
                    changed, seen, shown = self._version != seen, self._version, self._shown
                if changed:
                    said = f"event: board\nid: {seen}\ndata: {json.dumps(shown)}\n\n"
                    browser.wfile.write(said.encode())
                elif self._reads:
                    browser.wfile.write(b"event: alive\ndata: \n\n")
                else:
                    browser.wfile.write(b": the board cannot be read\n\n")
                browser.wfile.flush()
        finally:
            self._listeners.release()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, address: tuple[str, int], display: Display) -> None:
        self.display = display
        super().__init__(address, _Browser)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a browser that has gone is no error of ours."""


class _Browser(BaseHTTPRequestHandler):
    server: _Server
    server_version = "pst"
    sys_version = ""
    timeout = 60

    def do_GET(self) -> None:
        """Answer one request."""
        self.server.display._answer(self)

    def answer(
        self, status: int, kind: str, body: bytes, more: dict[str, str] | None = None
    ) -> None:
        """Send a whole answer."""
        self.begin(status, kind, {"Content-Length": str(len(body)), **(more or {})})
        self.wfile.write(body)

    def begin(self, status: int, kind: str, more: dict[str, str] | None = None) -> None:
        """Send status and headers."""
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        for name, value in {**_HEADERS, **(more or {})}.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        """Keep quiet: addresses of visitors are nobody's business."""
