"""``pst mails preview``: every row that tells somebody is on the page, as it was lived."""

import datetime as dt
import itertools
import json
import re
from html.parser import HTMLParser

import pytest

from pst_adapters.cli import main
from pst_core.office import Office
from pst_core.testing.ways import ways
from pst_core.wire import procedures_of

OFFICE = Office.load("3317")
TELLING = [(p, s) for p in procedures_of(OFFICE).values() for s in p.steps if s.tells]


class Page(HTMLParser):
    """Collects what the page would load, and the mails on it."""

    def __init__(self):
        super().__init__()
        self.loads, self.articles, self.ids, self.links = [], 0, set(), set()

    def handle_starttag(self, tag, attrs):
        fields = dict(attrs)
        self.loads += [fields[n] for n in ("src", "data", "action") if n in fields]
        if tag == "link":
            self.loads.append(fields.get("href"))
        if tag == "article":
            self.articles += 1
            self.ids.add(fields["id"])
        if tag == "a":
            self.links.add(fields["href"].removeprefix("#"))


@pytest.fixture(scope="module")
def mails():
    import contextlib
    import io

    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        assert main(["mails", "preview", "--start", "2026-11-24", "--json"]) == 0
    return json.loads(out.getvalue())


def test_every_row_that_tells_somebody_is_there_and_everybody_it_tells(mails):
    shown = sorted((m["procedure"], m["clause"], m["command"], m["role"]) for m in mails)
    told = sorted(
        (p.name, s.clause, s.command.__name__, role.value) for p, s in TELLING for role in s.tells
    )
    assert shown == told


def test_every_mail_is_in_both_languages_and_says_no_placeholder(mails):
    for mail in mails:
        first, second = mail["body"].split("\n\n----\n\n")
        assert {first[:4], second[:4]} == {"Yth.", "Dear"}
        assert "{" not in mail["body"] + mail["subject"]
        assert "None" not in mail["body"]
        assert len(mail["subject"]) < 200
    assert any(m["body"].startswith("Dear") for m in mails)


def test_an_asked_step_says_by_when(mails):
    (offer,) = [m for m in mails if m["command"] == "SendOffer"]
    assert re.search(r"S14: Mengecek .* \(paling lambat \d+ Desember 2026 pukul 16\.00 WIB\)",
                     offer["body"])  # fmt: skip
    billing = next(m for m in mails if m["command"] == "IssueBilling")
    assert re.search(r"Kode billing \d{15}, Rp140\.000, berlaku sampai \d+ ", billing["body"])
    assert re.search(r"Billing code \d{15}, Rp140,000, valid until \d+ ", billing["body"])


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (
            "KeepPayment",
            (r"Kode billing 8\d{14}; ", r"; dibayar 24 November 2026 pukul", "; paid 24 "),
        ),
        ("ExpireBilling", (r"Kode billing 8\d{14}\.", r"Billing code 8\d{14}\.")),
        ("ReversePayment", ("; NTPN [0-9A-Z]{16}|; reference TT", "Salah ketik")),
        ("VerifyTransfer", ("; pengirim ", "; diterima ", "; received on 2")),
    ],
)
def test_S16_X8_a_mail_about_money_says_which(mails, command, says):
    bodies = [m["body"] for m in mails if m["command"] == command]
    assert bodies
    for body in bodies:
        assert all(re.search(word, body) for word in says), body


def test_S19_what_a_receipt_rests_on_is_not_taken_for_its_number(mails):
    bodies = [m["body"] for m in mails if m["command"] == "IssueReceipt"]
    assert bodies
    assert not [b for b in bodies if "omor " in b.split("S19")[1] or "reference" in b]


def test_S16_a_code_that_holds_is_named_once(mails):
    for mail in mails:
        for body in mail["body"].split("----"):
            assert len(re.findall(r"8\d{14}", body)) <= 1, body


def test_after_the_end_nothing_is_asked_by_a_deadline_that_is_over(mails):
    ended = [m for m in mails if "Tahap sekarang: dibatalkan." in m["body"]]
    assert any("X9" in m["body"] for m in ended)
    assert not any("paling lambat" in m["body"] for m in ended)


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["id", "en"])
def test_the_page_is_one_file_that_loads_nothing(tmp_path, lang, capsys):
    out = tmp_path / "mails.html"
    line = ["mails", "preview", "--start", "2026-11-24", "--out", str(out), "--lang", lang]
    assert main(line) == 0
    assert str(out) in capsys.readouterr().out
    page = Page()
    page.feed(out.read_text("utf-8"))
    assert page.loads == []
    assert page.articles == sum(len(s.tells) for _, s in TELLING)
    assert page.links <= page.ids
    assert f'<html lang="{lang}">' in out.read_text("utf-8")


def test_a_name_with_markup_stays_text(tmp_path):
    import attrs

    from pst_adapters.cli.mail_page import page
    from pst_adapters.cli.mails import samples
    from pst_core.text import Text

    office = attrs.evolve(OFFICE, name=Text("<script>x</script>", "<b>"))
    start = dt.datetime(2026, 11, 24, 9, tzinfo=office.calendar.zone)
    text = page(list(samples(office, start))[:2], office, "id")
    assert "<script>x" not in text
    assert "&lt;script&gt;x" in text


@pytest.mark.parametrize("procedure", procedures_of(OFFICE).values(), ids=lambda p: p.name)
def test_a_way_ends_with_the_row_it_leads_to(procedure):
    start = dt.datetime(2026, 11, 24, 9, tzinfo=OFFICE.calendar.zone)
    for step, history in ways(procedure, OFFICE, start, lambda s: bool(s.tells)).items():
        assert history[-1].step == step
        assert [e.version for e in history] == list(range(1, len(history) + 1))
        assert all(a.noted.at <= b.noted.at for a, b in itertools.pairwise(history))
