import contextlib
import csv
import datetime as dt
import decimal
import hashlib
import io
import json
import subprocess
import sys
from pathlib import Path

import arro3.core
import arro3.io
import dbf
import fastparquet
import pandas as pd
import pypdf
import pyreadstat
import pytest
import shapefile
from hypothesis import given, settings
from hypothesis import strategies as st

from pst_adapters.cli import main
from pst_adapters.files import make_sample, read_facts, read_microdata
from pst_core.documents.samples import SampleMode, SampleRule
from pst_core.lawdata import shipped as shipped_file
from pst_core.office import Office
from pst_core.refusal import BadInput, NotFound

ALL = SampleRule(SampleMode.FIRST_ROWS, max_rows=30, max_columns=9)
N = 30
NAMES = [f"Ibu {n}" for n in range(N)]
AGES = [20 + n for n in range(N)]
PAY = [1_000_000.5 + n for n in range(N)]
SEX = [1 + n % 2 for n in range(N)]
BORN = [dt.date(1990, 1, 1) + dt.timedelta(days=n) for n in range(N)]


def frame():
    return pd.DataFrame({"NAMA": NAMES, "UMUR": AGES, "UPAH": PAY, "SEKS": SEX, "LAHIR": BORN})


def as_csv(path):
    lines = (f"{NAMES[n]};{AGES[n]};{PAY[n]};{SEX[n]};{BORN[n]}" for n in range(N))
    path.write_text("# rekaan\nNAMA;UMUR;UPAH;SEKS;LAHIR\n" + "\n".join(lines))


def as_dbf(path):
    # written by pyshp, read by dbf
    with shapefile.Writer(dbf=f"{path}.dbf") as table:
        table.field("NAMA", "C", 20)
        table.field("UMUR", "N", 3)
        table.field("UPAH", "N", 14, decimal=2)
        table.field("SEKS", "N", 1)
        table.field("LAHIR", "D")
        for n in range(N):
            table.record(NAMES[n], AGES[n], PAY[n], SEX[n], BORN[n])
    path.with_name(f"{path.name}.dbf").rename(path)


def as_sav(path):
    pyreadstat.write_sav(
        frame(), path,
        column_labels={"NAMA": "Nama responden", "SEKS": "Jenis kelamin"},
        variable_value_labels={"SEKS": {1: "Laki-laki", 2: "Perempuan"}},
        variable_format={"UMUR": "F3.0", "SEKS": "F1.0", "UPAH": "F12.2"},
    )  # fmt: skip


def as_zsav(path):
    pyreadstat.write_sav(frame(), path, compress=True, variable_format={"UMUR": "F3.0"})


def as_parquet(path):
    # written by fastparquet, read by arro3; LAHIR as text: pandas has no dates of its own
    fastparquet.write(path, frame().astype({"LAHIR": str}), compression="GZIP", row_group_offsets=7)


FORMATS = {
    "csv": (as_csv, "text/csv"),
    "dbf": (as_dbf, "application/vnd.dbf"),
    "sav": (as_sav, "application/x-spss-sav"),
    "zsav": (as_zsav, "application/x-spss-sav"),
    "parquet": (as_parquet, "application/vnd.apache.parquet"),
}


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    # no ending: the kind is told from the content
    for name, (write, _) in FORMATS.items():
        write(folder / name)
    return folder


def rows(data, delimiter=","):
    return list(csv.reader(io.StringIO(data.decode()), delimiter=delimiter))


@pytest.mark.slow
@pytest.mark.parametrize("kind", FORMATS)
def test_S13_each_format_gives_the_same_records(files, kind):
    found = read_microdata(files / kind, 3)
    assert found.media_type == FORMATS[kind][1]
    assert [v.name for v in found.variables] == ["NAMA", "UMUR", "UPAH", "SEKS", "LAHIR"]
    assert found.total == N
    assert len(found.records) == 3
    for n, record in enumerate(found.records):
        assert record[:2] == (NAMES[n], str(AGES[n]))
        assert float(record[2]) == PAY[n]
        assert record[3:] == (str(SEX[n]), str(BORN[n]))


@pytest.mark.parametrize("kind", FORMATS)
def test_microdata_is_known_by_its_content(files, kind):
    assert read_facts((files / kind).read_bytes(), "x.pdf").media_type == FORMATS[kind][1]


@pytest.mark.slow
def test_S13_variables_carry_type_label_and_codes(files):
    kinds = {
        "csv": ["teks", "bilangan bulat", "bilangan", "bilangan bulat", "teks"],
        "dbf": ["teks", "bilangan bulat", "bilangan", "bilangan bulat", "tanggal"],
        "sav": ["teks", "bilangan bulat", "bilangan", "bilangan bulat", "tanggal"],
        "parquet": ["teks", "bilangan bulat", "bilangan", "bilangan bulat", "teks"],
    }
    for kind, wanted in kinds.items():
        assert [v.kind for v in read_microdata(files / kind, 30).variables] == wanted
    labels = [v.label for v in read_microdata(files / "sav", 1).variables]
    assert labels == [
        "Nama responden", "", "", "Jenis kelamin (1 = Laki-laki, 2 = Perempuan)", "",
    ]  # fmt: skip


