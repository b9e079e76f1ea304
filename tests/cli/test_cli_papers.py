"""Papers from the command line: checked, printed again, and by the office's own templates."""

import io
import json

import pypdf
import pytest

from pst_adapters.cli import main

REQUEST, VISIT = "request-3317-2026-0001", "visit-3317-2026-11-24-0001"


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """Give the folder of a demonstration with the office's own templates, and its database."""
    folder = tmp_path_factory.mktemp("demo")
    own = folder / "templates"
    own.mkdir()
    (own / "receipt.typ").write_text(
        '#set document(title: "K")\n#set text(lang: "id")\n= Kuitansi kantor sendiri #d.number\n'
        "#d.words",
        encoding="utf-8",
    )
    words = ["--folder", str(folder), "--start", "2026-11-24", "--templates", str(own)]
    assert main(["demo", *words]) == 0
    (made,) = (f for f in folder.iterdir() if f != own)
    return made


def pst(played, capsys, *words, code=0):
    capsys.readouterr()
    given = [*words, "--db", str(played / "pst.db")]
    assert main(given) == code
    out, err = capsys.readouterr()
    return out + err


def text_of(data):
    return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages)


def test_S13_a_superseded_invoice_is_told_by_number_and_by_exit_code(played, capsys):
    said = pst(played, capsys, "check-paper", "0001/INV/3317/2026", code=1)
    assert "digantikan oleh 0002/INV/3317/2026" in said
    assert REQUEST in said
    assert "berlaku" in pst(played, capsys, "check-paper", "0002/INV/3317/2026")
    english = pst(played, capsys, "check-paper", "0009/INV/3317/2026", "--lang", "en", code=1)
    assert "was ever issued" in english


@pytest.mark.parametrize("number", ["0001/KWT/3317/2026", "0002/SPPD/3317/2026"])
def test_S19_receipt_and_agreement_are_found_by_number(played, capsys, number):
    found = json.loads(pst(played, capsys, "check-paper", number, "--json"))
    assert (found["standing"], found["stream"]) == ("issued", REQUEST)


def test_what_is_no_code_is_refused_with_the_remedy(played, capsys):
    assert "Tempelkan" in pst(played, capsys, "check-paper", " ", code=1)


@pytest.mark.parametrize("lang", ["id", "en"])
@pytest.mark.parametrize("kind", ["invoice", "agreement", "receipt"])
def test_S13_a_paper_is_printed_again_in_either_language(played, capsys, tmp_path, kind, lang):
    place = tmp_path / "paper.pdf"
    pst(played, capsys, "paper", kind, REQUEST, "--pdf", str(place), "--lang", lang)
    text = text_of(place.read_bytes())
    assert {"id": "REMBANG", "en": "REMBANG REGENCY"}[lang] in text
    (code,) = (line for line in text.splitlines() if "SHA-256" in line)
    assert code


def test_S13_the_print_is_the_very_paper_that_was_sent(played, capsys, tmp_path):
    place = tmp_path / "paper.pdf"
    pst(played, capsys, "paper", "invoice", REQUEST, "--pdf", str(place))
    assert place.read_bytes() in [f.read_bytes() for f in (played / "dokumen").glob("*invoice*")]


def test_S19_an_office_s_template_is_used_by_the_worker(played):
    (receipt,) = (played / "dokumen").glob("*receipt*.pdf")
    assert "Kuitansi kantor sendiri 0001/KWT/3317/2026" in text_of(receipt.read_bytes())
    (invoice, *_) = (played / "dokumen").glob("*invoice*.pdf")
    assert "TAGIHAN" in text_of(invoice.read_bytes())


def test_S13_a_paper_that_is_not_there_yet_is_named(played, capsys, tmp_path):
    said = pst(played, capsys, "paper", "receipt", VISIT, "--pdf", str(tmp_path / "x"), code=1)
    assert "pst history" in said


@pytest.mark.parametrize("lang", ["id", "en"])
def test_S23_statement_of_history_as_a_pdf(played, capsys, tmp_path, lang):
    place = tmp_path / "history.pdf"
    pst(played, capsys, "history", REQUEST, "--pdf", str(place), "--lang", lang)
    text = " ".join(text_of(place.read_bytes()).split())
    for said in (f"RW/{REQUEST}", "Siti Rahmawati", "(S6)", "(S23)"):
        assert said in text
    assert {"id": "Membuka layanan", "en": "Open the service"}[lang] in text
    assert "berlaku" in pst(played, capsys, "check-paper", f"RW/{REQUEST}")


def test_S23_a_register_is_no_statement(played, capsys, tmp_path):
    pst(played, capsys, "history", "--pdf", str(tmp_path / "x.pdf"), code=2)


def test_S3_ticket_as_text_and_as_a_pdf(played, capsys, tmp_path):
    text = pst(played, capsys, "ticket", VISIT)
    assert "0 0 1" in text
    assert max(len(line) for line in text.splitlines()) <= 32
    place = tmp_path / "ticket.pdf"
    pst(played, capsys, "ticket", VISIT, "--pdf", str(place), "--lang", "en")
    assert "Queue number" in text_of(place.read_bytes())
    assert "S3" in pst(played, capsys, "ticket", REQUEST, code=1)


@pytest.mark.slow
def test_S13_the_sample_has_a_cover_that_lists_its_variables(played, capsys):
    (cover,) = (played / "contoh").glob("sampul-*.pdf")
    text = text_of(cover.read_bytes())
    for said in ("0001/CTH/3317/2026", "pengeluaran_pangan", "bilangan bulat"):
        assert said in text
    assert "Contoh data" in pst(played, capsys, "check-paper", "0001/CTH/3317/2026", code=1)


def test_a_folder_of_templates_that_is_not_there_is_refused(played, capsys, tmp_path):
    said = pst(
        played, capsys, "work", "--once", "--templates", str(tmp_path / "none"), "--mail",
        str(tmp_path / "m"), "--files", str(tmp_path / "f"), code=1,
    )  # fmt: skip
    assert "templat" in said


def test_C1_a_quote_is_printed_under_the_office_s_letterhead_and_templates(capsys, tmp_path):
    words = ["quote", "--publication", "Rembang Dalam Angka:312", "--on", "2026-11-24", "--pdf"]
    place = tmp_path / "q.pdf"
    assert main([*words, str(place)]) == 1
    assert "--office" in capsys.readouterr().err
    assert main([*words, str(place), "--office", "3317", "--lang", "en"]) == 0
    text = text_of(place.read_bytes())
    assert "REMBANG REGENCY" in text
    assert "Rp140,000" in text
    (tmp_path / "quote.typ").write_text('#set document(title: "Q")\n= Sendiri', encoding="utf-8")
    given = [*words, str(place), "--office", "3317", "--templates", str(tmp_path)]
    assert main(given) == 0
    assert "Sendiri" in text_of(place.read_bytes())
