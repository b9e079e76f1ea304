"""The tables at schema 2 of ``pst_adapters.sql``; written out, as every released migration is.

Django makes the tables. What it has no words for, the hand-out of positions on PostgreSQL
(decision 0103), is made below as the first Alembic revision makes it.
"""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

import pst_adapters.django.models

_ALLOCATE = """
CREATE FUNCTION pst_allocate(n bigint, OUT first bigint, OUT barrier bigint)
LANGUAGE plpgsql AS $$
DECLARE own bigint := pg_current_xact_id()::text::bigint;
BEGIN
  -- Sequences are outside of transactions: what another writer set is seen at once, at any
  -- isolation level. A transaction that took its id early (the host's) gets the barrier of the
  -- youngest that was here before.
  PERFORM pg_advisory_lock(5264213);
  SELECT greatest(own, last_value) INTO barrier FROM pst_barrier;
  PERFORM setval('pst_barrier', barrier);
  SELECT last_value + CASE WHEN is_called THEN 1 ELSE 0 END INTO first FROM pst_position;
  PERFORM setval('pst_position', first + n - 1);
  PERFORM pg_advisory_unlock(5264213);
END $$
"""
_MAKE = (
    "CREATE SEQUENCE pst_position",
    "CREATE SEQUENCE pst_barrier MINVALUE 0 START 0",
    _ALLOCATE,
)
_UNMAKE = (
    "DROP FUNCTION pst_allocate(bigint)",
    "DROP SEQUENCE pst_barrier",
    "DROP SEQUENCE pst_position",
)


def _on_postgresql(editor: Any, statements: tuple[str, ...]) -> None:
    if editor.connection.vendor == "postgresql":
        for statement in statements:
            editor.execute(statement)


def _make(apps: Any, editor: Any) -> None:
    """Make the hand-out, and mark the schema and that Django made it."""
    _on_postgresql(editor, _MAKE)
    marks = apps.get_model("pst", "Mark").objects.using(editor.connection.alias)
    marks.create(key="schema", value=2)
    marks.create(key="django", value=1)


def _unmake(_: Any, editor: Any) -> None:
    _on_postgresql(editor, _UNMAKE)


class Migration(migrations.Migration):
    """From an empty database."""

    initial = True

    dependencies: list[Any] = []

    operations = [
        migrations.CreateModel(
            name="Command",
            fields=[
                ("command_id", models.TextField(primary_key=True, serialize=False)),
                ("office", models.TextField()),
                ("fingerprint", models.TextField()),
                ("stream", models.TextField()),
                ("first_version", models.BigIntegerField()),
                ("version", models.BigIntegerField()),
            ],
            options={
                "db_table": "pst_commands",
            },
        ),
        migrations.CreateModel(
            name="Mark",
            fields=[
                ("key", models.TextField(primary_key=True, serialize=False)),
                ("value", models.BigIntegerField()),
            ],
            options={
                "db_table": "pst_meta",
            },
        ),
        migrations.CreateModel(
            name="Series",
            fields=[
                ("name", models.TextField(primary_key=True, serialize=False)),
                ("last", models.BigIntegerField()),
            ],
            options={
                "db_table": "pst_series",
            },
        ),
        migrations.CreateModel(
            name="Effect",
            fields=[
                ("place", models.BigAutoField(primary_key=True, serialize=False)),
                ("key", models.TextField()),
                ("stream", models.TextField()),
                ("kind", models.TextField()),
                ("body", models.TextField()),
                ("status", models.TextField()),
                ("attempt", models.IntegerField()),
                ("due", models.BigIntegerField()),
                ("lease_until", models.BigIntegerField(null=True)),
                ("worker", models.TextField()),
                ("result", models.TextField()),
                ("tries", models.IntegerField(db_default=0)),
            ],
            options={
                "db_table": "pst_effects",
                "indexes": [
                    models.Index(fields=["stream"], name="ix_pst_effects_stream"),
                    models.Index(fields=["lease_until", "place"], name="pst_effects_ready"),
                ],
                "constraints": [models.UniqueConstraint(fields=("key",), name="pst_effects_key")],
            },
        ),
        migrations.CreateModel(
            name="RegisterRow",
            fields=[
                (
                    "stream",
                    pst_adapters.django.models.BytewiseTextField(
                        primary_key=True, serialize=False, verbose_name="layanan"
                    ),
                ),
                ("procedure", models.TextField(verbose_name="prosedur")),
                ("office", models.TextField(verbose_name="kantor")),
                ("phase", models.TextField(verbose_name="tahap")),
                ("whose", models.TextField(verbose_name="giliran")),
                ("applicant", models.TextField()),
                ("title", models.TextField(verbose_name="pengguna layanan")),
                ("opened", models.BigIntegerField()),
                ("changed", models.BigIntegerField()),
                ("due", models.BigIntegerField(null=True)),
                ("wake", models.BigIntegerField(null=True)),
            ],
            options={
                "verbose_name": "layanan",
                "verbose_name_plural": "layanan",
                "db_table": "pst_register",
                "indexes": [
                    models.Index(fields=["wake"], name="ix_pst_register_wake"),
                    models.Index(fields=["office", "stream"], name="pst_register_office"),
                    models.Index(
                        fields=["office", "procedure", "stream"], name="pst_register_procedure"
                    ),
                    models.Index(fields=["office", "due"], name="pst_register_due"),
                    models.Index(fields=["office", "phase", "stream"], name="pst_register_phase"),
                    models.Index(fields=["office", "whose", "stream"], name="pst_register_whose"),
                    models.Index(
                        fields=["office", "applicant", "stream"], name="pst_register_applicant"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                ("position", models.BigIntegerField(primary_key=True, serialize=False)),
                ("barrier", models.BigIntegerField()),
                ("stream", models.TextField()),
                ("version", models.BigIntegerField()),
                ("name", models.TextField()),
                ("schema", models.IntegerField()),
                ("body", models.TextField()),
                ("at", models.BigIntegerField()),
                ("actor", models.TextField()),
                (
                    "command",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        to="pst.command",
                    ),
                ),
            ],
            options={
                "db_table": "pst_events",
                "constraints": [
                    models.UniqueConstraint(fields=("stream", "version"), name="pst_events_version")
                ],
            },
        ),
        migrations.RunPython(_make, _unmake),
    ]
