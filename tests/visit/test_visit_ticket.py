"""S3: the ticket as a paper and as text for a thermal printer."""

import io

import attrs
import pypdf
import pytest

from pst_adapters.pdf import TypstRenderer
from pst_core import visit as vs
from pst_core.desk import queue_ticket
from pst_core.documents.thermal import ticket_text
from pst_core.refusal import BadInput

from .test_visit_counter import Counter


@pytest.fixture
def ticket():
    counter = Counter()
    counter.arrive("ani")
    stream = counter.arrive("budi")
    return queue_ticket(counter.desk, stream)


@pytest.mark.parametrize("columns", [32, 42])
@pytest.mark.parametrize("lang", ["id", "en"])
def test_S3_the_ticket_fits_a_thermal_printer(ticket, columns, lang):
    text = ticket_text(attrs.evolve(ticket, lang=lang, service="Publikasi é — lengkap"), columns)
    lines = text.splitlines()
    assert max(map(len, lines)) <= columns
    assert text.isascii()
    assert "A - 0 0 2" in text
    assert ("Menunggu sebelum Anda: 1" if lang == "id" else "Waiting before you: 1") in text
    when = "24 November 2026 pukul 09.00 WIB" if lang == "id" else "24 November 2026 at 09:00 WIB"
    assert when in text


def test_S3_a_printer_that_is_too_narrow_is_refused(ticket):
    with pytest.raises(BadInput, match="32"):
        ticket_text(ticket, 20)


def test_S3_the_ticket_is_a_paper_that_names_nobody(ticket):
    text = pypdf.PdfReader(io.BytesIO(TypstRenderer().render(ticket))).pages[0].extract_text()
    assert "A-002" in text
    assert "Produk statistik berbayar" in text
    assert "budi" not in text


def test_S3_there_is_no_ticket_before_the_number():
    from pst_core.workflow import Actor, Role

    counter = Counter()
    stream = counter.desk.open(vs.VisitUnit("x"), by=Actor("x", Role.APPLICANT)).stream
    with pytest.raises(BadInput, match="no-queue-number"):
        queue_ticket(counter.desk, stream)
