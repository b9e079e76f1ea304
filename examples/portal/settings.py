"""How one portal is set up: from the command line and the environment, nowhere else."""

from __future__ import annotations

import contextlib
import os
import secrets
import tempfile
from pathlib import Path

import attrs

__all__ = ["Oidc", "Settings", "kept_secret"]


@attrs.frozen
class Oidc:
    """The host's identity provider. ``roles_claim`` lists what a person is, in its own words."""

    issuer: str
    client_id: str
    client_secret: str = ""
    roles_claim: str = "roles"


@attrs.frozen
class Settings:
    """One portal. Without ``oidc`` it has the demonstration sign-in, where anybody is anybody."""

    data: Path
    office: str = "3317"
    db: str = ""
    """Address of a database; empty: SQLite in ``data``."""
    url: str = "http://127.0.0.1:8000"
    """How browsers reach it."""
    oidc: Oidc | None = None
    treasury: str = ""
    """Address of the gateway to the treasury, for an office whose profile says ``http``."""
    treasury_token: str = attrs.field(default="", repr=False)

    @property
    def key_file(self) -> Path:
        """The office key, which opens the personal data."""
        return self.data / "pst.db.key"

    @property
    def demonstration(self) -> bool:
        """Whether people are invented, and a simulated treasury takes the payments."""
        return self.oidc is None

    @property
    def secure_cookies(self) -> bool:
        """Cookies are for TLS alone; a browser takes its own machine for as safe."""
        return not self.url.startswith("http://") or "//127.0.0.1" in self.url


def kept_secret(data: Path, name: str) -> bytes:
    """Return 32 secret bytes that outlive the process: sign-ins survive a restart."""
    place = data / name
    if not place.exists():
        data.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=data) as made:  # for its owner alone
            made.write(secrets.token_bytes(32))
            made.flush()
            with contextlib.suppress(FileExistsError):  # two that start at once keep one secret
                os.link(made.name, place)
    return place.read_bytes()