def test_S13_foxpro_types_missing_values_and_deleted_records(tmp_path):
    path = tmp_path / "data [1].dbf"
    spec = "nama C(20); n I; b B; t T; kawin L; catatan M"
    table = dbf.Table(str(path), spec, dbf_type="vfp", codepage="cp1252")
    table.open(dbf.READ_WRITE)
    noted = dt.datetime.fromisoformat("2020-01-01T03:04:05")
    table.append(("Désa", 7, 1.5, noted, True, "memo"))
    table.append(("hapus", 0, 0.0, None, None, ""))
    table.append(("akhir", -7, 1e9, None, False, ""))
    dbf.delete(table[1])
    table.close()
    found = read_microdata(path, 10)
    assert found.records == (
        ("Désa", "7", "1.5", "2020-01-01T03:04:05", "1", "memo"),
        ("akhir", "-7", "1000000000", "", "0", ""),
    )
    assert found.total == 2
    assert [v.kind for v in found.variables] == [
        "teks", "bilangan bulat", "bilangan", "waktu", "ya/tidak", "teks",
    ]  # fmt: skip
    path.with_suffix(".fpt").unlink()
    with pytest.raises(BadInput, match="microdata-damaged"):
        read_microdata(path, 10)


def test_S13_dbf_that_does_not_name_its_letters(files, tmp_path):
    data = (files / "dbf").read_bytes()
    assert data[29] == 0
    (tmp_path / "x.dbf").write_bytes(data.replace(b"Ibu 0 ", b"B\xe9 0  "))
    assert read_microdata(tmp_path / "x.dbf", 1).records[0][0] == "Bé 0"


@pytest.mark.parametrize("packing", ["snappy", "zstd(3)", "brotli(4)"])
def test_S13_parquet_of_any_packing(tmp_path, packing):
    a = arro3.core
    day = a.Array([1, None], a.DataType.int32()).cast(a.DataType.date32())
    table = a.Table.from_pydict(
        {"d": day, "x": a.Array([None, 2.5], a.DataType.float64()),
         "u": a.Array([True, False], a.DataType.bool())}
    )  # fmt: skip
    arro3.io.write_parquet(table, tmp_path / "x", compression=packing)
    found = read_microdata(tmp_path / "x", 5)
    assert found.records == (("1970-01-02", "", "1"), ("", "2.5", "0"))
    assert [v.kind for v in found.variables] == ["tanggal", "bilangan", "ya/tidak"]


# --- what may be shown --------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("kind", FORMATS)
def test_S13_first_rows_are_the_first_records(files, kind):
    sample = make_sample(files / kind, ALL, rows=2, names=["UMUR", "NAMA"])
    delimiter = ";" if kind == "csv" else ","
    assert rows(sample.data, delimiter) == [["UMUR", "NAMA"], ["20", "Ibu 0"], ["21", "Ibu 1"]]
    assert (sample.rows, sample.rows_total, sample.columns) == (2, N, 2)
    assert len(sample.variables) == 5


@given(st.integers(1, 30))
def test_S13_mixed_sample_shows_no_record(files, count):
    rule = SampleRule(SampleMode.MIXED, max_rows=30, max_columns=9)
    real = read_microdata(files / "csv", N).records
    shown = [tuple(r) for r in rows(make_sample(files / "csv", rule, rows=count).data, ";")[1:]]
    assert len(shown) == count
    for name, age, *_, born in shown:
        # the values are real, each of another record
        origins = {NAMES.index(name), AGES.index(int(age)), BORN.index(dt.date.fromisoformat(born))}
        assert len(origins) == 3
    assert not set(shown) & set(real)


TABLES = st.integers(1, 5).flatmap(
    lambda width: st.lists(
        st.lists(
            st.sampled_from(["", "1", "2", "17", "-3.5", "nan", "Jl. Melati", "2001-02-03"]),
            min_size=width, max_size=width,
        ).filter(any),
        min_size=1, max_size=60,
    )
)  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("tables")


@given(TABLES, st.sampled_from([SampleMode.MIXED, SampleMode.INVENTED]), st.integers(1, 9))
@settings(max_examples=60)
def test_S13_no_mode_but_first_rows_ever_shows_a_record(folder, table, mode, count):
    path = folder / "t.csv"
    width = len(table[0])
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([[f"v{n}" for n in range(width)], *table])
    try:
        sample = make_sample(path, SampleRule(mode, max_rows=9, max_columns=4), rows=count)
    except BadInput as refusal:
        assert refusal.code in ("sample-too-few-records", "sample-not-csv")  # noqa: PT017
        return
    header, *shown = rows(sample.data, read_microdata(path, 1).delimiter)
    assert len(header) <= 4
    assert 0 < len(shown) <= count
    assert not {tuple(r) for r in shown} & {tuple(r[:4]) for r in table}


