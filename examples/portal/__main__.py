"""``python -m examples.portal``: the portal of one office, on this machine."""

from __future__ import annotations

import argparse
import os
import socket
from pathlib import Path

import uvicorn

from .app import portal
from .settings import Oidc, Settings


def main() -> None:
    """Start the portal and serve it until it is stopped."""
    ask = argparse.ArgumentParser(prog="python -m examples.portal", description=__doc__)
    ask.add_argument("--data", type=Path, default=Path("pst-portal"), help="where all is kept")
    ask.add_argument("--office", default="3317", help="code, or a profile of your own (.toml)")
    ask.add_argument("--db", default="", help="postgresql+psycopg://... instead of SQLite")
    ask.add_argument("--host", default="127.0.0.1")
    ask.add_argument("--port", type=int, default=8000)
    ask.add_argument("--url", default="", help="how browsers reach it, if behind a proxy")
    given = ask.parse_args()
    oidc = None
    if issuer := os.environ.get("PORTAL_OIDC_ISSUER"):
        oidc = Oidc(
            issuer, os.environ["PORTAL_OIDC_CLIENT"], os.environ.get("PORTAL_OIDC_SECRET", ""),
            os.environ.get("PORTAL_OIDC_ROLES", "roles"),
        )  # fmt: skip
    if oidc is None and given.host not in ("127.0.0.1", "localhost", "::1"):
        ask.error("a demonstration, where anybody is anybody, is for this machine alone. "
                  "Set PORTAL_OIDC_ISSUER and PORTAL_OIDC_CLIENT for others.")  # fmt: skip
    url = given.url or f"http://127.0.0.1:{given.port}"
    settings = Settings(
        given.data, given.office, given.db, url.rstrip("/"), oidc,
        os.environ.get("PORTAL_TREASURY", ""), os.environ.get("PORTAL_TREASURY_TOKEN", ""),
    )  # fmt: skip
    server = uvicorn.Server(
        uvicorn.Config(portal(settings), log_level="warning", proxy_headers=False)
    )
    with socket.create_server((given.host, given.port)) as listener:
        print(f"Portal: {url}  ({given.data}/)", flush=True)
        print(f"Back up {settings.key_file}, apart from the database: "
              "without it nobody can read the personal data again.", flush=True)  # fmt: skip
        server.run([listener])


main()
