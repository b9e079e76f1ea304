"""What people do on the small Django site, by its forms; run by Django's own test runner.

``test_examples_django_site.py`` starts it in a process with the site's settings.
"""

from __future__ import annotations

import io
import re

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client, TransactionTestCase, override_settings
from shop.management.commands.demo import CATALOGUE, people
from shop.models import Item, Order
from shop.service import open_for, product

from pst_adapters.cli.goods import product_file
from pst_adapters.django import desk

NIK = "3317064505900001"


def scanned(paper: bytes) -> bytes:
    """Return the paper as a scanner gives it back: a picture a page, without text."""
    import pypdfium2

    with pypdfium2.PdfDocument(paper) as found:
        pages = [page.render(scale=1.5).to_pil().convert("L") for page in found]
    out = io.BytesIO()
    pages[0].save(out, "PDF", save_all=True, append_images=pages[1:])
    return out.getvalue()


@override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"])
class Site(TransactionTestCase):
    """The site with its people and its catalogue."""

    def setUp(self) -> None:
        call_command("pst_groups", stdout=io.StringIO())
        people("only-for-tests-1")
        for title, kind, size in CATALOGUE:
            Item.objects.create(title=title, kind=kind, size=size)
        self.who = {}
        for user in User.objects.all():
            self.who[user.username] = Client(headers={"accept-language": "id"})
            self.who[user.username].force_login(user)
        self.stream = ""

    def order(self, title: str, who: str = "siti", **more: str) -> Order:
        item = Item.objects.get(title=title)
        sent = {"agree": "on", "once": "one"} | more
        answer = self.who[who].post(f"/pesan/{item.pk}/", sent)
        assert answer.status_code == 302, answer.content.decode()
        made = Order.objects.latest("pk")
        self.stream = made.stream
        return made

    def page(self, who: str) -> str:
        answer = self.who[who].get(f"/layanan/{self.stream}/")
        assert answer.status_code == 200
        return answer.content.decode()

    def send(self, who: str, command: str, **fields: object):
        """Fill in the form as the page gives it, ``fields`` typed over it, and send it."""
        page = self.page(who)
        assert f'value="{command}"' in page, f"{who} is offered no {command}"
        form = next(f for f in page.split("<form")[1:] if f'value="{command}"' in f)
        sent = dict(re.findall(r'<input[^>]*?name="([^"]+)" value="([^"]*)"', form))
        return self.who[who].post(f"/layanan/{self.stream}/", sent | fields)

    def act(self, who: str, command: str, **fields: object) -> None:
        answer = self.send(who, command, **fields)
        said = re.findall(r"errorlist.*?</ul>", answer.content.decode(), re.S)
        assert answer.status_code == 302, (command, said)

    def bill(self, serial: str) -> None:
        at = desk().office.local(desk().clock())
        code, issued_at = f"8{at:%Y%m%d}{serial}", f"{at:%Y-%m-%dT%H:%M}"
        self.act("made", "IssueBilling", code=code, issued_at=issued_at)

    def file(self, name: str, data: bytes) -> SimpleUploadedFile:
        return SimpleUploadedFile(name, data)

    def work(self) -> None:
        call_command("pst_work", once=True, stdout=io.StringIO())

    def phase(self) -> str:
        return str(desk().state(self.stream).phase)


