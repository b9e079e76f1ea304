"""A whole Django host: its desk, its worker with Django's mail, and the register in the admin."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import attrs
import django_host
import pytest
from django.contrib.auth.models import Group, Permission, User
from django.core.management import CommandError, call_command
from django.db import connections
from django.db.backends.signals import connection_created
from django.test import Client, override_settings
from django.utils import translation

from pst_adapters.django import DjangoStore, desk
from pst_core import request as rq
from pst_core.desk import Desk
from pst_core.desk.ports import EffectStatus
from pst_core.office import Office
from pst_core.refusal import BadInput, NotFound
from pst_core.tariff import Publication
from pst_core.testing.lives import APPLICANT, carry, person
from pst_core.workflow import Actor, Role

TO_OFFER = (
    rq.AcceptTerms, rq.ChooseProducts, rq.CompleteForm, rq.FileRequest, rq.PrepareProducts,
    rq.SendOffer,
)  # fmt: skip


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Path]:
    """Give the folder of a host whose default database and mail folder are there."""
    with (
        django_host.default(tmp_path / "site.db"),
        override_settings(
            PST={"OFFICE": "3317", "FILES": tmp_path / "files"},
            **django_host.mail_settings(
                "django.core.mail.backends.filebased.EmailBackend",
                file_path=str(tmp_path / "mail"),
            ),
        ),
    ):
        yield tmp_path


def offered() -> str:
    stream = desk().open(rq.OpenRequest(person()), by=APPLICANT).stream
    carry(desk(), stream, TO_OFFER, products=(Publication("Rembang Dalam Angka", pages=312),))
    return stream


def test_the_settings_make_the_desk(site: Path) -> None:
    ours = desk()
    assert ours.office.code == "3317"
    assert isinstance(ours.store, DjangoStore)
    assert ours.store is desk().store
    with override_settings(PST={"OFFICE": "0000"}), pytest.raises(NotFound):
        desk()
    with override_settings(PST={"OFFICE": "3317", "DATABASE": "x"}), pytest.raises(BadInput):
        desk()


def test_the_worker_mails_by_django_and_keeps_the_papers(site: Path) -> None:
    stream = offered()
    said = io.StringIO()
    call_command("pst_work", once=True, stdout=said)
    lines = said.getvalue().splitlines()
    assert len(lines) == 5, lines
    assert all(line.startswith("done") for line in lines), lines
    assert {e.status for e in desk().store.effects(stream)} == {EffectStatus.DONE}
    texts = "".join(p.read_text("utf-8") for p in (site / "mail").iterdir())
    messages = [
        email.message_from_string(text, policy=email.policy.default)
        for text in texts.split("-" * 79 + "\n")
        if text.strip()
    ]
    assert [m["To"] for m in messages].count("siti@example.org") == 2
    papers = [a for m in messages for a in m.iter_attachments()]
    assert papers
    assert all(a.get_payload(decode=True).startswith(b"%PDF") for a in papers)
    assert list((site / "files").rglob("*"))
    said = io.StringIO()
    call_command("pst_work", once=True, stdout=said)
    assert said.getvalue() == "", "nothing is done twice"


def test_no_effect_leaves_a_connection_open(site: Path) -> None:
    # each is carried out in a thread of its own, and a connection of Django belongs to a thread
    offered()
    made: list[Any] = []

    def note(connection: Any, **_: Any) -> None:
        made.append(connection)

    connection_created.connect(note)
    try:
        call_command("pst_work", once=True, stdout=io.StringIO())
    finally:
        connection_created.disconnect(note)
    of_effects = [one for one in made if one is not connections["default"]]
    assert len(of_effects) == 5
    assert [one for one in of_effects if one.connection is not None] == []


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"OFFICE": "3317"}, "FILES"),
        ({"OFFICE": "3317", "FILES": "f", "RENDERER": "no.such.thing"}, "no.such.thing"),
        ({"OFFICE": "3317", "BLOBS": "nothing"}, "nothing"),
    ],
)
def test_a_worker_that_cannot_be_made_says_why(site: Path, wrong: Any, told: str) -> None:
    with override_settings(PST=wrong), pytest.raises(CommandError, match=told):
        call_command("pst_work", once=True)


@pytest.mark.slow
def test_the_worker_goes_on_until_it_is_told_to_stop(site: Path) -> None:
    script = f"""
import sys
sys.path[:0] = {sys.path!r}
from pathlib import Path
import django_host
from django.conf import settings
django_host.declare("default", django_host.sqlite(Path({str(site / "site.db")!r})))
settings.PST = {{
    "OFFICE": "3317",
    "BLOBS": "pst_adapters.files.MemoryBlobs",
    "RENDERER": "pst_adapters.pdf.TypstRenderer",
}}
for name, value in django_host.mail_settings(
    "django.core.mail.backends.dummy.EmailBackend"
).items():
    setattr(settings, name, value)