@pytest.mark.slow
@pytest.mark.parametrize("kind", FORMATS)
def test_S13_invented_sample_has_no_value_of_one_person(files, kind):
    rule = SampleRule(max_rows=10, max_columns=9)
    sample = make_sample(files / kind, rule)
    for name, age, pay, sex, born in rows(sample.data, ";" if kind == "csv" else ",")[1:]:
        assert name not in NAMES
        assert int(age) not in AGES or age == "0"
        assert float(pay) not in PAY
        assert sex in ("1", "2")  # half of the records each: nobody's own
        assert born not in map(str, BORN)
    assert sample.data == make_sample(files / kind, rule).data


def test_S13_never_more_than_the_profile_allows(files):
    rule = SampleRule(SampleMode.FIRST_ROWS, max_rows=4, max_columns=2)
    for count in (0, -1, 5):
        with pytest.raises(BadInput, match="sample-too-large"):
            make_sample(files / "csv", rule, rows=count)
    with pytest.raises(BadInput, match="sample-too-wide"):
        make_sample(files / "csv", rule, names=["NAMA", "UMUR", "UPAH"])
    with pytest.raises(BadInput, match="sample-no-such-variable"):
        make_sample(files / "csv", rule, names=["ALAMAT"])
    sample = make_sample(files / "csv", rule)
    assert [len(row) for row in rows(sample.data, ";")] == [2] * 5
    assert "2 dari 5 variabel" in sample.note.id


def test_S13_the_rule_is_the_offices(tmp_path):
    rule = Office.load("3317").sample
    assert (rule.mode, str(rule.certainty)) == (SampleMode.INVENTED, "assumed")
    source = shipped_file("offices", "3317.toml").read_text("utf-8")
    path = tmp_path / "o.toml"
    path.write_text(source.replace('mode = "invented"', 'mode = "mixed"'), "utf-8")
    assert Office.load(path).sample.mode is SampleMode.MIXED
    path.write_text(source.partition("[sample]")[0], "utf-8")
    assert Office.load(path).sample == SampleRule()
    for old, new in (("max_rows = 10", "max_rows = 0"), ('"invented"', '"semua"')):
        path.write_text(source.replace(old, new), "utf-8")
        with pytest.raises(Exception, match=r"sample\.(max_rows|mode)"):
            Office.load(path)


@pytest.mark.parametrize("bad", [b"", b"a,b\n", b"a,b\n1\n", b"\xff\xfe", b"kata", b"a,\n1,2\n"])
def test_S13_what_is_no_table_is_refused(tmp_path, bad):
    (tmp_path / "x").write_bytes(bad)
    with pytest.raises(BadInput, match="sample-not-csv"):
        make_sample(tmp_path / "x", ALL)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["dbf", "sav", "zsav", "parquet"])
