"""Persons apart from history, as revision 0004 of ``pst_adapters.sql`` makes them."""

from typing import Any

from django.db import migrations, models

import pst_adapters.django.models


def _mark(schema: int) -> Any:
    def mark(apps: Any, editor: Any) -> None:
        marks = apps.get_model("pst", "Mark").objects.using(editor.connection.alias)
        marks.filter(key="schema").update(value=schema)

    return mark


class Migration(migrations.Migration):
    """From schema 3 to schema 4."""

    dependencies = [("pst", "0002_evidence")]

    operations = [
        migrations.CreateModel(
            name="PersonKey",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "person",
                        "kind",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("person", models.TextField()),
                ("kind", models.TextField()),
                ("office", models.TextField()),
                ("lookup", models.TextField()),
                ("wrapped", models.TextField()),
                ("until", models.BigIntegerField(null=True)),
                ("reason", models.TextField()),
            ],
            options={
                "db_table": "pst_persons",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("lookup", ""), _negated=True),
                        fields=("office", "kind", "lookup"),
                        name="pst_persons_lookup",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Box",
            fields=[
                (
                    "ref",
                    pst_adapters.django.models.BytewiseTextField(primary_key=True, serialize=False),
                ),
                ("stream", models.TextField()),
                ("person", models.TextField()),
                ("kind", models.TextField()),
                ("text", models.TextField()),
            ],
            options={
                "db_table": "pst_boxes",
                "indexes": [models.Index(fields=["person", "ref"], name="pst_boxes_person")],
            },
        ),
        migrations.CreateModel(
            name="Reading",
            fields=[
                ("place", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.BigIntegerField()),
                ("office", models.TextField()),
                ("stream", models.TextField()),
                ("reader", models.TextField()),
                ("role", models.TextField()),
                ("view", models.TextField()),
                ("saw", models.TextField()),
            ],
            options={
                "db_table": "pst_readings",
                "indexes": [models.Index(fields=["office", "stream"], name="pst_readings_stream")],
            },
        ),
        migrations.RunPython(_mark(4), _mark(3)),
    ]
