"""Money by other ways, by clicking: nothing to pay, money kept, and a treasury that answers."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest
from tests.portal import browsing
from tests.portal.browsing import Window
from tests.portal.serving import served

from pst_core import request as rq
from pst_core.deposit.events import PaymentExplained
from pst_core.desk.notices import Notice
from pst_core.desk.payments import settle
from pst_core.desk.ports import Payment

pytestmark = browsing.MARKS


@pytest.fixture(scope="module")
def electronic(tmp_path_factory):
    """Serve a portal whose office has an electronic way to the treasury, here a simulated one."""
    place = tmp_path_factory.mktemp("electronic")
    profile = (files("pst_core") / "law" / "offices" / "3317.toml").read_text("utf-8")
    office = place / "office.toml"
    office.write_text(profile + '\n[treasury]\ngateway = "http"\n', "utf-8")
    with served(place / "kept", office=str(office)) as found:
        yield found


def asks(window: Window, institution: str = "") -> str:
    """Put the district's yearbook into the basket, open a request and choose it; its stream."""
    indonesian = window.lang == "id"
    window.go("/").click(
        "Masukkan keranjang Kecamatan" if indonesian else "Put in basket Kecamatan"
    )
    window.go("/requests/new")
    window.page.locator('[name="applicant.institution"]').fill(institution)
    window.page.locator('[name="applicant.address"]').fill("Rembang")
    window.click("Buka permintaan" if indonesian else "Open the request")
    window.act("AcceptTerms").act("ChooseProducts")
    return str(window.page.locator("h1").inner_text().split()[-1])


@pytest.mark.parametrize("how", browsing.WAYS)
def test_C1_Rp0_is_asked_for_approved_and_delivered_free(started, portal, how):
    siti = Window(started, portal.url, **how).enter("Siti Rahmawati")
    officer = Window(started, portal.url, **how).enter("Ani Lestari")
    treasurer = Window(started, portal.url, **how).enter("Made Wirawan")
    stream = asks(siti, "Bappeda Kabupaten Rembang")
    siti.page.locator("details.zero summary").click()
    # asked for without its letter: said at once, and nothing of it is lost
    card = siti.page.locator("#act-CompleteForm")
    card.locator('[name="zero.recipient"]').select_option("local-government")
    card.locator('[name="zero.purpose"]').select_option("state-duty")
    card.locator("button.main").click()
    siti.page.locator(".problem").wait_for()
    siti.check("zero-no-letter")
    assert card.locator('[name="zero.recipient"]').input_value() == "local-government"
    assert card.locator('[name="zero.letter"]').is_visible()
    siti.act("CompleteForm", **{"zero.letter": "800/12/2026"}).check("zero-asked")
    siti.act("FileRequest").check("zero-filed")
    officer.go(f"/requests/{stream}").act("PrepareProducts", invented=True).check("zero-decide")
    officer.act("ApproveZero", account_verified_by="Ani Lestari", approver="Rina Siregar")
    officer.check("zero-approved")
    officer.act("SendOffer").check("zero-sent")
    siti.go(f"/requests/{stream}").check("zero-offer")
    siti.act("AcceptOffer").check("zero-accepted")
    treasurer.go("/treasurer").check("zero-treasurer")
    assert treasurer.page.locator("section").filter(has_text=stream).count() == 1
    treasurer.click(stream, link=True).act("IssueReceipt").check("zero-receipt")
    officer.go(f"/requests/{stream}").act("DeliverProducts").check("zero-given")
    siti.go(f"/requests/{stream}").check("zero-delivered")
    assert siti.save("Produk" if how["lang"] == "id" else "Product").stat().st_size > 0
    siti.act("ApproveDelivery")
    siti.page.locator("#star-5").check()
    siti.act("RateService").check("zero-closed")
    state = portal.house.desk.state(stream)
    assert (state.phase, state.last(rq.OfferSent).total) == ("CLOSED", 0)
    assert state.last(rq.PaymentConfirmed) is None


