"""Every paper against the rules of PDF/A-3a and PDF/UA-1, and its text against its data.

No validator of these norms can be had from a package registry; typst itself refuses to write a file
that breaks them, and what an archive or a screen reader would trip over is looked at here by qpdf
(through pikepdf), object by object. The checks are tried on files broken on purpose.
"""

import datetime as dt
import io
import re
from pathlib import Path

import attrs
import pikepdf
import pypdf
import pypdfium2
import pytest

from pst_adapters.pdf import TypstRenderer
from pst_adapters.pdf import renderer as shipped
from pst_core.documents import AgreementTerms, agreement_text, load_agreement
from pst_core.documents import papers as p
from pst_core.documents.agreement import long_date
from pst_core.money import format_rupiah
from pst_core.office import Office

OFFICE = Office.load("3317")
AT = dt.datetime(2026, 11, 24, 10, 5, 7, tzinfo=dt.timezone(dt.timedelta(hours=7)))
NAME = "Ñgọc Łukasz Šárközy-Müller d’Ávila İnönü Ðặng, S.Si., M.Stat., Ph.D."
LONG = (
    "Direktori Perusahaan Konstruksi Menurut Kabupaten/Kota dan Kecamatan di Seluruh Provinsi Jawa "
    "Tengah dan Daerah Istimewa Yogyakarta, Edisi Revisi Ketiga dengan Lampiran Tabel Rinci"
)
WHY = "312 halaman; 50 halaman pertama Rp50.000; 262 halaman berikutnya = 6 x 50 halaman"
URL = "https://pst.example.go.id/cek"
CASE = "request-3317-2026-0001"
RENDERER = TypstRenderer()


def lines(count, amount=1_001_000):
    return tuple(
        p.Line(f"{LONG} nomor {n}" if n % 5 == 0 else f"Produk nomor {n}", amount, WHY, "PP I.A")
        for n in range(count)
    )


def papers(lang):
    """Return papers as they come, and at their worst: long, empty, free, and of many pages."""
    head = OFFICE.letterhead_in(lang)
    terms = AgreementTerms(
        "0001/SPPD/3317/2026", CASE, AT.date(), OFFICE.name.id, NAME, ("Susenas",)
    )
    many = attrs.evolve(terms, products=tuple(x.description for x in lines(12)), institution=LONG)
    agreement = p.Agreement(
        head, AT, agreement_text(load_agreement(), terms), OFFICE.head, p.Person(NAME, ""),
        "Setelah ditandatangani: unggah.", URL, lang,
    )  # fmt: skip
    invoice = p.Invoice(
        head, "0001/INV/3317/2026", AT, CASE, NAME, "", lines(1, 999_999_999_999), "PP 13/2024",
        dt.date(2026, 12, 8), "820261124123456", "Catatan.", OFFICE.treasurer, URL, lang,
    )  # fmt: skip
    receipt = p.Receipt(
        head, "0001/KWT/3317/2026", AT, NAME, 1_001_000, "Susenas", "0001/INV/3317/2026",
        OFFICE.treasurer, "Undip", CASE, dt.date(2026, 12, 1), "820261124123456",
        "A1B2C3D4E5F6G7H8", "123456789012", reissued=True, check_url=URL, lang=lang,
    )  # fmt: skip
    row = p.HistoryRow(AT, "S9", "Formulir", NAME, "petugas")
    history = p.History(head, f"RW/{CASE}", AT, CASE, NAME, "Layanan", (row,), "selesai", lang=lang)
    sample = p.SampleCover(
        head, "0001/CTH/3317/2026", AT, CASE, NAME, LONG, "contoh_" + "x" * 110 + ".csv", "0" * 64,
        10, 1_000_000, (p.Variable("R101", "Provinsi", "teks"),), lang=lang,
    )  # fmt: skip
    return {
        "quote": p.QuotePaper(
            head, AT, lines(3), "PP 13/2024", AT.date(), applicant=NAME, lang=lang
        ),
        "invoice": invoice,
        "invoice-40": attrs.evolve(invoice, lines=lines(40), billing_code="", signer=None),
        "invoice-31": attrs.evolve(invoice, lines=lines(31)),
        "invoice-free": attrs.evolve(invoice, lines=lines(1, 0), billing_code="", note=""),
        "agreement": agreement,
        "agreement-long": attrs.evolve(
            agreement, filled=agreement_text(load_agreement(), many), receiver=p.Person(NAME, LONG)
        ),
        "receipt": receipt,
        "receipt-long": attrs.evolve(
            receipt, amount=999_999_999_999, purpose="; ".join(x.description for x in lines(40))
        ),
        "receipt-copy": attrs.evolve(
            receipt, reissued_on=dt.date(2026, 12, 24), transfer=f"TT/2026/0012 ({NAME})",
            billing_code="820261124123456, 820261201123457, 820261208123458",
            ntpn="A1B2C3D4E5F6G7H8, A1B2C3D4E5F6G7H9, A1B2C3D4E5F6G7HA",
            ntb="123456789012, 123456789013, 123456789014", received_by="Rina, S.ST.",
            stamp=OFFICE.treasury.stamp.words(12_000_000).say(lang),
        ),
        "receipt-free": p.Receipt(
            head, "0002/KWT/3317/2026", AT, "Siti", 0, "Susenas", "0002/INV/3317/2026",
            OFFICE.treasurer, lang=lang,
        ),
        "sample": sample,
        "sample-45": attrs.evolve(
            sample, variables=tuple(p.Variable(f"R{n}", "", "teks") for n in range(45))
        ),
        "ticket": p.QueueTicket(
            head, "007", AT, 12, OFFICE.standard.say(lang), "visit-1", URL, lang
        ),
        "history": history,
        "history-60": attrs.evolve(
            history, rows=tuple(attrs.evolve(row, what=f"{LONG} {n}") for n in range(60))
        ),
    }  # fmt: skip


