"""The store's tables as Django sees them: for migrations, the admin and reports.

They are the tables of ``pst_adapters.sql`` (a test compares them). Rows are written by the desk
alone, so a model refuses to be saved or deleted. Times are microseconds since 1970 UTC.
"""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models

from pst_core.refusal import BadInput
from pst_core.text import Text

from .words import in_language

__all__ = [
    "AuditNote",
    "Box",
    "Checkpoint",
    "Command",
    "Effect",
    "Event",
    "Mark",
    "PersonKey",
    "Reading",
    "RegisterRow",
    "Series",
]


def _refuse(self: Any, *_: Any, **__: Any) -> NoReturn:
    raise BadInput(
        "read-only-model",
        Text(
            id=f"{type(self).__name__} hanya dapat dibaca.",
            en=f"{type(self).__name__} is for reading only.",
        ),
        remedy=Text(
            id="Tulis lewat meja layanan: pst_adapters.django.desk().do(...).",
            en="Write through the desk: pst_adapters.django.desk().do(...).",
        ),
    )


class BytewiseTextField(models.TextField):
    """Text in byte order in every database: pages of the register come in one order everywhere."""

    def db_parameters(self, connection: Any) -> dict[str, Any]:
        """Return Django's parameters, with PostgreSQL's collation of bytes."""
        parameters: dict[str, Any] = super().db_parameters(connection)
        if connection.vendor == "postgresql":
            parameters["collation"] = "C"
        return parameters


class Mark(models.Model):
    """A number about the store itself: ``schema``, and when work was last ``asked`` for."""

    key = models.TextField(primary_key=True)
    value = models.BigIntegerField()

    save = delete = _refuse

    class Meta:
        db_table = "pst_meta"

    def __str__(self) -> str:
        return str(self.key)


class Command(models.Model):
    """A command id with what it led to."""

    command_id = models.TextField(primary_key=True)
    office = models.TextField()
    fingerprint = models.TextField()
    stream = models.TextField()
    first_version = models.BigIntegerField()
    version = models.BigIntegerField()

    save = delete = _refuse

    class Meta:
        db_table = "pst_commands"

    def __str__(self) -> str:
        return str(self.command_id)


class Event(models.Model):
    """What happened, append-only. ``barrier``: see decision 0103."""

    position = models.BigIntegerField(primary_key=True)
    barrier = models.BigIntegerField()
    stream = models.TextField()
    version = models.BigIntegerField()
    name = models.TextField()
    schema = models.IntegerField()
    body = models.TextField()
    at = models.BigIntegerField()
    actor = models.TextField()
    command = models.ForeignKey(Command, models.DO_NOTHING, db_index=False)
    digest = models.TextField(db_default="")

    save = delete = _refuse

    class Meta:
        db_table = "pst_events"
        constraints = (
            models.UniqueConstraint(fields=("stream", "version"), name="pst_events_version"),
        )

    def __str__(self) -> str:
        return f"{self.stream}/{self.version}"


class Effect(models.Model):
    """Something to be done outside, with its lease."""

    place = models.BigAutoField(primary_key=True)
    key = models.TextField()
    stream = models.TextField()
    kind = models.TextField()
    body = models.TextField()
    status = models.TextField()
    attempt = models.IntegerField()
    due = models.BigIntegerField()
    lease_until = models.BigIntegerField(null=True)
    worker = models.TextField()
    result = models.TextField()
    tries = models.IntegerField(db_default=0)

    save = delete = _refuse

    class Meta:
        db_table = "pst_effects"
        constraints = (models.UniqueConstraint(fields=("key",), name="pst_effects_key"),)
        indexes = (
            models.Index(fields=("stream",), name="ix_pst_effects_stream"),
            models.Index(fields=("lease_until", "place"), name="pst_effects_ready"),
        )

    def __str__(self) -> str:
        return str(self.key)