@pytest.mark.parametrize("how", browsing.WAYS)
def test_S16_money_that_fits_no_bill_is_explained_or_returned(started, portal, how):
    mark = how["lang"].upper()
    for n, amount in enumerate((70_000, 65_000)):
        money = Payment(f"{mark}{n}".ljust(16, "A"), f"{n}".zfill(12), amount, portal.clock())
        settle(portal.house.desk, Notice(f"notice-{mark}-{n}", f"82026112400{n}000", "?", money))
    treasurer = Window(started, portal.url, **how).enter("Made Wirawan")
    siti = portal.visit().enter(email="siti@example.org", name="Siti Rahmawati")
    request = siti.open("kecamatan")
    treasurer.go("/treasurer").check("kept-list")
    streams = re.findall(r"/matters/(deposit-[0-9-]+)", treasurer.page.content())
    first, second = sorted(set(streams))
    treasurer.click(first, link=True).check("kept")
    # what is no request is refused with what would be right
    card = treasurer.page.locator("#act-ExplainPayment")
    card.locator('[name="request"]').fill(" ")
    card.locator('[name="note"]').fill("Dari kantor cabang")
    card.locator("button.main").click()
    treasurer.page.locator(".problem").wait_for()
    treasurer.check("kept-unexplained")
    assert card.locator('[name="note"]').input_value() == "Dari kantor cabang"
    treasurer.act("ExplainPayment", request=request).check("kept-explained")
    treasurer.go(f"/matters/{second}")
    treasurer.act("ReturnPayment", reason="Surat 3/2026 kepada KPPN").check("kept-returned")
    treasurer.go("/treasurer").check("kept-none")
    assert "deposit-" not in treasurer.page.content()
    desk = portal.house.desk
    assert desk.state(first).last(PaymentExplained).request == request
    assert desk.state(second).phase == "RETURNED"


@pytest.mark.parametrize("how", browsing.WAYS)
def test_S16_the_electronic_treasury_makes_the_code_and_tells_of_the_payment(
    started, electronic, how
):
    budi = Window(started, electronic.url, **how).enter("Budi Santoso")
    officer = Window(started, electronic.url, **how).enter("Ani Lestari")
    treasurer = Window(started, electronic.url, **how).enter("Made Wirawan")
    stream = asks(budi)
    state = electronic.house.desk.state
    budi.act("CompleteForm").act("FileRequest")
    officer.go(f"/requests/{stream}").act("PrepareProducts", invented=True).act("SendOffer")
    budi.go(f"/requests/{stream}").act("AcceptOffer")
    # the code comes from the treasury, and the page shows it by itself
    budi.page.locator("#act-ReportPayment").wait_for(timeout=60_000)
    assert rq.codes_of(state(stream))[-1] in budi.page.locator("main").inner_text()
    budi.check("gateway-pay")
    budi.click("Bayar pada simulator" if how["lang"] == "id" else "Pay at the simulated")
    budi.check("gateway-paid")
    assert budi.page.locator("#now .good").is_visible()
    (came,) = state(stream).every(rq.PaymentConfirmed)
    assert came.amount == 65_000
    treasurer.go("/treasurer").check("gateway-treasurer")
    treasurer.click(stream, link=True).check("gateway-receipt")
    treasurer.act("IssueReceipt")
    officer.go(f"/requests/{stream}").act("DeliverProducts")
    budi.go(f"/requests/{stream}").check("gateway-delivered")
    assert state(stream).phase == "DELIVERED"


@pytest.mark.parametrize("how", browsing.WAYS)
def test_K1_a_complaint_is_answered_disputed_and_answered_again(started, portal, how):
    siti = Window(started, portal.url, **how).enter("Siti Rahmawati")
    officer = Window(started, portal.url, **how).enter("Ani Lestari")
    text = "Sudah seminggu tanpa kabar; telepon tidak diangkat."
    siti.go("/complaints").page.locator('[name="text"]').fill(text)
    siti.page.locator("form.card button.main").click()
    siti.page.locator('[data-done="RecordFromBox"]').wait_for()
    case = siti.page.locator("h1").inner_text().split()[-1]
    officer.go("/work").page.locator("p.note a").click()
    officer.click(case, link=True).act("AcknowledgeComplaint").check("reply-taken-up")
    officer.act("AnswerComplaint", answer="Kami kirim hari ini.")
    siti.go(f"/matters/{case}").check("reply-answered")
    siti.act("ReopenComplaint", reason="Belum saya terima.").check("reply-disputed")
    officer.go(f"/matters/{case}").check("reply-to-answer")
    officer.act("AnswerComplaint", answer="Dikirim ulang; maaf.").check("reply-again")
    siti.go(f"/matters/{case}").act("AcceptAnswer").check("reply-closed")
    assert portal.house.desk.state(case).phase == "CLOSED"
    # what is held on her, and that the officer has looked at it
    siti.click("Data saya" if how["lang"] == "id" else "My data", link=True).check("my-data")
    row = siti.page.locator("tr", has_text=case).inner_text()
    assert ("petugas" if how["lang"] == "id" else "officer") in row.lower()
    link = "Unduh semuanya (JSON)" if how["lang"] == "id" else "Download all of it (JSON)"
    words = siti.save(link).read_text("utf-8")
    assert text in words
    assert "Belum saya terima." in words