CASES = [(name, lang) for lang in ("id", "en") for name in papers("id")]
PDFS = {(name, lang): RENDERER.render(papers(lang)[name]) for name, lang in CASES}


def objects(file, kind):
    return [o for o in file.objects if isinstance(o, pikepdf.Dictionary) and o.get("/Type") == kind]


def faults(data):
    """Return what an archive (PDF/A-3a) or a screen reader (PDF/UA-1) would trip over."""
    with pikepdf.open(io.BytesIO(data)) as file:
        root, marks = file.Root, file.Root.get("/MarkInfo", {})
        meta = root["/Metadata"].read_bytes().decode() if "/Metadata" in root else ""
        wanted = ("pdfaid:part>3<", "pdfaid:conformance>A<", "pdfuaid:part>1<", "<dc:title>")
        intents = root.get("/OutputIntents", [])
        fonts = objects(file, "/FontDescriptor")
        embedded = {"/FontFile", "/FontFile2", "/FontFile3"}
        specs = objects(file, "/Filespec")
        elements = [
            o for o in file.objects if isinstance(o, pikepdf.Dictionary) and "/S" in o and "/P" in o
        ]
        kinds = {str(e.S) for e in elements}
        rules = {
            "encrypted": not file.is_encrypted,
            "no file identifier": "/ID" in file.trailer,
            "no output intent with a colour profile": any(
                i.S == "/GTS_PDFA1" and "/DestOutputProfile" in i for i in intents
            ),
            "not tagged": bool(marks.get("/Marked")) and not marks.get("/Suspects"),
            "no structure": "/K" in root.get("/StructTreeRoot", {}),
            "no language": bool(str(root.get("/Lang", ""))),
            "title is not shown": bool(root.get("/ViewerPreferences", {}).get("/DisplayDocTitle")),
            "something acts or can be filled in": not {"/OpenAction", "/AA", "/AcroForm"}
            & set(root.keys()),
            "a page outside the structure": all("/StructParents" in q.obj for q in file.pages),
            "a font that is not embedded": bool(fonts)
            and all(embedded & set(f.keys()) for f in fonts),
            "letters without meaning": all(
                "/ToUnicode" in f for f in objects(file, "/Font") if f.Subtype == "/Type0"
            ),
            "an attachment of unknown kind": all(
                "/AFRelationship" in s and "/Subtype" in s.EF.F for s in specs
            ),
            "a picture without words": all(
                str(e.get("/Alt", "")) for e in elements if e.S == "/Figure"
            ),
            "no heading": "/H1" in kinds,
            "a table without headers": "/Table" not in kinds or "/TH" in kinds,
        }
        return [
            *(f"qpdf: {said}" for said in file.check_pdf_syntax()),
            *(f"metadata: no {x}" for x in wanted if x not in meta),
            *(name for name, holds in rules.items() if not holds),
        ]


@pytest.mark.parametrize(("name", "lang"), CASES)
def test_S13_every_paper_keeps_the_rules_of_archive_and_screen_reader(name, lang):
    assert faults(PDFS[name, lang]) == []


