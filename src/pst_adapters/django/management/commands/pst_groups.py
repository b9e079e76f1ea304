"""``manage.py pst_groups``: one group for each role of the office."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group, Permission
from django.core.management.base import BaseCommand

from ...people import STAFF


class Command(BaseCommand):
    """Make the groups; one that is there keeps what it may do beside."""

    help = (
        "Buat grup officer, treasurer, head dan auditor, yang boleh melihat daftar layanan. / "
        "Make the groups officer, treasurer, head and auditor, who may look at the register."
    )

    def handle(self, *_: Any, **__: Any) -> None:
        """Make what is not there yet."""
        looks = Permission.objects.get(content_type__app_label="pst", codename="view_registerrow")
        for role in STAFF:
            group, made = Group.objects.get_or_create(name=role.value)
            group.permissions.add(looks)
            self.stdout.write(f"{'+' if made else '='} {role.value} ({role.text.id})")
