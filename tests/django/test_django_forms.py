"""Forms made of commands, and users as actors."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import django_host
import pytest
from django.contrib.auth.models import AnonymousUser, Group, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import override_settings
from django.utils import translation

from pst_adapters.django import CommandForm, actor_of
from pst_core import request as rq
from pst_core.asking import asked
from pst_core.refusal import BadInput
from pst_core.testing.lives import file
from pst_core.workflow import Actor, Role


@pytest.fixture(autouse=True)
def site(tmp_path: Path) -> Iterator[None]:
    pst = {"OFFICE": "3317", "FILES": tmp_path / "files"}
    with django_host.default(tmp_path / "site.db"), override_settings(PST=pst):
        yield


PAID = {"paid_at": "2026-11-24T09:30", "bank": "BRI", "amount": "Rp224.000"}


def test_a_form_has_the_fields_of_its_command_and_makes_it() -> None:
    form = CommandForm(rq.ReportPayment, PAID)
    assert [name for name in form.fields if name != "once"] == [
        f.path for f in asked(rq.ReportPayment)
    ]
    assert form.is_valid(), form.errors
    assert form.value.amount == 224_000
    assert form.value.paid_at.isoformat() == "2026-11-24T09:30:00+07:00"
    assert form.value.proof is None


@pytest.mark.parametrize(("lang", "said"), [("id", "tidak dapat dibaca"), ("en", "cannot read")])
def test_what_cannot_be_read_is_told_at_its_field_and_stays_typed_in(lang: str, said: str) -> None:
    with translation.override(lang):
        form = CommandForm(rq.ReportPayment, PAID | {"amount": "banyak"})
        assert not form.is_valid()
        assert list(form.errors) == ["amount"]
        assert said in form.errors["amount"][0]
        assert 'value="banyak"' in str(form["amount"])
        assert 'value="BRI"' in str(form["bank"])


def test_what_the_host_gives_nobody_types_over() -> None:
    sent = {"judgement.officer": "Orang lain", "judgement.same_agreement": "on"}
    form = CommandForm(rq.AcceptAgreement, sent, given={"judgement.officer": "Ani Lestari"})
    assert "judgement.officer" not in form.fields
    assert form.is_valid()
    assert form.value.judgement.officer == "Ani Lestari"
    assert form.value.judgement.same_agreement
    assert not form.value.judgement.stamp_duty_paid


def test_a_file_is_kept_only_when_all_else_is_in_order() -> None:
    kept = []

    def keep(upload: SimpleUploadedFile) -> object:
        kept.append(upload.name)
        return file(upload.name)

    for amount, wanted in (("banyak", []), ("224000", ["bukti.pdf"])):
        files = {"proof": SimpleUploadedFile("bukti.pdf", b"%PDF-1.7")}
        form = CommandForm(rq.ReportPayment, PAID | {"amount": amount}, files, keep=keep)
        form.is_valid()
        assert kept == wanted
    assert form.value.proof.name == "bukti.pdf"


def test_a_form_bears_an_id_that_is_its_senders_alone() -> None:
    once = str(CommandForm(rq.AcceptOffer)["once"])
    assert once != str(CommandForm(rq.AcceptOffer)["once"])
    form = CommandForm(rq.AcceptOffer, {"once": "abc"})
    assert form.is_valid()
    assert form.command_id(Actor("7", Role.APPLICANT)) == "7/abc"


def test_a_group_gives_the_role() -> None:
    said = io.StringIO()
    for _ in range(2):
        call_command("pst_groups", stdout=said)
    assert Group.objects.count() == 4
    user = User.objects.create_user("ani", first_name="Ani", last_name="Lestari")
    assert actor_of(user) == Actor(str(user.pk), Role.APPLICANT, "Ani Lestari")
    for role in (Role.OFFICER, Role.TREASURER, Role.HEAD, Role.AUDITOR):
        user.groups.set([Group.objects.get(name=role.value)])
        assert actor_of(user).role is role
    user.groups.set(Group.objects.all())
    with pytest.raises(BadInput, match="two-roles"):
        actor_of(user)
    with pytest.raises(BadInput, match="not-signed-in"):
        actor_of(AnonymousUser())


def by_name(user: User) -> Actor:
    return Actor(user.username, Role.OFFICER)


def test_the_host_may_say_itself_who_acts() -> None:
    pst = {"OFFICE": "3317", "ACTOR": f"{__name__}.by_name"}
    user = User.objects.create_user("ani")
    with override_settings(PST=pst):
        assert actor_of(user) == Actor("ani", Role.OFFICER)
