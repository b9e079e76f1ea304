"""People who press twice, go back, stay away too long or type as they do: nothing is lost."""

from __future__ import annotations

import re

import pytest
from tests.portal import browsing
from tests.portal.browsing import Window
from tests.portal.test_portal_matters import live, people_of

from pst_core import request as rq
from pst_core.request.events import FormCompleted, PaymentReported

pytestmark = browsing.MARKS
LONG = "Raden Ajeng " + "Kusumaningratsetyaningsih" * 5
"""The name of a person, as a form has been sent with it."""


def enters(started, portal, how, email):
    """Come in as somebody of one's own, so that no other walk has left requests behind."""
    window = Window(started, portal.url, **how)
    signs_in(window.go("/sign-in"), email)
    window.page.wait_for_url("**/requests")
    if how["lang"] == "en":
        window.click("English")
    return window


def signs_in(window, email):
    """Sign in at the page that asks for it."""
    window.page.locator('[name="name"]').fill(LONG)
    window.page.locator('[name="email"]').fill(email)
    window.page.locator("form.card button.main").click()


def problem(window: Window) -> str:
    """Return what the page says is wrong, once it does."""
    said = window.page.locator(".problem")
    said.wait_for()
    return str(said.inner_text())


def typed_anyway(box, text: str) -> None:
    """Type into a field that this browser would keep from it: others have no such field."""
    box.evaluate("e => { e.type = 'text' }")
    box.fill(text)


@pytest.mark.parametrize("how", browsing.WAYS)
def test_pressed_twice_or_sent_again_after_going_back_is_done_once(started, portal, how):
    id_ = how["lang"] == "id"
    window = enters(started, portal, how, f"dua-{how['lang']}@example.org")
    page, register = window.page, portal.house.desk.register
    mine = {r.stream for r in register(procedure="request")}
    window.go("/").click("Masukkan keranjang Kecamatan" if id_ else "Put in basket Kecamatan")
    window.go("/requests/new")
    page.locator('[name="applicant.institution"]').fill("Instansi " * 40)
    page.locator('[name="applicant.address"]').fill("Rembang")
    page.locator("form.card button.main").dblclick()
    page.wait_for_url("**/requests/request-*")
    window.check("long-name")
    first = page.url
    page.go_back(wait_until="load")
    page.wait_for_url("**/requests/new")
    window.check("back-at-new")  # says that one is open already
    assert page.locator(".note a").first.get_attribute("href") in first
    page.locator("form.card button.main").click()
    page.wait_for_url("**/requests/request-*")
    assert page.url.partition("#")[0] == first.partition("#")[0]
    assert len({r.stream for r in register(procedure="request")} - mine) == 1
    with page.expect_navigation(url="**/*done=AcceptTerms*"):
        page.locator("#act-AcceptTerms button.main").dblclick()
    with page.expect_navigation(url="**/*done=ChooseProducts*"):
        page.locator("#act-ChooseProducts button.main").dblclick()
    window.act("CompleteForm")
    before = len(register(procedure="complaint"))
    for _ in range(2):  # the second time after Back, with the very same words
        window.go("/complaints").page.locator("#c-text").fill("Telepon tidak diangkat.")
        page.locator("form.card button.main").dblclick()
        page.wait_for_url("**/matters/complaint-*")
        page.go_back(wait_until="load")
        page.wait_for_url("**/complaints")
    assert len(register(procedure="complaint")) == before + 1
    assert not window.wrong


@pytest.mark.parametrize("how", browsing.WAYS)
def test_a_form_that_comes_after_its_session_is_given_back_to_who_typed_it(started, portal, how):
    email = f"lama-{how['lang']}@example.org"
    window = enters(started, portal, how, email)
    person = portal.visit().enter(email=email, name=LONG)
    stream = person.open("dalam-angka")
    live(portal, people_of(portal, person), stream, 0, 2)
    page = window.go(f"/requests/{stream}").page
    title = "Rembang Dalam Angka, semua tahun yang masih ada"
    box = page.locator('[name="forms.publication.title"]')
    box.fill(title)
    window.context.clear_cookies(name="pst")  # eight hours without a page
    page.locator("#act-CompleteForm button.main").click()
    page.wait_for_url(re.compile("/sign-in[?]"))
    if how["lang"] == "en":
        window.click("English")  # the language went with the session
    assert ("belum terkirim" if how["lang"] == "id" else "was not sent") in problem(window)
    window.check("signed-out")
    signs_in(window, email)
    page.wait_for_url(f"**/requests/{stream}")
    assert ("belum terkirim" if how["lang"] == "id" else "was not sent") in problem(window)
    window.check("given-back")
    assert box.input_value() == title
    window.act("CompleteForm")
    # who signs in at this browser in between does not see it, nor takes it from whose it is
    window.go("/complaints").page.locator("#c-text").fill(title)
    window.context.clear_cookies(name="pst")
    page.locator("form.card button.main").click()
    page.wait_for_url(re.compile("/sign-in[?]"))
    page.get_by_role("button", name="Budi Santoso").click()
    page.wait_for_url("**/complaints")
    assert not page.locator("#c-text").input_value()
    page.locator('form[action="/sign-out"] button').click()
    page.wait_for_url(f"{portal.url}/")
    window.go("/sign-in?to=/complaints")
    signs_in(window, email)
    page.wait_for_url("**/complaints")
    assert page.locator("#c-text").input_value() == title
    window.wrong.clear()
    assert portal.house.desk.state(stream).last(FormCompleted).forms[0].title == title