django_host.call_command("pst_work", every=0.05)
"""
    process = subprocess.Popen([sys.executable, "-c", script], env=dict(os.environ))
    try:
        stream = offered()
        end = time.monotonic() + 60
        while {e.status for e in desk().store.effects(stream)} != {EffectStatus.DONE}:
            assert process.poll() is None
            assert time.monotonic() < end
            time.sleep(0.05)
    finally:
        process.send_signal(signal.SIGTERM)
        code = process.wait(60)
    assert code == 0


@pytest.mark.parametrize(("lang", "name"), [("en", "accept"), ("id", "setuju")])
def test_the_view_of_the_documentation_runs_as_it_stands(site: Path, lang: str, name: str) -> None:
    page = (Path(__file__).parents[2] / f"docs/{lang}/django.md").read_text("utf-8")
    (view,) = [b.split("```")[0] for b in page.split("```python\n")[1:] if f"def {name}" in b]

    def keep(user: Any, stream: str) -> None:
        Group.objects.create(name=stream)

    host_model = SimpleNamespace(objects=SimpleNamespace(create=keep))
    names: dict[str, Any] = {
        "Visit": host_model,
        "Kunjungan": host_model,
        "render": lambda request, template, context: context,
        "redirect": lambda *to: to,
    }
    exec(view, names)  # noqa: S102 - our own page
    user = User.objects.create_user("warga-1")
    by = Actor(str(user.pk), Role.APPLICANT, "Siti")
    applicant = attrs.evolve(person(), id=by.id)
    stream = desk().open(rq.OpenRequest(applicant), by=by).stream
    request = SimpleNamespace(user=user, POST={"id": "accept-1"})
    assert names[name](request, stream)[1] == stream
    assert len(desk().history(stream)) == 2
    request.POST = {"id": "accept-2"}
    (said,) = names[name](request, stream).values()
    assert said
    assert Group.objects.count() == 1, "the refused one left no row of the host"


# The admin.


def officer(*names: str, superuser: bool = False) -> Client:
    user = User.objects.create_user("petugas", is_staff=True, is_superuser=superuser)
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    client = Client()
    client.force_login(user)
    return client


def test_the_admin_shows_the_work_list_by_due_date_and_whose_turn(site: Path) -> None:
    late = Desk(
        Office.load("3317"),
        DjangoStore(),
        clock=lambda: dt.datetime(2026, 1, 5, 9, tzinfo=Office.load("3317").calendar.zone),
    )
    first = late.open(rq.OpenRequest(person()), by=APPLICANT).stream
    carry(late, first, TO_OFFER[:4], products=(Publication("Rembang", pages=9),))
    second = offered()
    client = officer("view_registerrow")
    page = client.get("/admin/pst/registerrow/").content.decode()
    assert page.index(first) < page.index(second), "what is due first stands first"
    assert "terlambat" in page
    assert "petugas" in page
    assert "Siti Rahmawati" in page
    only = client.get("/admin/pst/registerrow/?whose=applicant").content.decode()
    assert second in only
    assert first not in only
    found = client.get("/admin/pst/registerrow/?q=Siti").content.decode()
    assert second in found
    page = client.get("/admin/pst/registerrow/", headers={"accept-language": "en"}).content
    assert b"overdue" in page
    assert b"whose turn" in page.lower()


def test_with_an_office_key_the_site_seals_and_still_shows_who_it_is(site: Path) -> None:
    pytest.importorskip("cryptography")
    from pst_adapters.vault import FileKeys

    keys = FileKeys.make(site / "office.key").path
    with override_settings(PST={"OFFICE": "3317", "FILES": site / "files", "KEYS": keys}):
        stream = offered()
        call_command("pst_work", once=True, stdout=io.StringIO())
        client = officer("view_registerrow")
        assert "Siti Rahmawati" in client.get("/admin/pst/registerrow/").content.decode()
        page = client.get(f"/admin/pst/registerrow/{stream}/change/").content.decode()
        assert "Siti Rahmawati" in page
        assert "siti@example.org" in page
    with connections["default"].cursor() as cursor:
        for table in ("pst_events", "pst_register", "pst_effects", "pst_boxes"):
            rows = repr(cursor.execute(f"SELECT * FROM {table}").fetchall())
            assert "Siti" not in rows
            assert "siti@" not in rows
    for file in (site / "files").rglob("*"):
        assert not file.is_file() or not file.read_bytes().startswith(b"%PDF")


def test_the_admin_shows_a_history_with_what_left_the_house(site: Path) -> None:
    stream = offered()
    client = officer("view_registerrow")
    page = client.get(f"/admin/pst/registerrow/{stream}/change/").content.decode()
    with translation.override("id"):
        for entry in desk().history(stream):
            assert entry.step.clause in page
            assert entry.step.title.id in page
    assert "7/mail/applicant" in page
    assert "<script>alert" not in page


def test_what_people_typed_is_shown_as_text(site: Path) -> None:
    nasty = attrs.evolve(person(), name="<script>alert(1)</script>")
    stream = desk().open(rq.OpenRequest(nasty), by=APPLICANT).stream
    client = officer("view_registerrow")
    for page in ("/admin/pst/registerrow/", f"/admin/pst/registerrow/{stream}/change/"):
        text = client.get(page).content.decode()
        assert "&lt;script&gt;alert(1)" in text
        assert "<script>alert(1)" not in text


def test_nobody_writes_through_the_admin(site: Path) -> None:
    stream = offered()
    client = officer(superuser=True)
    place = f"/admin/pst/registerrow/{stream}"
    before = desk().store.summary(stream)
    assert client.get("/admin/pst/registerrow/add/").status_code == 403
    assert client.post(f"{place}/change/", {"phase": "paid"}).status_code == 403
    assert client.post(f"{place}/delete/", {"post": "yes"}).status_code == 403
    assert client.post(
        "/admin/pst/registerrow/", {"action": "delete_selected", "_selected_action": stream}
    ).status_code in (200, 302, 403)
    assert desk().store.summary(stream) == before
    assert client.get(f"{place}/change/").status_code == 200


def test_who_may_not_look_sees_nothing(site: Path) -> None:
    stream = offered()
    client = officer()
    for page in ("/admin/pst/registerrow/", f"/admin/pst/registerrow/{stream}/change/"):
        assert client.get(page).status_code == 403