class Walk(Site):
    """A request for microdata, from S6 to S23."""

    def test_S6_to_S23_by_the_forms_of_the_site(self) -> None:
        from pst_adapters.pdf.plain import plain_page

        order = self.order("Susenas 2025 (data mikro)")
        clauses = [e.step.clause for e in desk().history(self.stream)]
        assert clauses == ["S6", "S7", "S8"]
        self.act("siti", "CompleteForm", purpose="Penelitian", period="2025")
        card = self.file("ktp.pdf", plain_page("KTP", "rekaan"))
        self.act("siti", "HandInDocument", number=NIK, file=card)
        self.act("siti", "FileAbstraction", **{
            "abstraction.title": "Kesejahteraan", "abstraction.institution": "Universitas",
            "abstraction.purpose": "Penelitian", "abstraction.method": "Analisis berbobot",
            "abstraction.data_asked": "Susenas 2025 (data mikro)", "abstraction.period": "2025",
            "abstraction.region": "Kabupaten Rembang", "abstraction.outputs": "Artikel",
        })  # fmt: skip
        self.act("siti", "FileRequest")
        self.act("ani", "VerifyAbstraction", note="Sesuai.")
        name, data = product_file(product(order.item), seed=1)
        self.act("ani", "PrepareProducts", files=self.file(name, data))
        sample = self.file("contoh.csv", b"psu,strata\n" + b"1,2\n" * 20)
        self.act("ani", "SendOffer", sample=sample)
        self.work()
        page = self.page("siti")
        assert name not in page, "no product before it is paid"
        self.act("siti", "AcceptOffer")
        self.bill("000123")
        self.act("siti", "ReportPayment", bank="BRI")
        self.act("made", "ConfirmPayment", ntpn="ABCDEF1234567890", ntb="123456789012")
        paper = self.download("siti", "perjanjian penggunaan data")
        self.act("siti", "SignAgreement", file=self.file("sppd.pdf", scanned(paper)))
        ticks = {"judgement.same_agreement": "on", "judgement.signed_by_both": "on"}
        refused = self.send("ani", "AcceptAgreement", **ticks)
        self.assertContains(refused, "Bea meterai tidak atau kurang", status_code=422)
        self.assertContains(refused, 'judgement.signed_by_both" checked', status_code=422)
        self.act("ani", "AcceptAgreement", **ticks, **{"judgement.stamp_duty_paid": "on"})
        self.act("made", "IssueReceipt")
        self.act("ani", "DeliverProducts")
        self.work()
        assert self.download("siti", "produk") == data
        self.act("siti", "ApproveDelivery")
        refused = self.send("siti", "RateService", stars="7", comment="Sangat membantu")
        self.assertContains(refused, "Sangat membantu", status_code=422)
        self.act("siti", "RateService", stars="5", comment="Sangat membantu")
        assert self.phase() == "CLOSED"
        clauses = {e.step.clause for e in desk().history(self.stream)}
        assert clauses >= {"R4"} | {f"S{n}" for n in range(6, 24)} - {"S15", "S18", "S22"}
        told = [m for m in mail.outbox if m.to == ["siti@example.org"]]
        assert told, "mail goes by the site's own backend"
        papers = [a for m in told for a in m.attachments]
        assert papers

    def test_S14_S15_and_S21_S22_corrections(self) -> None:
        order = self.order("Statistik Potensi Desa Rembang")
        name, data = product_file(product(order.item), seed=1)
        self.act("siti", "CompleteForm")
        self.act("siti", "FileRequest")
        self.act("ani", "PrepareProducts", files=self.file(name, data))
        self.act("ani", "SendOffer")
        self.act("siti", "AskOfferCorrection", what="Nama instansi keliru.")
        self.act("ani", "ReviseOffer", answer="Sudah diperbaiki.")
        self.act("siti", "AcceptOffer")
        self.bill("000124")
        self.act("siti", "ReportPayment", bank="BRI", amount="Rp50.000")
        self.act("made", "ConfirmPayment", ntpn="ABCDEF1234567891", ntb="123456789013")
        self.act("made", "IssueReceipt")
        self.act("ani", "DeliverProducts")
        self.act("siti", "AskDeliveryCorrection", what="Berkas tidak terbuka.")
        self.act("ani", "MendDelivery", answer="Diganti.", files=self.file(name, data))
        self.act("siti", "ApproveDelivery")
        self.act("siti", "RateService", stars="4")
        assert self.phase() == "CLOSED"

    def download(self, who: str, title: str) -> bytes:
        row = next(r for r in self.page(who).split("<li>") if f"<b>{title}</b>" in r)
        found = re.search(r'href="([^"]+/berkas/[^"]+)"', row)
        assert found is not None
        answer = self.who[who].get(found[1])
        assert answer.status_code == 200
        assert "attachment" in answer["Content-Disposition"]
        assert self.who["budi"].get(found[1]).status_code == 404
        return answer.content


