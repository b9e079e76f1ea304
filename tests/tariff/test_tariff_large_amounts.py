"""Rp999,999,999,999 passes through every adapter unchanged: events, both stores, the papers."""

import datetime as dt
import io

import pypdf
import pytest

from pst_adapters.pdf import TypstRenderer
from pst_adapters.sql import SqlStore
from pst_core.certainty import Certainty
from pst_core.desk.memory import MemoryStore
from pst_core.desk.ports import Batch, NewEvent
from pst_core.documents.papers import Invoice, Letterhead, Line, Person, Receipt
from pst_core.request.events import OfferLine, OfferSent
from pst_core.tariff import Basis
from pst_core.text import Text
from pst_core.wire import event_from_json, event_to_json

AMOUNT = 999_999_999_999
AT = dt.datetime(2026, 11, 24, 9, tzinfo=dt.timezone(dt.timedelta(hours=7)))
BOTH = Text(id="-", en="-")
OFFER = OfferSent(
    number=1, replaces=0, answer="", lines=(OfferLine("Peta", AMOUNT, "III", BOTH),),
    total=AMOUNT, basis=Basis("pp-13-2024", 1, "0" * 64, ()), certainty=Certainty.REPORTED,
    confirmed=BOTH, priced_on=AT.date(), valid_until=AT, sample=None,
    agreement_version="", agreement_digest="",
)  # fmt: skip
HEAD = Letterhead("BPS Contoh", "PST", "Jalan Contoh", place="Contoh")


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
def test_a_large_amount_comes_back_from_the_store_as_it_went_in(kind, tmp_path):
    store = MemoryStore() if kind == "memory" else SqlStore(f"sqlite:///{tmp_path}/pst.db")
    body = event_to_json(OFFER)
    store.append(
        Batch("s", "3317", 0, (NewEvent(OFFER.NAME, OFFER.SCHEMA, body),), AT, "{}", "c", "f")
    )
    (row,) = store.load("s")
    again = event_from_json(row.name, row.schema, row.body)
    store.close()
    assert again == OFFER
    assert again.total == AMOUNT


@pytest.mark.parametrize(
    "paper",
    [
        Invoice(HEAD, "1", AT, "r-1", "Siti", "", (Line("Peta", AMOUNT),), "PP 13/2024"),
        Receipt(HEAD, "1", AT, "Siti", AMOUNT, "Peta", "1", Person("Bendahara", "Bendahara")),
    ],
    ids=["invoice", "receipt"],
)
def test_a_large_amount_stands_on_the_paper_in_figures_and_words(paper):
    pages = pypdf.PdfReader(io.BytesIO(TypstRenderer().render(paper))).pages
    text = " ".join("".join(page.extract_text() for page in pages).split())
    assert "Rp999.999.999.999" in text
    assert "embilan ratus sembilan puluh sembilan miliar" in text
