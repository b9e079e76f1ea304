"""The portal as people use it: S1 to S23 by clicking, in a real browser, on both languages."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.portal import browsing
from tests.portal.browsing import Window

from pst_adapters.pdf.plain import plain_page
from pst_core import request as rq

pytestmark = browsing.MARKS


@pytest.fixture(scope="module")
def scan(tmp_path_factory):
    place = tmp_path_factory.mktemp("scan") / "pindaian.pdf"
    place.write_bytes(plain_page("Pindaian", "Rekaan untuk uji coba"))
    return place


def scanned(paper: Path) -> Path:
    """Return the paper as a scanner gives it back: a picture a page, without text."""
    import pypdfium2

    with pypdfium2.PdfDocument(paper) as found:
        pages = [page.render(scale=1.5).to_pil().convert("L") for page in found]
    place = paper.with_name("pindaian-perjanjian.pdf")
    pages[0].save(place, save_all=True, append_images=pages[1:])
    return place


def hand_in_all(window: Window, scan: Path) -> None:
    """Hand in each document that is asked for; the file's findings come at once."""
    numbers = {"identity": "3317064505900001", "tax-number": "0013121660091000", "letter": "1/26"}
    while window.page.locator("#act-HandInDocument form").count():
        form = window.page.locator("#act-HandInDocument form").first
        document = form.locator('[name="document"]').input_value()
        if form.locator('[name="number"]').count():
            form.locator('[name="number"]').fill(numbers[document])
        if form.locator('[name="file"]').count():
            form.locator('[name="file"]').set_input_files(scan)
            form.locator(".found .good").wait_for()
        form.locator("button.main").click()
        window.page.wait_for_url("**/*done=HandInDocument*")
        form_of_it = f'#act-HandInDocument [name="document"][value="{document}"]'
        window.page.locator(form_of_it).wait_for(state="detached")


