"""The Django app: its name, its label ``pst`` and what it hooks into."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from .words import in_language

__all__ = ["PstConfig"]


class PstConfig(AppConfig):
    """``INSTALLED_APPS = [..., "pst_adapters.django"]``."""

    name = "pst_adapters.django"
    label = "pst"
    verbose_name = in_language("Pelayanan Statistik Terpadu", "Integrated Statistical Services")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the system checks, and look after every migration whose server this is."""
        from . import checks  # noqa: F401 - importing registers them

        post_migrate.connect(_look_after_a_restore, sender=self)


def _look_after_a_restore(using: str, **_: Any) -> None:
    from .database import DjangoDatabase
    from .restored import forget_another_server_in

    if DjangoDatabase(using).dialect == "postgresql":
        forget_another_server_in(using)