class Together(Site):
    """The site's order and the library's request: both or neither."""

    def counted(self) -> tuple[int, int]:
        return Order.objects.count(), len(desk().register())

    def test_an_order_opens_a_request_in_its_own_transaction(self) -> None:
        self.order("Rembang Dalam Angka")
        assert self.counted() == (1, 1)

    def test_a_refused_request_leaves_no_order(self) -> None:
        User.objects.filter(username="siti").update(email="")
        item = Item.objects.first()
        answer = self.who["siti"].post(f"/pesan/{item.pk}/", {"agree": "on", "once": "x"})
        self.assertContains(answer, "urel", status_code=422)
        assert self.counted() == (0, 0)

    def test_an_order_that_fails_after_it_leaves_no_request(self) -> None:
        seen = []

        def order_and_fail() -> None:
            with transaction.atomic():
                made = Order.objects.create(
                    customer=User.objects.get(username="siti"), item=Item.objects.first(), once="y"
                )
                assert open_for(made) is None
                seen.append(self.counted())
                Order.objects.create(customer=made.customer, item=made.item, once="y")

        with pytest.raises(IntegrityError):
            order_and_fail()
        assert seen == [(1, 1)], "within the transaction both were there"
        assert self.counted() == (0, 0)

    def test_a_form_sent_twice_is_one_order_and_one_step(self) -> None:
        self.order("Rembang Dalam Angka")
        self.order("Rembang Dalam Angka")
        assert self.counted() == (1, 1)
        sent = {"command": "CompleteForm", "title": "Rembang Dalam Angka", "once": "a"}
        for _ in range(2):
            self.who["siti"].post(f"/layanan/{self.stream}/", sent)
        assert len(desk().history(self.stream)) == 4

    def test_without_agreeing_nothing_is_ordered(self) -> None:
        item = Item.objects.first()
        assert self.who["siti"].post(f"/pesan/{item.pk}/").status_code == 422
        assert self.counted() == (0, 0)


class Who(Site):
    """Roles by group, and cases that are somebody else's."""

    def test_a_group_gives_the_role_and_nobody_does_anothers_step(self) -> None:
        self.order("Rembang Dalam Angka")
        self.act("siti", "CompleteForm")
        self.act("siti", "FileRequest")
        for who in ("siti", "made", "rina", "dewi"):
            assert 'value="PrepareProducts"' not in self.page(who)
            sent = {"command": "PrepareProducts"}
            self.who[who].post(f"/layanan/{self.stream}/", sent)
        assert self.phase() == "PREPARING"
        assert 'value="PrepareProducts"' in self.page("ani")

    def test_a_case_is_shown_to_its_applicant_and_the_office(self) -> None:
        self.order("Rembang Dalam Angka")
        assert self.who["budi"].get(f"/layanan/{self.stream}/").status_code == 404
        assert Client().get(f"/layanan/{self.stream}/").status_code == 302
        assert self.stream not in self.who["budi"].get("/layanan/").content.decode()
        listed = self.who["ani"].get("/layanan/").content.decode()
        assert "Siti Rahmawati" in listed
        hidden = self.who["dewi"].get("/layanan/").content.decode()
        assert self.stream in hidden
        assert "Siti Rahmawati" not in hidden

    def test_what_was_wrong_stays_typed_in_and_is_told_in_both_languages(self) -> None:
        self.order("Rembang Dalam Angka")
        for lang, said in (("id", "belum diisi"), ("en", "not filled in")):
            self.who["siti"].post("/bahasa/setlang/", {"language": lang})
            answer = self.send("siti", "CompleteForm", title="")
            self.assertContains(answer, said, status_code=422)
        self.who["siti"].post("/bahasa/setlang/", {"language": "id"})
        self.who["siti"].post("/bahasa/setlang/", {"language": "id"})
        self.act("siti", "CompleteForm")
        self.act("siti", "FileRequest")
        refused = self.send("ani", "RejectRequest", reason=" ")
        assert refused.status_code == 422

    def test_the_admin_shows_the_register_to_staff(self) -> None:
        self.order("Rembang Dalam Angka")
        page = self.who["ani"].get("/admin/pst/registerrow/")
        self.assertContains(page, self.stream)
        asked = self.who["ani"].get("/admin/pst/registerrow/?applicant__startswith=1")
        assert asked.status_code == 400
        assert self.who["siti"].get("/admin/pst/registerrow/").status_code == 302