def test_S1_S23_a_walk_in_by_clicking_in_indonesian_on_a_desk(started, portal, scan):  # noqa: PLR0915
    siti = Window(started, portal.url)
    door, officer, treasurer = (Window(started, portal.url) for _ in range(3))
    door.enter("Joko Prasetyo")
    officer.enter("Ani Lestari")
    treasurer.enter("Made Wirawan")

    # S1 to S3 at the door, S4 and S5 at the counter
    door.go("/counter/guest-book").check("guest-book")
    door.page.get_by_label("Nama").fill("Siti Rahmawati")
    door.page.get_by_label("Keperluan").fill("Membeli data Susenas")
    door.page.get_by_label("Surel").fill("siti@example.org")
    door.click("Ambil nomor antrean")
    assert door.page.locator(".number").inner_text() == "A-001"
    door.check("number")
    door.go("/display/").page.get_by_text("A-001").wait_for()
    door.check("display")
    door.go("/counter")
    door.click("Panggil berikutnya").check("counter-called")
    door.page.get_by_label("Apa yang diminta").fill("Publikasi, Susenas dan peta desa")
    door.click("Hadir, catat permintaan").check("counter-here")

    # S6 to S10, R4: catalogue, basket, request
    siti.go("/").check("catalogue")
    for title in ("Kecamatan Lasem", "Susenas Maret", "Peta wilkerstat desa"):
        siti.click(f"Masukkan keranjang {title}")
    siti.go("/tariff").check("tariff")
    siti.go("/basket").check("basket")
    siti.click("Ajukan permintaan", link=True)
    siti.page.get_by_role("button", name="Siti Rahmawati").click()
    siti.page.get_by_label("Instansi").fill("Universitas Diponegoro")
    siti.page.get_by_label("Alamat").fill("Semarang")
    siti.page.get_by_label("Kelompok pengguna").select_option("education")
    siti.check("new")
    siti.click("Buka permintaan")
    stream = siti.page.locator("h1").inner_text().split()[-1]
    state = portal.house.desk.state
    assert state(stream).last(rq.RequestOpened).channel is rq.Channel.WALK_IN
    siti.check("request-terms")
    siti.act("AcceptTerms").check("request-products")
    siti.act("ChooseProducts").check("request-form")
    siti.act("CompleteForm", **{
        "forms.map.purpose": "Penelitian", "forms.map.region": "Kabupaten Rembang",
        "forms.microdata.purpose": "Penelitian", "forms.microdata.period": "2025",
    }).check("request-documents")  # fmt: skip
    hand_in_all(siti, scan)
    siti.act("FileAbstraction", **{
        "abstraction.title": "Kesejahteraan pesisir", "abstraction.purpose": "Penelitian",
        "abstraction.method": "Deskriptif", "abstraction.period": "2025",
        "abstraction.region": "Kabupaten Rembang", "abstraction.outputs": "Artikel",
    })  # fmt: skip
    siti.act("FileRequest")
    door.go("/counter").check("counter-finish")
    door.click("Selesai di loket").page.get_by_text("Tidak ada yang menunggu").wait_for()

    # S11 to S15: the office verifies, prepares, offers; a correction goes back and forth
    officer.go("/work").check("work")
    officer.click(stream, link=True).check("officer-verify")
    officer.act("VerifyAbstraction").check("officer-prepare")
    officer.act("PrepareProducts", invented=True).check("officer-offer")
    officer.act("SendOffer")
    siti.go(f"/requests/{stream}")
    siti.page.get_by_role("link", name="Tagihan", exact=True).wait_for()
    siti.check("request-offer")
    siti.page.get_by_text("Tindakan lain").click()
    siti.act("AskOfferCorrection", what="Nama instansi belum lengkap.")
    officer.go(f"/requests/{stream}").check("officer-correct")
    officer.act("ReviseOffer", answer="Sudah diperbaiki.")
    siti.go(f"/requests/{stream}").act("AcceptOffer")

    # S16, S17, S19: the code, the payment, the agreement, the receipt
    treasurer.go("/treasurer").check("treasurer")
    treasurer.click(stream, link=True).check("treasurer-billing")
    treasurer.click("Buat kode pada simulator")
    treasurer.page.wait_for_url("**/*done=IssueBilling*")
    siti.go(f"/requests/{stream}").check("request-pay")
    siti.click("Bayar pada simulator").page.get_by_text("Dibayar pada simulator").wait_for()
    siti.act("ReportPayment")
    siti.page.get_by_role("link", name="Perjanjian penggunaan data", exact=True).wait_for()
    agreement = siti.save("Perjanjian penggunaan data")
    assert agreement.read_bytes().startswith(b"%PDF")
    box = siti.page.locator('#act-SignAgreement [name="file"]')
    box.set_input_files(agreement)  # as it came, without a signature: said at once
    siti.page.locator("#act-SignAgreement .findings .error").first.wait_for()
    siti.check("request-sign")
    box.set_input_files(signed := scanned(agreement))
    siti.page.locator("#act-SignAgreement .good").wait_for()
    siti.act("SignAgreement", file=signed)
    officer.go(f"/requests/{stream}").check("officer-agreement")
    officer.act("AcceptAgreement", **{
        "judgement.same_agreement": True, "judgement.signed_by_both": True,
        "judgement.stamp_duty_paid": True,
    })  # fmt: skip
    treasurer.go(f"/requests/{stream}").check("treasurer-confirm")
    treasurer.act("ConfirmPayment")
    treasurer.act("IssueReceipt")

    # S20 to S23: delivery, a correction, the rating
    officer.go(f"/requests/{stream}").act("DeliverProducts")
    siti.go(f"/requests/{stream}")
    siti.page.get_by_role("link", name="Kuitansi", exact=True).wait_for()
    siti.check("request-delivered")
    assert siti.save("Kuitansi").read_bytes().startswith(b"%PDF")
    assert siti.save("Produk").stat().st_size > 0
    siti.act("AskDeliveryCorrection", what="Mohon keterangan kode wilayah.")
    officer.go(f"/requests/{stream}").check("officer-mend")
    officer.act("MendDelivery", answer="Keterangan ditambahkan.")
    siti.go(f"/requests/{stream}").act("ApproveDelivery").check("request-rate")
    siti.page.locator("#star-5").check()
    siti.act("RateService", comment="Cepat dan jelas.").check("request-closed")
    assert state(stream).phase == "CLOSED"


