"""The ways beside the straight one, by clicking: Rp0, a part, complaints, surveys, signing in."""

from __future__ import annotations

import subprocess
import sys

import httpx
import pytest
from examples.portal.settings import Oidc
from tests.portal import browsing
from tests.portal.browsing import Window
from tests.portal.serving import served
from tests.portal.test_portal import HEAD, PROVIDER
from tests.portal.test_portal_matters import do, live, matter_of, people_of

from pst_core import request as rq
from pst_core.tariff import Publication
from pst_core.visit import visitor_key
from pst_core.workflow import Actor, Role

pytestmark = browsing.MARKS
PHONE = {"size": "phone", "lang": "id", "scheme": "light"}
DESK = {"size": "desktop", "lang": "en", "scheme": "dark"}


def rate_all(window: Window) -> None:
    """Mark the nine elements of the survey and send them."""
    for n in range(1, 10):
        window.page.locator(f"#U{n}-4").check()
    window.page.locator("form.survey button.main").click()
    window.page.locator("p.good").wait_for()


def test_C1_S16_without_an_approval_of_Rp0_a_part_and_then_the_rest_is_due(started, portal):
    siti = Window(started, portal.url, **PHONE).enter("Siti Rahmawati")
    officer = Window(started, portal.url, **DESK).enter("Ani Lestari")
    treasurer = Window(started, portal.url, **PHONE).enter("Made Wirawan")
    siti.go("/").click("Masukkan keranjang Kecamatan Lasem")
    siti.go("/requests/new")
    siti.page.get_by_label("Instansi").fill("Bappeda Kabupaten Rembang")
    siti.page.get_by_label("Alamat").fill("Rembang")
    siti.click("Buka permintaan")
    stream = siti.page.locator("h1").inner_text().split()[-1]
    siti.act("AcceptTerms").act("ChooseProducts")
    siti.page.locator("details.zero summary").click()
    siti.check("zero-claim")
    siti.act("CompleteForm", **{"zero.recipient": "local-government",
                                "zero.purpose": "state-duty",
                                "zero.letter": "800/12/2026"})  # fmt: skip
    siti.act("FileRequest")
    officer.go(f"/requests/{stream}").act("PrepareProducts", invented=True).check("zero-decide")
    assert "800/12/2026" in officer.page.content()
    officer.act("SendOffer")  # without an approval: at the full price
    siti.go(f"/requests/{stream}").act("AcceptOffer")
    treasurer.go(f"/requests/{stream}").click("Buat kode pada simulator")
    treasurer.page.wait_for_url("**/*done=IssueBilling*")
    siti.go(f"/requests/{stream}")
    siti.page.get_by_label("Jumlah yang dibayar pada simulator").fill("25.000")
    siti.click("Bayar pada simulator").page.get_by_text("Dibayar pada simulator").wait_for()
    siti.act("ReportPayment")
    treasurer.go(f"/requests/{stream}").act("ConfirmPayment").check("part-paid")
    treasurer.click("Buat kode pada simulator")
    treasurer.page.wait_for_url("**/*done=IssueBilling*")
    siti.go(f"/requests/{stream}").check("part-rest")
    assert len(rq.codes_of(portal.house.desk.state(stream))) == 2
    # what a desk types wrongly is refused with what would be right
    siti.click("Bayar pada simulator").page.get_by_text("Dibayar pada simulator").wait_for()
    siti.act("ReportPayment")
    card = treasurer.go(f"/requests/{stream}").page.locator("#act-ConfirmPayment")
    card.locator('[name="ntpn"]').fill("salah")
    card.locator("button.main").click()
    assert "Salin NTPN" in treasurer.page.locator(".problem").inner_text()
    treasurer.check("ntpn-refused")


def test_K1_a_complaint_from_filing_to_its_close_in_both_languages(started, portal):
    siti = Window(started, portal.url, **PHONE)
    siti.go("/").click("Pengaduan", link=True).check("complaints-stranger")
    siti.enter("Siti Rahmawati").go("/complaints").check("complaints")
    siti.page.get_by_label("Apa yang Anda adukan").fill("Sudah seminggu tanpa kabar.")
    siti.click("Kirim pengaduan")
    siti.page.locator('[data-done="RecordFromBox"]').wait_for()
    siti.check("complaint-filed")
    case = siti.page.locator("h1").inner_text().split()[-1]
    officer = Window(started, portal.url, **DESK).enter("Ani Lestari")
    officer.go("/work").check("work-with-complaints")
    officer.click("Open complaints", link=True).check("complaints-office")
    officer.click("Record a complaint that came", link=True)
    officer.click("K4 WhatsApp", link=True).check("complaint-record")
    officer.page.get_by_label("Complaint", exact=True).fill("The counter was shut.")
    officer.page.locator('form.card [name="complainant.phone"]').fill("+62812345678")
    officer.page.locator("form.card button.main").click()
    officer.page.locator('[data-done="RecordFromWhatsApp"]').wait_for()
    officer.go(f"/matters/{case}").act("AcknowledgeComplaint").check("complaint-handled")
    officer.act("AnswerComplaint", answer="Kami kirim hari ini.").check("complaint-answered")
    siti.go(f"/matters/{case}").check("complaint-reply")
    siti.act("AcceptAnswer").check("complaint-closed")
    head = Window(started, portal.url, **DESK).enter("Rina Siregar")
    head.go("/complaints").check("complaints-head")