def broken(change):
    with pikepdf.open(io.BytesIO(PDFS["invoice", "id"])) as file:
        change(file)
        out = io.BytesIO()
        file.save(out)
    return out.getvalue()


def without_font_file(file):
    del objects(file, "/FontDescriptor")[0]["/FontFile3"]


def without_alt(file):
    for o in file.objects:
        if isinstance(o, pikepdf.Dictionary) and o.get("/S") == "/Figure":
            del o["/Alt"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda f: f.Root.__delitem__("/Lang"), "no language"),
        (lambda f: f.Root.__delitem__("/OutputIntents"), "no output intent with a colour profile"),
        (lambda f: f.Root.__delitem__("/Metadata"), "metadata: no pdfaid:part>3<"),
        (lambda f: f.Root.MarkInfo.__setitem__("/Marked", False), "not tagged"),
        (lambda f: f.Root.StructTreeRoot.__delitem__("/K"), "no structure"),
        (lambda f: f.Root.ViewerPreferences.__setitem__("/DisplayDocTitle", False),
         "title is not shown"),
        (without_font_file, "a font that is not embedded"),
        (without_alt, "a picture without words"),
    ],
    ids=lambda x: x if isinstance(x, str) else "",
)  # fmt: skip
def test_the_checks_bite(change, says):
    assert says in faults(broken(change))


def signs(text):
    return re.sub(r"[\W_]", "", text)


def values(thing, lang, field=None):
    """Return all that must be read on the page: every text, amount, date and count of a paper."""
    if attrs.has(type(thing)):
        hidden = {"lang", "check_url", "filled", "position_en", "position", "digest"}
        return [
            v
            for a in attrs.fields(type(thing))
            if a.name not in hidden
            for v in values(getattr(thing, a.name), lang, a.name)
        ]
    if isinstance(thing, tuple):
        return [v for part in thing for v in values(part, lang, field)]
    if isinstance(thing, dt.date):
        return [long_date(thing if type(thing) is dt.date else thing.date(), lang)]
    if type(thing) is int:
        return [format_rupiah(thing, lang) if field == "amount" else str(thing)]
    return [thing] if isinstance(thing, str) and thing else []


@pytest.mark.parametrize(("name", "lang"), CASES)
def test_S13_the_text_of_every_paper_is_its_data(name, lang):
    paper = papers(lang)[name]
    pages = pypdf.PdfReader(io.BytesIO(PDFS[name, lang])).pages
    text = signs("".join(page.extract_text() for page in pages)).casefold()
    wanted = attrs.evolve(paper, letterhead=p.Letterhead(paper.letterhead.office, "", ""))
    if isinstance(paper, p.QueueTicket):
        wanted = attrs.evolve(wanted, request_id="")
    if isinstance(paper, p.SampleCover) and lang == "en":
        wanted = attrs.evolve(
            wanted, variables=tuple(attrs.evolve(v, kind="text") for v in paper.variables)
        )
    if isinstance(paper, p.SampleCover):
        assert signs(format_rupiah(paper.rows_total, lang)[2:]) in text
        wanted = attrs.evolve(wanted, rows_total=0)
    if isinstance(paper, p.QuotePaper):
        wanted = attrs.evolve(wanted, number="")
    missing = [v for v in values(wanted, lang) if v != "0" and signs(v).casefold() not in text]
    assert missing == []
    if hasattr(paper, "words"):
        assert signs(paper.words).casefold() in text
    if isinstance(paper, p.Agreement):
        for paragraph in paper.filled.paragraphs("id"):
            assert signs(paragraph).casefold() in text
        assert signs(paper.filled.code).casefold() in text


def labels():
    """Return the pairs of words that the templates choose from."""
    folder = Path(shipped.__file__).parent / "templates"
    source = "\n".join(f.read_text("utf-8") for f in folder.glob("*.typ"))
    return re.findall(r'say\(\s*"([^"]+)",\s*"([^"]+)",?\s*\)', source)


def test_every_label_stands_in_both_languages():
    assert len(labels()) > 40
    same = {a for a, b in labels() if a == b}
    assert same <= {"No."}


def test_every_label_is_said_in_the_paper_s_language():
    folder = Path(shipped.__file__).parent / "templates"
    source = "\n".join(f.read_text("utf-8") for f in folder.glob("*.typ"))
    assert set(re.findall(r'^\s*\("([^"]+)",', source, re.M)) == {"NTPN", "NTB", "SHA-256"}