def test_S13_a_damaged_file_is_refused_never_a_crash(files, tmp_path, kind):
    data = (files / kind).read_bytes()
    for size in (len(data) // 3, len(data) - 9):
        (tmp_path / "x").write_bytes(data[:size])
        try:
            read_microdata(tmp_path / "x", 30)
        except BadInput as refusal:
            assert refusal.text.id != refusal.text.en  # noqa: PT017


def test_S13_an_absent_file_is_named(tmp_path):
    with pytest.raises(NotFound, match="no-such-microdata"):
        make_sample(tmp_path / "tidak-ada.sav", ALL)


def test_S13_mixed_sample_of_too_few_records_is_refused(tmp_path):
    (tmp_path / "x").write_bytes(b"a,b,c\n1,2,3\n4,5,6\n")
    with pytest.raises(BadInput, match="sample-too-few-records"):
        make_sample(tmp_path / "x", SampleRule(SampleMode.MIXED), rows=1)


def test_S13_the_library_that_is_missing_is_named(files, tmp_path, monkeypatch):
    (tmp_path / "dbf.py").write_text("raise ModuleNotFoundError(name='dbf')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(BadInput, match=r"microdata-library.*\(dbf\).*pst-core\[microdata\]"):
        read_microdata(files / "dbf", 1)


def test_S13_a_file_that_brings_its_reader_down_is_refused(files, tmp_path):
    # the Rust of arro3 ends its process over some of these, not only with an error
    data = (files / "parquet").read_bytes()
    footer = int.from_bytes(data[-8:-4], "little") + 8
    for place in range(len(data) - footer, len(data) - 8, footer // 2):
        (tmp_path / "x").write_bytes(data[:place] + b"\xff\xff" + data[place + 2 :])
        with contextlib.suppress(BadInput):
            read_microdata(tmp_path / "x", 5)


LARGE = """
import sys
from pathlib import Path
from pst_adapters.files import microdata
def peak():
    status = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
read = microdata._READERS.get(sys.argv[1], microdata._read_csv)
read(Path(sys.argv[3]), 9)
before = peak()
print(read(Path(sys.argv[2]), 9).total, peak() - before)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="no /proc to read the peak from")
@pytest.mark.slow
@pytest.mark.parametrize("kind", ["csv", "dbf", "sav", "parquet"])
def test_S13_a_large_file_is_read_in_bounded_memory(files, tmp_path, kind):
    many = 300_000
    path = tmp_path / "besar"
    text = "rumah tangga yang panjang sekali " * 3
    if kind == "csv":
        path.write_text("a,b\n" + f"1,{text}\n" * many)
    elif kind == "dbf":
        path = tmp_path / "besar.dbf"
        with shapefile.Writer(dbf=str(path)) as table:
            table.field("A", "C", 99)
            table.record("x")
        head = bytearray(path.read_bytes()[:-1])
        row = head[-100:]
        head[4:8] = many.to_bytes(4, "little")
        path.write_bytes(bytes(head[:-100]) + bytes(row) * many + b"\x1a")
    elif kind == "sav":
        pyreadstat.write_sav(pd.DataFrame({"a": [1.0] * many, "b": [text] * many}), path)
    else:
        data = pd.DataFrame({"a": [1.0] * many, "b": [f"{n} {text}" for n in range(many)]})
        fastparquet.write(path, data, row_group_offsets=10_000)
    done = subprocess.run(
        [sys.executable, "-c", LARGE, FORMATS[kind][1], path, files / kind],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    total, kilobytes = map(int, done.stdout.split())
    assert total == many
    # of some 30 MB of records
    assert kilobytes < 12_000


# --- the command --------------------------------------------------------------------------------


@pytest.mark.slow
def test_S13_command_writes_sample_and_cover(files, tmp_path, capsys):

    out, cover = tmp_path / "c.csv", tmp_path / "c.pdf"
    line = ["sample", str(files / "sav"), "--rows", "3", "--out", str(out), "--cover", str(cover)]
    assert main([*line, "--dataset", "Susenas 2025", "--request", "R-1"]) == 0
    assert "3 baris untuk 30 rekaman, 5 dari 5 variabel" in capsys.readouterr().out
    assert len(rows(out.read_bytes())) == 4
    text = pypdf.PdfReader(cover).pages[0].extract_text()
    for said in (
        "Susenas 2025",
        "R-1",
        "3 baris; data lengkapnya 30 rekaman",
        "Jenis kelamin",
        "rekaan",
    ):
        assert said in text
    assert main([*line, "--lang", "en"]) == 1
    assert "is there already" in capsys.readouterr().err
    assert main(["sample", str(files / "sav"), "--rows", "11", "--out", str(tmp_path / "d")]) == 1
    assert "1 sampai 10" in capsys.readouterr().err


@pytest.mark.slow
def test_S13_an_english_cover_is_english_and_bound_to_the_sample(files, tmp_path, capsys):
    out, cover = tmp_path / "c.csv", tmp_path / "c.pdf"
    line = ["--lang", "en", "sample", str(files / "dbf"), "--rows", "1", "--out", str(out)]
    assert main([*line, "--cover", str(cover), "--json"]) == 0
    paper = json.loads(capsys.readouterr().out)
    assert paper["file_sha256"] == hashlib.sha256(out.read_bytes()).hexdigest()
    assert (paper["rows"], paper["rows_total"]) == (1, N)
    assert "invented" in paper["note"]
    text = pypdf.PdfReader(cover).pages[0].extract_text()
    assert "BPS-STATISTICS OF REMBANG REGENCY" in text
    assert paper["file_sha256"] in text.replace("\u200b", "")


def test_S13_an_office_has_a_cover_of_its_own_look(files, tmp_path):
    (tmp_path / "own").mkdir()
    own = tmp_path / "own" / "sample.typ"
    own.write_text('#show: paper.with("X")\n#attach-data()\nSAMPUL KANTOR\n', "utf-8")
    cover = tmp_path / "c.pdf"
    line = ["sample", str(files / "csv"), "--out", str(tmp_path / "c.csv"), "--cover", str(cover)]
    assert main([*line, "--templates", str(own.parent)]) == 0
    assert "SAMPUL KANTOR" in pypdf.PdfReader(cover).pages[0].extract_text()


def test_decimals_are_said_in_full():
    from pst_adapters.files.microdata import _said

    assert _said(decimal.Decimal("1E+3")) == "1000"
    assert _said(float("nan")) == ""
