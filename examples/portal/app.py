"""The portal as one Litestar application, and how it is kept strict."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from litestar import Litestar, get
from litestar.config.csrf import CSRFConfig
from litestar.connection import ASGIConnection
from litestar.datastructures import MutableScopeHeaders, State
from litestar.exceptions import HTTPException
from litestar.middleware.session.client_side import ClientSideSessionBackend, CookieBackendConfig
from litestar.openapi import OpenAPIConfig
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.static_files import create_static_files_router
from litestar.template import TemplateConfig
from litestar.types import Message, Scope

from pst_core.refusal import PstError

from . import (
    api,
    applicant,
    case,
    counter,
    head,
    matters,
    mine,
    officer,
    signin,
    surveys,
    treasurer,
)
from .house import House, _now
from .settings import Settings, kept_secret
from .web import CSP, environment, on_error

__all__ = ["LARGEST", "portal"]

LARGEST = 64 * 1024 * 1024
"""Bytes of one form with its files. An office with larger products puts them into its blobs."""

_SIGNED_IN = 10 * 3600
"""Seconds after which one signs in again: a working day with its break."""

_STATIC = Path(__file__).parent / "static"


@get("/favicon.ico", media_type="image/svg+xml", sync_to_thread=False, include_in_schema=False)
def icon() -> bytes:
    """Return the icon that browsers ask for by themselves."""
    return (_STATIC / "icon.svg").read_bytes()


_HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class _Changed(ClientSideSessionBackend):
    """Sends the session back only by the answers that changed it.

    Else an icon or a page that is answered late brings back the session it was asked with, and
    whoever has signed in or out in between is nobody, or somebody, again.
    """

    async def store_in_message(
        self, scope_session: Any, message: Message, connection: ASGIConnection[Any, Any, Any, Any]
    ) -> None:
        if scope_session != await self.load_from_connection(connection):
            await super().store_in_message(scope_session, message, connection)


@dataclass
class _Sessions(CookieBackendConfig):
    _backend_class = _Changed


async def _strict(message: Message, scope: Scope) -> None:
    """Put the strict headers on every answer, those of errors and of static files too."""
    if message["type"] == "http.response.start":
        headers = MutableScopeHeaders.from_message(message)
        if scope["path"].startswith("/static/"):
            headers.setdefault("Cache-Control", "max-age=3600")
        for name, value in _HEADERS.items():
            headers.setdefault(name, value)


def portal(settings: Settings, clock: Callable[[], dt.datetime] = _now) -> Litestar:
    """Return the portal; what it stands on is opened now and closed when it shuts down."""
    house = House(settings, clock)
    secure = settings.secure_cookies
    session = _Sessions(
        secret=kept_secret(settings.data, "session.key"), key="pst", max_age=_SIGNED_IN,
        secure=secure, samesite="lax",
    )  # fmt: skip
    csrf = CSRFConfig(
        secret=kept_secret(settings.data, "csrf.key").hex(), cookie_secure=secure,
        cookie_httponly=True, cookie_samesite="lax",
    )  # fmt: skip
    static = create_static_files_router("/static", [_STATIC])
    people = (applicant, mine, case, officer, treasurer, counter, head)
    rooms = (*people, matters, surveys, api, signin)
    return Litestar(
        [*(route for room in rooms for route in room.ROUTES), icon, static],
        state=State({"house": house}),
        middleware=[session.middleware],
        csrf_config=csrf,
        template_config=TemplateConfig(
            instance=JinjaTemplateEngine.from_environment(environment())
        ),
        exception_handlers={PstError: on_error, HTTPException: on_error, Exception: on_error},
        before_send=[_strict],
        logging_config=None,
        on_shutdown=[house.close],
        request_max_body_size=LARGEST,
        openapi_config=OpenAPIConfig(title="Portal PST", version="1", path="/schema"),
    )
