"""A portal that is served to browsers: a real server on a free port, on a day of our choice."""

from __future__ import annotations

import contextlib
import datetime as dt
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

import uvicorn
from examples.portal.app import portal
from examples.portal.house import House
from examples.portal.settings import Oidc, Settings

from .visiting import Visit

T = TypeVar("T")
JAKARTA = ZoneInfo("Asia/Jakarta")


class Clock:
    """A clock that stands until it is set on: a working day in office hours."""

    def __init__(self) -> None:
        self.now = dt.datetime(2026, 11, 24, 9, tzinfo=JAKARTA)

    def __call__(self) -> dt.datetime:
        return self.now

    def later(self, **more: float) -> None:
        """Set the clock on."""
        self.now += dt.timedelta(**more)


class Served:
    """A portal at ``url`` with what it stands on."""

    def __init__(self, url: str, house: House, clock: Clock) -> None:
        self.url, self.house, self.clock = url, house, clock
        self._visits: list[Visit] = []

    def visit(self) -> Visit:
        """Return somebody who comes by HTTP, until the portal closes."""
        self._visits.append(Visit(self.url))
        return self._visits[-1]

    def wait(self, done: Callable[[], T], tries: int = 600) -> T:
        """Wait until the portal's worker has brought about ``done``; return what it says."""
        for _ in range(tries):
            if found := done():
                return found
            time.sleep(0.1)
        return done()

    def close(self) -> None:
        """Let all visitors go."""
        for visit in self._visits:
            visit.client.close()


@contextlib.contextmanager
def served(
    data: Path, db: str = "", oidc: Oidc | None = None, office: str = "3317"
) -> Iterator[Served]:
    """Serve a portal until the block ends."""
    clock = Clock()
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        app = portal(Settings(data, office, db=db, url=url, oidc=oidc), clock)
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1))
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        try:
            found = Served(url, app.state["house"], clock)
            yield found
        finally:
            found.close()
            server.should_exit = True
            thread.join(180)  # the worker finishes what it began, however busy the machine is
            assert not thread.is_alive(), "the portal did not shut down"
