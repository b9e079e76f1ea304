"""Packages that we are compared with: loaded if they are here, and noted if they are not."""

from __future__ import annotations

import importlib
import importlib.metadata
from typing import Any

__all__ = ["missing", "peer", "version"]

_DISTRIBUTIONS = {"statemachine": "python-statemachine", "openfisca_core": "openfisca-core",
                  "fpdf": "fpdf2"}  # fmt: skip
_missing: dict[str, None] = {}


def peer(module: str) -> Any:
    """Return ``module``, or None if a package that it needs is not installed."""
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        top = (error.name or module).split(".")[0]
        _missing[_DISTRIBUTIONS.get(top, top)] = None
        return None


def missing() -> tuple[str, ...]:
    """Return the packages that were asked for and are not installed."""
    return tuple(_missing)


def version(package: str) -> str:
    """Return the installed version of a distribution, or ``""``."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""
