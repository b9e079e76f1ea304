"""Digests of events, the audit log and checkpoints: schema 3 of ``pst_adapters.sql``."""

from typing import Any

from django.db import migrations, models

from pst_adapters.sql import chain_events


def _chain(apps: Any, editor: Any) -> None:
    """Give each event that is there its digest, and mark the schema."""
    with editor.connection.cursor() as cursor:

        def fetch(sql: str) -> list[Any]:
            cursor.execute(sql)
            return list(cursor.fetchall())

        def put(made: list[tuple[str, int]]) -> None:
            cursor.executemany("UPDATE pst_events SET digest = %s WHERE position = %s", made)

        chain_events(fetch, put)
    _mark(apps, editor, 3)


def _unchain(apps: Any, editor: Any) -> None:
    _mark(apps, editor, 2)


def _mark(apps: Any, editor: Any, schema: int) -> None:
    marks = apps.get_model("pst", "Mark").objects.using(editor.connection.alias)
    marks.filter(key="schema").update(value=schema)


class Migration(migrations.Migration):
    """From schema 2."""

    dependencies = [("pst", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="event",
            name="digest",
            field=models.TextField(db_default=""),
        ),
        migrations.CreateModel(
            name="AuditNote",
            fields=[
                ("place", models.BigIntegerField(primary_key=True, serialize=False)),
                ("barrier", models.BigIntegerField()),
                ("office", models.TextField()),
                ("at", models.BigIntegerField()),
                ("what", models.TextField()),
                ("actor", models.TextField()),
                ("role", models.TextField()),
                ("stream", models.TextField()),
                ("detail", models.TextField()),
                ("digest", models.TextField()),
            ],
            options={
                "db_table": "pst_audit",
                "indexes": [models.Index(fields=["office", "place"], name="pst_audit_office")],
            },
        ),
        migrations.CreateModel(
            name="Checkpoint",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "office",
                        "number",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("office", models.TextField()),
                ("number", models.BigIntegerField()),
                ("body", models.TextField()),
            ],
            options={"db_table": "pst_checkpoints"},
        ),
        migrations.RunPython(_chain, _unchain),
    ]