def test_S23_the_survey_at_the_unit_and_by_its_link_without_signing_in(started, portal):
    door = Window(started, portal.url, **PHONE).enter("Joko Prasetyo")
    door.go("/counter/survey").check("survey-unit")
    rate_all(door)
    door.check("survey-thanks")
    siti = portal.visit().enter(email="siti@example.org", name="Siti Rahmawati")
    people = people_of(portal, siti)
    stream = siti.open("kecamatan")
    live(portal, people, stream, 0, 15)
    link = siti.post(f"/requests/{stream}/survey").headers["Location"]
    anybody = Window(started, portal.url, **DESK).go("/")
    anybody.go(link).click("English").check("survey-link")
    rate_all(anybody)
    anybody.go(link).check("survey-answered")
    window = Window(started, portal.url, **PHONE).enter("Siti Rahmawati")
    window.go(f"/requests/{stream}").check("closed-with-survey")


def test_twenty_long_names_and_an_erased_person_stay_readable(started, portal):
    """On the phone nothing is wider than the page, and what is gone is said in words."""
    desk = portal.house.desk
    budi = portal.visit().enter(email="budi@example.org", name="Budi Santoso")
    long = budi.open("kecamatan")
    budi.act(long, "AcceptTerms")
    title = "Statistik Kesejahteraan Rakyat menurut Desa Hasil_Registrasi_Sosial_Ekonomi_Lengkap_{}"
    products = tuple(Publication(title.format(n), pages=100 + n) for n in range(20))
    owner = Actor(visitor_key(email="budi@example.org"), Role.APPLICANT, "Budi")
    desk.do(long, rq.ChooseProducts(products), by=owner)
    dewi = portal.visit().enter(email="dewi@example.org", name="Dewi Kartika")
    people = people_of(portal, dewi)
    gone = dewi.open("kecamatan")
    live(portal, people, gone, 0, 15)
    case = matter_of(dewi.post("/complaints", text="Pernah lama.", about=gone))
    do(people["officer"], case, "AcknowledgeComplaint")
    do(people["officer"], case, "AnswerComplaint", answer="Maaf.")
    do(dewi, case, "AcceptAnswer")
    link = dewi.post(f"/requests/{gone}/survey").headers["Location"]
    marks = {f"U{n}": "4" for n in range(1, 10)} | {"key": link.partition("key=")[2]}
    assert dewi.post(link.partition("?")[0], **marks).status_code == 303
    key = visitor_key(email="dewi@example.org")
    desk.door(HEAD).erase(key, "Permintaan tertulis pemohon 1/2026")
    for how, erased in ((PHONE, "sudah dihapus"), (DESK, "erased")):
        officer = Window(started, portal.url, **how).enter("Ani Lestari")
        officer.go(f"/requests/{long}").check("twenty-long-names")
        officer.go(f"/requests/{gone}").check("erased-person")
        assert erased in officer.page.locator("main").inner_text()
        assert "(dihapus / erased)" not in officer.page.content()
        officer.go(f"/matters/{case}").check("erased-complaint")
        assert erased in officer.page.locator("main").inner_text()


def test_a_case_of_another_is_as_one_that_is_not_there(started, portal):
    siti = portal.visit().enter(email="siti@example.org", name="Siti Rahmawati")
    stream = siti.open("dalam-angka")
    budi = Window(started, portal.url, **PHONE).enter("Budi Santoso")
    said = []
    for path in (f"/requests/{stream}", "/requests/request-3317-2026-9999"):
        budi.page.goto(path)
        said.append(budi.page.locator("h1").inner_text().replace(path.rpartition("/")[2], "#"))
        budi.wrong.clear()  # the browser's console repeats the 404
        budi.check("not-there")
    assert said[0] == said[1]


@pytest.fixture(scope="module")
def provider():
    pytest.importorskip("oidc_provider_mock", reason="no provider: pip install '.[test]'")
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", PROVIDER],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    ) as process:  # fmt: skip
        yield f"http://localhost:{process.stdout.readline().strip()}"
        process.stdin.close()


def test_a_browser_signs_in_at_the_provider_and_comes_back_as_who_it_is(
    started, provider, tmp_path
):
    known = {"name": "Siti Rahmawati", "email": "siti@example.org", "email_verified": True}
    httpx.put(f"{provider}/users/siti", json=known).raise_for_status()
    staff = {"name": "Ani Lestari", "roles": ["officer"]}
    httpx.put(f"{provider}/users/ani", json=staff).raise_for_status()
    with served(tmp_path, oidc=Oidc(provider, "portal", "secret")) as closed:
        for sub, name, lands in (("siti", "Siti Rahmawati", "/requests"), ("ani", "Ani", "/work")):
            window = Window(started, closed.url, **PHONE)
            # the provider's own page asks for a style sheet from elsewhere: nothing goes out
            window.context.route(
                lambda url: not url.startswith((closed.url, provider)), lambda route: route.abort()
            )
            window.go("/requests" if sub == "siti" else "/work").check("sign-in-provider")
            window.click("Masuk dengan akun Anda", link=True)
            window.page.locator('input[name="sub"]').fill(sub)
            window.page.get_by_role("button", name="Authorize").click()
            window.page.wait_for_url(f"{closed.url}{lands}")
            window.wrong.clear()  # of the provider's page
            assert name in window.page.locator(".who").inner_text()
            window.check(f"signed-in-{sub}")
            window.click("Keluar").page.get_by_role("link", name="Masuk").wait_for()
        # who refuses at the provider is told so, and is nobody here
        window = Window(started, closed.url, **PHONE)
        window.context.route(
            lambda url: not url.startswith((closed.url, provider)), lambda route: route.abort()
        )
        window.go("/sign-in").click("Masuk dengan akun Anda", link=True)
        window.page.get_by_role("button", name="Deny").click()
        window.page.wait_for_url(f"{closed.url}/sign-in/back*")
        window.wrong.clear()
        assert "tidak mengizinkan" in window.page.locator("h1").inner_text()
        window.check("refused-at-provider")