@pytest.mark.slow
@pytest.mark.parametrize(("name", "lang"), CASES)
def test_S13_no_label_of_the_other_language_is_left(name, lang):
    pages = pypdf.PdfReader(io.BytesIO(PDFS[name, lang])).pages
    text = " ".join("".join(page.extract_text() for page in pages).split())
    other = [pair[0 if lang == "en" else 1] for pair in labels() if pair[0] != pair[1]]
    left = {x for x in other if len(x) > 8 and re.search(rf"\b{re.escape(x)}\b", text)}
    # the agreement's words of record are Indonesian on every paper
    assert left - {"Surat Perjanjian"} == set()


@pytest.mark.parametrize(("name", "lang"), CASES)
def test_S13_nothing_leaves_the_page_or_runs_into_its_margin(name, lang):
    with pypdfium2.PdfDocument(PDFS[name, lang]) as file:
        for page in file:
            width, height = page.get_size()
            margin = 14 if name == "ticket" else 50
            words = page.get_textpage()
            for n in range(words.count_chars()):
                left, bottom, right, top = words.get_charbox(n)
                if words.get_text_range(n, 1).strip() and right > left:
                    assert left >= margin, words.get_text_range(n, 10)
                    assert right <= width - margin, words.get_text_range(n, 10)
                    assert bottom >= 10
                    assert top <= height - 10


def page_texts(name, lang="id"):
    reader = pypdf.PdfReader(io.BytesIO(PDFS[name, lang]))
    return [" ".join(page.extract_text().split()) for page in reader.pages]


@pytest.mark.slow
def test_S13_a_product_stays_on_one_page_with_its_arithmetic():
    invoice = papers("id")["invoice"]
    for notes in range(6):  # each word more in the letterhead moves the end of the page
        head = attrs.evolve(invoice.letterhead, address="Jalan Contoh Nomor Satu " * 5 * notes)
        data = RENDERER.render(attrs.evolve(invoice, letterhead=head, lines=lines(16)))
        for page in pypdf.PdfReader(io.BytesIO(data)).pages:
            text = " ".join(page.extract_text().split())
            whole = len(re.findall(r"nomor \d+ 312 halaman.*?berikutnya = 6 x 50 halaman", text))
            assert whole == len(re.findall(r"nomor \d+", text)) == text.count("312 halaman")


def test_S23_a_long_name_does_not_squeeze_what_happened():
    assert len(page_texts("history-60")) <= 8


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("invoice-31", "Dasar tarif: PP 13/2024."),
        ("receipt-long", "Rp999.999.999.999"),
        ("agreement-long", "Syarat perjanjian ini ditanda tangani"),
    ],
)
def test_S13_nobody_signs_a_page_without_words(name, words):
    pages = page_texts(name)
    assert len(pages) > 1
    (signed,) = (text for text in pages if "Rembang, 24 November 2026" in text)
    assert words in signed


def test_S19_a_paper_of_Rp0_asks_for_no_payment():
    (text,) = page_texts("invoice-free")
    assert "Tidak ada yang harus dibayar" in text
    assert "Nol rupiah" in text
    assert "bendahara." not in text
    assert "There is nothing to pay" in page_texts("invoice-free", "en")[0]


def test_S13_a_code_that_leads_nowhere_is_not_promised():
    assert "memindai kode QR" not in page_texts("history")[0]
    assert "memindai kode QR" in page_texts("invoice")[0]
    assert "SHA-256" not in page_texts("quote")[0], "a quote without a number is not kept"


def font_with(letter, place):
    """Write a font that has ``letter``: a free font of another package under another name."""
    import reportlab
    from fontTools.ttLib import TTFont

    font = TTFont(Path(reportlab.__file__).parent / "fonts" / "Vera.ttf")
    for table in font["cmap"].tables:
        if table.isUnicode():
            table.cmap[ord(letter)] = "A"
    for record in font["name"].names:
        if record.nameID in (1, 4, 16):
            record.string = "Kotak"
    font.save(place)


def test_S13_a_name_in_letters_that_the_fonts_lack_needs_a_font_in_the_office_s_folder(tmp_path):
    font_with("\u674e", tmp_path / "kotak.ttf")
    paper = attrs.evolve(papers("en")["invoice"], applicant="Li \u674e")
    data = TypstRenderer(tmp_path).render(paper)
    assert "Li \u674e" in pypdf.PdfReader(io.BytesIO(data)).pages[0].extract_text()
    assert faults(data) == []