def test_S6_S23_from_abroad_in_english_on_a_phone_in_the_dark(started, portal, scan):  # noqa: PLR0915
    how = {"size": "phone", "lang": "en", "scheme": "dark"}
    buyer, officer, treasurer = (Window(started, portal.url, **how) for _ in range(3))
    officer.enter("Ani Lestari")
    treasurer.enter("Made Wirawan")
    buyer.go("/").click("English").check("catalogue")
    for title in ("Kabupaten Rembang Dalam Angka", "Tabulasi Sakernas"):
        buyer.click(f"Put in basket {title}")
    buyer.go("/basket").check("basket")
    buyer.go("/tariff").check("tariff")
    buyer.go("/requests/new").check("sign-in")
    buyer.page.get_by_label("Name").fill("Tan Mei Ling")
    buyer.page.get_by_label("E-mail").fill("mei.ling@example.org")
    buyer.page.locator("form.card button.main").click()
    buyer.page.get_by_label("Address").fill("Singapore")
    buyer.page.get_by_label("Kind of user").select_option("international")
    buyer.page.get_by_label("I live abroad").check()
    buyer.check("new")
    buyer.click("Open the request")
    stream = buyer.page.locator("h1").inner_text().split()[-1]
    state = portal.house.desk.state
    buyer.act("AcceptTerms").act("ChooseProducts")
    buyer.act("CompleteForm", **{"forms.microdata.purpose": "Research",
                                 "forms.microdata.period": "2025"})  # fmt: skip
    buyer.check("request-documents")
    hand_in_all(buyer, scan)
    buyer.act("FileAbstraction", **{
        "abstraction.title": "Labour markets", "abstraction.institution": "NUS",
        "abstraction.purpose": "Research", "abstraction.method": "Descriptive",
        "abstraction.period": "2025", "abstraction.region": "Kabupaten Rembang",
        "abstraction.outputs": "An article",
    })  # fmt: skip
    buyer.act("FileRequest")

    officer.go("/work?whose=officer").check("work")
    officer.click(stream, link=True)
    officer.act("VerifyAbstraction")
    # a product of another size than ordered is refused, and the page says why
    card = officer.page.locator("#act-PrepareProducts")
    card.locator('[name="files.0"]').set_input_files(scan)
    card.locator("button.main").click()
    officer.page.locator(".problem").wait_for()
    officer.check("officer-refused")
    officer.act("PrepareProducts", invented=True).act("SendOffer")
    buyer.go(f"/requests/{stream}").check("request-offer")
    buyer.act("AcceptOffer").check("request-transfer")
    buyer.act("ReportPayment", bank="DBS Singapore", proof=scan)
    buyer.page.get_by_role("link", name="Data-use agreement", exact=True).wait_for()
    buyer.act("SignAgreement", file=scanned(buyer.save("Data-use agreement")))
    officer.go(f"/requests/{stream}").check("officer-agreement")
    officer.act("AcceptAgreement", **{
        "judgement.same_agreement": True, "judgement.signed_by_both": True,
        "judgement.stamp_duty_paid": True,
    })  # fmt: skip
    treasurer.go("/treasurer").check("treasurer")
    treasurer.click(stream, link=True).check("treasurer-transfer")
    treasurer.act("VerifyTransfer", reference="TT20261124", sender="Tan Mei Ling")
    treasurer.act("IssueReceipt")
    officer.go(f"/requests/{stream}").act("DeliverProducts")
    buyer.go(f"/requests/{stream}")
    buyer.page.get_by_role("link", name="Receipt", exact=True).wait_for()
    buyer.act("ApproveDelivery").check("request-rate")
    buyer.page.locator("#star-4").check()
    buyer.act("RateService").check("request-closed")
    assert state(stream).phase == "CLOSED"
    buyer.go("/requests").check("requests")

    # the day's list, the counter, the month's report
    treasurer.go("/treasurer/reconciliation").check("reconciliation")
    listed = treasurer.save("Download the simulator's list")
    treasurer.page.locator('[name="list"]').set_input_files(listed)
    treasurer.click("Compare").check("reconciliation-result")
    door = Window(started, portal.url, **how).enter("Joko Prasetyo")
    door.go("/counter").check("counter-next")
    door.go("/counter/guest-book").check("guest-book")
    Window(started, portal.url, **how).enter("Rina Siregar").go("/report").check("report")


def test_the_report_and_a_page_for_another_desk(started, portal):
    head = Window(started, portal.url)
    head.go("/sign-in").check("sign-in")
    head.enter("Rina Siregar").go("/report").check("report")
    head.page.goto("/treasurer")
    assert head.page.locator("h1").inner_text().startswith("Halaman ini bukan untuk Anda")
    head.wrong.clear()  # the browser's console repeats the 403
    head.check("forbidden")


def test_the_keyboard_alone_fills_the_basket_and_sees_where_it_is(started, portal):
    page = Window(started, portal.url).go("/").page
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Langsung ke isi"
    page.keyboard.press("Enter")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.locator(":focus").inner_text().startswith("Masukkan keranjang"):
            break
    outline = page.locator(":focus").evaluate("e => getComputedStyle(e).outlineStyle")
    assert outline == "solid"
    page.keyboard.press("Enter")
    page.get_by_text("Ada di keranjang").wait_for()


def test_without_a_script_a_file_is_handed_in_and_judged_all_the_same(started, portal, tmp_path):
    made = Window(started, portal.url, scripts=False).enter("Budi Santoso")
    made.go("/requests/new")
    made.page.get_by_label("Alamat").fill("Rembang")
    made.click("Buka permintaan")
    made.act("AcceptTerms")
    stream = made.page.locator("h1").inner_text().split()[-1]
    made.go("/").click("Masukkan keranjang Susenas Maret")
    made.go(f"/requests/{stream}").act("ChooseProducts")
    damaged = tmp_path / "ktp.pdf"
    damaged.write_bytes(b"%PDF-1.7\nnothing more")
    form = made.page.locator("#act-HandInDocument form").first
    form.locator('[name="file"]').set_input_files(damaged)
    form.locator("button.main").click()
    assert "rusak" in made.page.locator(".problem").inner_text()
