"""An office's own list in TOML and CSV, and files that are something else."""

import datetime as dt
from pathlib import Path

import pytest

from pst_adapters.catalogue import as_toml, read_catalogue, read_csv_list, read_toml_list
from pst_core.catalogue import Kind
from pst_core.refusal import BadInput, BadLawData

RECORDED = Path(__file__).parent / "recorded"
PORTAL = Path(__file__).parents[2] / "examples/portal/catalogue.toml"

CSV = """Kode;Jenis;Judul;Halaman;Byte;Diolah;Cakupan;Tingkat;Lembar;Tahun;Dibaca;Keterangan
da;publikasi;"Rembang; Dalam Angka";312;;;;;;2026;24/11/2026;Buku tahunan
su;data mikro;Susenas;;4.200.000;tidak;;;;2020-2024;2026-11-24;
ta;microdata;Tabulasi;;9;ya;;;;;;
pe;peta;Peta;;;;kabupaten;desa;1;;;
"""


def rows(data):
    return read_csv_list(data.encode(), "k.csv")


def test_the_portal_s_list_is_read_by_the_same_reader():
    listed = read_catalogue([PORTAL])
    assert [e.id for e in listed.entries] == [
        "dalam-angka", "kecamatan", "susenas", "sakernas-tabel", "peta-desa",
    ]  # fmt: skip
    assert all(not e.lacks and e.about for e in listed.entries)
    assert {e.source for e in listed.entries} == {"catalogue.toml"}


def test_a_toml_list_says_once_what_holds_for_all():
    text = 'source = "gudang"\nread = 2026-11-24\n[[products]]\nid="a"\nkind="publication"\n'
    (one,) = read_toml_list(text + 'title="A"\nread = 2025-01-01\nyears = [2024, 2025]\n').entries
    assert (one.source, one.read, one.years) == ("gudang", dt.date(2025, 1, 1), (2024, 2025))
    (two,) = read_toml_list(text + 'title="A"\n').entries
    assert two.read == dt.date(2026, 11, 24)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('page = 3', "k.toml:5: products[0].page is not known here. Did you mean pages?"),
        ('pages = "3"', "k.toml:5: products[0].pages must be"),
        ('kind = "buku"', "products[0].kind does not know 'buku'. Choose one of: publication"),
        ("years = [2025]", "products[0].years must be the first and last year"),
        ('about = "satu"', "must be in both languages"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_toml_list_is_told_with_its_line(line, says):
    kind = "" if line.startswith("kind") else 'kind="publication"'
    text = f'[[products]]\nid="a"\ntitle="A"\n{kind}\n{line}\n'
    with pytest.raises(BadLawData) as no:
        read_toml_list(text, "k.toml")
    assert says in no.value.say("en")


@pytest.mark.parametrize("bom", ["", "\ufeff"])
@pytest.mark.parametrize("mark", [";", ",", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("note", [False, True])
def test_a_csv_is_read_however_a_spreadsheet_saved_it(bom, mark, end, note):
    text = CSV.replace("; Dalam", "# Dalam").replace(";", mark).replace("# Dalam", f"{mark} Dalam")
    text = text.replace("\n", end)
    read = rows(bom + (f"sep={mark}{end}" if note else "") + text)
    assert read.unread == ()
    da, su, ta, pe = read.entries
    assert (da.pages, da.years) == (312, (2026, 2026))
    # a tab within a title is a blank: a title is one line
    assert da.title == f"Rembang{mark.strip()} Dalam Angka"
    assert (da.read, da.about.id, da.about.en) == (
        dt.date(2026, 11, 24),
        "Buku tahunan",
        "Buku tahunan",
    )
    assert (su.bytes, su.years, su.processed, su.read) == (
        4_200_000,
        (2020, 2024),
        False,
        dt.date(2026, 11, 24),
    )
    assert (ta.kind, ta.processed) == (Kind.MICRODATA, True)
    assert (pe.extent, pe.level, pe.sheets) == ("regency", "village", 1)
    assert not any(e.lacks for e in read.entries)


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ("a,publikasi,A,tiga,", "pages must be a whole number, not 'tiga'"),
        ("a,publikasi,A,3.45,", "pages must be a whole number, not '3.45'"),
        ("a,buku,A,3,", "kind must be publication, microdata or map, not 'buku'"),
        ("a,publikasi,A,3,kapan", "read must be a day like 2026-11-24, not 'kapan'"),
        ("a,publikasi,A,3,31/02/2026", "read must be a day"),
        ("a,publikasi,,3,", "title must be a text"),
        ("ok,publikasi,A,3,", "ok is there already"),
        ('a,publikasi,"A" B,3,', "CSV:"),
    ],
)
def test_a_line_that_cannot_be_read_is_told_and_the_others_are_read(cells, says):
    head = "id,kind,title,pages,read\nok,publication,OK,1,\n"
    read = rows(f"{head}{cells}\nlast,publication,Last,2,\n")
    assert [e.id for e in read.entries] == ["ok", "last"]
    (one,) = read.unread
    assert one.place == "k.csv:3"
    assert says in one.text.en


def test_a_column_that_is_not_used_is_told():
    read = rows("No,id,kind,title,Judul\n1,a,publication,A,B\n")
    assert [e.title for e in read.entries] == ["A"]
    assert [u.text.en for u in read.unread] == [
        "the column 'No' is not used.", "the column 'Judul' is not used.",
    ]  # fmt: skip


def test_a_figure_that_the_list_has_not_is_not_guessed():
    (one,) = rows("id,kind,title,size\na,publication,A,3.45 MB\n").entries
    assert (one.pages, one.bytes, one.size, one.lacks) == (None, None, "3.45 MB", ("pages",))


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("k.csv", b"id,kind\na,b\n", "list-unreadable"),
        ("k.csv", b"", "list-unreadable"),
        ("k.csv", "id,kind,title\na,publication,\xe9\n".encode("latin-1"), "list-unreadable"),
        ("k.toml", b"\xff", "list-unreadable"),
        ("k.toml", b"a = ", "file-not-toml"),
        ("k.json", b'{"status": "OK", "da', "no-catalogue"),
        ("k.json", b"[" * 100_000, "no-catalogue"),
        ("k.json", b"<html>Bad gateway", "no-catalogue"),
        ("k.json", b"{}", "no-catalogue"),
        ("k.json", b"[1]", "no-catalogue"),
        ("k.json", b" " * (8 * 1024**2 + 1), "list-unreadable"),
    ],
)
def test_what_is_no_catalogue_is_one_error_with_a_remedy(tmp_path, name, data, code):
    (tmp_path / name).write_bytes(data)
    with pytest.raises((BadInput, BadLawData)) as no:
        read_catalogue([tmp_path / name])
    assert no.value.code == code
    assert name in no.value.text.id
    assert no.value.remedy.id
    assert no.value.remedy.en


def test_a_file_that_is_not_there_is_said(tmp_path):
    with pytest.raises(BadInput, match="list-unreadable"):
        read_catalogue([tmp_path / "k.toml"])


def test_files_are_read_together_and_an_id_that_comes_again_is_told(tmp_path):
    (tmp_path / "k.csv").write_text(CSV.replace("da;", "dalam-angka;"), "utf-8")
    read = read_catalogue([PORTAL, tmp_path / "k.csv", RECORDED / "bps-page-1.json"])
    assert len(read.entries) == 5 + 3 + 2
    assert [u.text.en for u in read.unread] == ["dalam-angka is there already."]
    assert read_toml_list(as_toml(read)).entries == read.entries