@pytest.mark.parametrize("how", browsing.WAYS)
def test_amounts_and_dates_as_people_write_them_are_read_or_refused_kindly(started, portal, how):
    email = f"uang-{how['lang']}@example.org"
    person = portal.visit().enter(email=email, name=LONG)
    stream = person.open("kecamatan")
    live(portal, people_of(portal, person), stream, 0, 7)
    id_ = how["lang"] == "id"
    treasurer = Window(started, portal.url, **how).enter("Made Wirawan").go(f"/requests/{stream}")
    behind = treasurer.context.new_page()  # the same page once more, in another tab
    behind.goto(f"/requests/{stream}")
    for tab in (treasurer.page, behind):
        tab.locator('form[action$="simulated-bill"] button').click()
        tab.wait_for_url("**/*done=IssueBilling*")
    assert len(portal.house.desk.state(stream).every(rq.BillingIssued)) == 1
    window = enters(started, portal, how, email).go(f"/requests/{stream}")
    page, pay = window.page, "Bayar pada simulator" if id_ else "Pay at the simulated"
    page.locator("#sim-amount").fill("enam puluh ribu")
    window.click(pay)
    assert ("bukan jumlah rupiah" if id_ else "not an amount in rupiah") in problem(window)
    window.check("amount-refused")
    assert page.locator("#sim-amount").input_value() == "enam puluh ribu"
    page.locator("#sim-amount").fill("Rp. 65.000,-")
    window.click(pay).page.locator("#act-ReportPayment p.good").wait_for()
    card = page.locator("#act-ReportPayment")
    card.locator('[name="amount"]').fill("enam puluh ribu")
    card.locator('[name="bank"]').fill("Bank Jateng, Lasem")
    card.locator("button.main").click()
    assert ("tidak dapat dibaca" if id_ else "cannot read") in problem(window)
    window.check("report-refused")
    assert card.locator('[name="bank"]').input_value() == "Bank Jateng, Lasem"
    card.locator('[name="amount"]').fill("Rp 65.000,00")
    typed_anyway(card.locator('[name="paid_at"]'), "tadi pagi")
    card.locator("button.main").click()
    page.locator(".problem", has_text="tadi pagi").wait_for()
    assert "24-11-2026 09.30" in problem(window)
    window.check("date-refused")
    typed_anyway(card.locator('[name="paid_at"]'), "24/11/2026 08.15")
    card.locator('[name="amount"]').fill("Rp 65.000,00")
    card.locator("button.main").click()
    page.locator('[data-done="ReportPayment"]').wait_for()
    said = portal.house.desk.state(stream).last(PaymentReported)
    assert (said.amount, f"{said.paid_at:%d %H:%M}") == (65_000, "24 08:15")


@pytest.mark.parametrize("how", browsing.WAYS)
def test_what_was_typed_in_a_tab_that_is_behind_is_shown_again(started, portal, how):
    email = f"tab-{how['lang']}@example.org"
    person = portal.visit().enter(email=email, name=LONG)
    stream = person.open("kecamatan")
    live(portal, people_of(portal, person), stream, 0, 6)
    window = enters(started, portal, how, email).go(f"/requests/{stream}")
    person.act(stream, "AcceptOffer")  # in another tab
    card = window.page.locator("#act-AskOfferCorrection")
    card.locator('[name="what"]').fill("Harganya untuk dua kecamatan?")
    card.locator("button.main").click()
    problem(window)
    window.check("tab-behind")
    assert window.page.get_by_text("Harganya untuk dua kecamatan?").is_visible()
    # to read it in the other language leads back to the request, not to a dead end
    window.click("English" if how["lang"] == "id" else "Bahasa Indonesia")
    assert re.search(r"/requests/request-[0-9-]+(#|$)", window.page.url)
    # a name that is too long is refused by what its field is called
    window.click("Bahasa Indonesia" if how["lang"] == "id" else "English")
    window.go("/requests/new").page.locator('[name="applicant.institution"]').fill("Dinas " * 90)
    window.page.locator("form.card button.main").click()
    said = problem(window)
    assert ("Instansi" if how["lang"] == "id" else "Institution") in said
    assert "applicant." not in said
    window.check("too-long")
    left = window.page.locator('[name="applicant.institution"]').input_value()
    assert left == "Dinas " * 90
