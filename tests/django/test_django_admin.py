"""The register in the admin tells nobody more than their role may see, by filter or order."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import attrs
import django_host
import pytest
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.test import Client, override_settings

from pst_adapters.django import desk
from pst_core import request as rq
from pst_core.testing.lives import person
from pst_core.workflow import Actor, Role

LIST = "/admin/pst/registerrow/"
PEOPLE = {"zainal@example.org": "Ahmad Zainal", "adi@example.org": "Zulaikha Adi"}


@pytest.fixture
def streams(tmp_path: Path) -> Iterator[list[str]]:
    """Give two cases whose applicants the host knows by their addresses."""
    pst = {"OFFICE": "3317", "FILES": tmp_path / "files"}
    with django_host.default(tmp_path / "site.db"), override_settings(PST=pst):
        call_command("pst_groups", verbosity=0, stdout=io.StringIO())
        found = []
        for key, name in PEOPLE.items():
            who = attrs.evolve(person(), id=key, name=name, email=key)
            by = Actor(key, Role.APPLICANT, name)
            found.append(desk().open(rq.OpenRequest(who), by=by).stream)
        yield found


def staff(*groups: str) -> Client:
    user = User.objects.create_user("petugas", is_staff=True)
    user.groups.set(Group.objects.filter(name__in=groups))
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize("group", ["officer", "auditor"])
@pytest.mark.parametrize(
    "lookup",
    [
        "applicant=zainal@example.org", "applicant__startswith=z", "applicant__regex=^z",
        "title__startswith=Ahmad", "title=Ahmad Zainal", "wake__isnull=1", "changed__gt=0",
        "stream__startswith=request", "whose__startswith=a", "procedure__startswith=r",
    ],
)  # fmt: skip
def test_the_address_of_the_page_asks_no_column(
    streams: list[str], group: str, lookup: str
) -> None:
    assert staff(group).get(f"{LIST}?{lookup}").status_code == 400


def test_the_filters_that_are_offered_still_filter(streams: list[str]) -> None:
    client = staff("officer")
    for chosen in ("procedure=request", "office=3317", "phase=DRAFT", "whose=applicant"):
        page = client.get(f"{LIST}?{chosen}").content.decode()
        assert all(stream in page for stream in streams), chosen
    page = client.get(f"{LIST}?procedure=visit").content.decode()
    assert not any(stream in page for stream in streams)


@pytest.mark.parametrize("group", ["officer", "auditor"])
def test_no_order_tells_who_it_is(streams: list[str], group: str) -> None:
    client = staff(group)
    for order in [f"{sign}{n}" for n in (2, "title", "applicant") for sign in ("", "-")]:
        if group == "auditor" and order in ("2", "-2"):
            continue  # their second column is the phase
        page = client.get(f"{LIST}?o={order}").content.decode()
        assert page.index(streams[0]) < page.index(streams[1]), order


def test_a_search_is_not_answered_from_columns_that_are_not_shown(streams: list[str]) -> None:
    for text in ("zainal@", "example.org"):
        assert streams[0] not in staff_page(streams, "officer", text)
    assert streams[0] in staff_page(streams, "officer", "Ahmad")
    assert streams[0] not in staff_page(streams, "auditor", "Ahmad")


def staff_page(streams: list[str], group: str, text: str) -> str:
    User.objects.all().delete()
    return staff(group).get(f"{LIST}?q={text}").content.decode()


@pytest.mark.parametrize(
    ("groups", "named", "mailed"),
    [
        (["officer"], True, True), (["treasurer"], True, True), (["head"], True, False),
        (["auditor"], False, False), (["officer", "treasurer"], False, False),
    ],
)  # fmt: skip
def test_a_role_sees_in_the_admin_what_it_may_see(
    streams: list[str], groups: list[str], named: bool, mailed: bool
) -> None:
    desk().do(streams[0], rq.CancelRequest(), by=Actor("zainal@example.org", Role.APPLICANT))
    work_off()
    client = staff(*groups)
    listed = client.get(LIST).content.decode()
    page = client.get(f"{LIST}{streams[0]}/change/").content.decode()
    assert streams[0] in listed
    assert ("Ahmad Zainal" in listed, "Ahmad Zainal" in page) == (named, named)
    assert ("zainal@example.org" in page) == mailed
    assert "X1" in page


def work_off() -> None:
    backend = "django.core.mail.backends.locmem.EmailBackend"
    with override_settings(**django_host.mail_settings(backend)):
        call_command("pst_work", once=True, stdout=io.StringIO())