class RegisterRow(models.Model):
    """Where one case stands; rewritten with each command."""

    stream = BytewiseTextField(in_language("layanan", "case"), primary_key=True)
    procedure = models.TextField(in_language("prosedur", "procedure"))
    office = models.TextField(in_language("kantor", "office"))
    phase = models.TextField(in_language("tahap", "phase"))
    whose = models.TextField(in_language("giliran", "whose turn"))
    applicant = models.TextField()
    title = models.TextField(in_language("pengguna layanan", "applicant"))
    opened = models.BigIntegerField()
    changed = models.BigIntegerField()
    due = models.BigIntegerField(null=True)
    wake = models.BigIntegerField(null=True)

    save = delete = _refuse

    class Meta:
        db_table = "pst_register"
        verbose_name = in_language("layanan", "case")
        verbose_name_plural = in_language("layanan", "cases")
        indexes = (
            models.Index(fields=("wake",), name="ix_pst_register_wake"),
            models.Index(fields=("office", "stream"), name="pst_register_office"),
            models.Index(fields=("office", "procedure", "stream"), name="pst_register_procedure"),
            models.Index(fields=("office", "due"), name="pst_register_due"),
            models.Index(fields=("office", "phase", "stream"), name="pst_register_phase"),
            models.Index(fields=("office", "whose", "stream"), name="pst_register_whose"),
            models.Index(fields=("office", "applicant", "stream"), name="pst_register_applicant"),
        )

    def __str__(self) -> str:
        return str(self.stream)


class Series(models.Model):
    """The last number taken from a series without gaps."""

    name = models.TextField(primary_key=True)
    last = models.BigIntegerField()

    save = delete = _refuse

    class Meta:
        db_table = "pst_series"

    def __str__(self) -> str:
        return str(self.name)


class AuditNote(models.Model):
    """Something that was refused, seen or let in: append-only, without personal data."""

    place = models.BigIntegerField(primary_key=True)
    barrier = models.BigIntegerField()
    office = models.TextField()
    at = models.BigIntegerField()
    what = models.TextField()
    actor = models.TextField()
    role = models.TextField()
    stream = models.TextField()
    detail = models.TextField()
    digest = models.TextField()

    save = delete = _refuse

    class Meta:
        db_table = "pst_audit"
        indexes = (models.Index(fields=("office", "place"), name="pst_audit_office"),)

    def __str__(self) -> str:
        return f"{self.place} {self.what}"


class Checkpoint(models.Model):
    """What an office's events and notes were when they were sealed, as JSON."""

    pk = models.CompositePrimaryKey("office", "number")
    office = models.TextField()
    number = models.BigIntegerField()
    body = models.TextField()

    save = delete = _refuse

    class Meta:
        db_table = "pst_checkpoints"

    def __str__(self) -> str:
        return f"{self.office}/{self.number}"


class PersonKey(models.Model):
    """A person's key under the office's; empty once it was destroyed."""

    pk = models.CompositePrimaryKey("person", "kind")
    person = models.TextField()
    kind = models.TextField()
    office = models.TextField()
    lookup = models.TextField()
    wrapped = models.TextField()
    until = models.BigIntegerField(null=True)
    reason = models.TextField()

    save = delete = _refuse

    class Meta:
        db_table = "pst_persons"
        constraints = (
            models.UniqueConstraint(
                fields=("office", "kind", "lookup"),
                condition=~models.Q(lookup=""),
                name="pst_persons_lookup",
            ),
        )

    def __str__(self) -> str:
        return f"{self.person}/{self.kind}"


class Box(models.Model):
    """Texts of one person, as ciphertext."""

    ref = BytewiseTextField(primary_key=True)
    stream = models.TextField()
    person = models.TextField()
    kind = models.TextField()
    text = models.TextField()

    save = delete = _refuse

    class Meta:
        db_table = "pst_boxes"
        indexes = (models.Index(fields=("person", "ref"), name="pst_boxes_person"),)

    def __str__(self) -> str:
        return str(self.ref)


class Reading(models.Model):
    """Somebody was shown personal data."""

    place = models.BigAutoField(primary_key=True)
    at = models.BigIntegerField()
    office = models.TextField()
    stream = models.TextField()
    reader = models.TextField()
    role = models.TextField()
    view = models.TextField()
    saw = models.TextField()

    save = delete = _refuse

    class Meta:
        db_table = "pst_readings"
        indexes = (models.Index(fields=("office", "stream"), name="pst_readings_stream"),)

    def __str__(self) -> str:
        return f"{self.stream}/{self.place}"
