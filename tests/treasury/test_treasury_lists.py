"""The day's list as offices export it: CSV both ways, spreadsheets, and lines that are no good."""

import datetime as dt

import pytest

from pst_adapters.treasury import read_list
from pst_core.office import Office
from pst_core.refusal import BadInput, BadLawData

OFFICE = Office.load("3317")
COLUMNS = OFFICE.treasury.columns
ZONE = OFFICE.calendar.zone
HEAD = "Kode Billing;NTPN;NTB;Total Disetor;Tanggal Bayar"
GOOD = ("820261124123456", "A1B2C3D4E5F6G7H8", "000123456789")


def read(path, text, columns=COLUMNS, encoding="utf-8"):
    path.write_bytes(text.encode(encoding))
    return read_list(path, columns, ZONE)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "daftar.csv"


@pytest.mark.parametrize(
    "amount",
    ["294000", "294.000", "294,000", "294.000,00", "294,000.00", "Rp294.000", "Rp. 294.000,-",
     "294.000 (IDR)", " 294000 "],
)  # fmt: skip
def test_S16_an_amount_is_read_as_it_is_written_here_or_abroad(path, amount):
    line = f'{GOOD[0]};{GOOD[1]};{GOOD[2]};"{amount}";24-11-2026 09:15:00'
    (row,) = read(path, f"{HEAD}\n{line}\n").rows
    assert (row.amount, row.line) == (294_000, 2)
    assert row.paid_at == dt.datetime(2026, 11, 24, 9, 15, tzinfo=ZONE)


@pytest.mark.parametrize("amount", ["", "abc", "294.000,50", "2940,000", "29.40", "1.0000", "-5"])
def test_S16_an_amount_that_is_not_whole_rupiah_is_a_bad_line_and_the_others_are_read(path, amount):
    lines = [f"{GOOD[0]};{GOOD[1]};;{a};24/11/2026" for a in ("10.000", amount, "20.000")]
    listed = read(path, "\r\n".join([HEAD, *lines]))
    assert [r.amount for r in listed.rows] == [10_000, 20_000]
    assert [b.line for b in listed.bad] == [3]
    assert listed.bad[0].text.id != listed.bad[0].text.en


def test_S16_titles_sums_commas_and_a_mark_at_the_start_do_not_disturb(path):
    text = "\n".join([
        "\ufeffLaporan Penerimaan,,,,,", "Periode 24-11-2026", "",
        "No,NTPN,kode  billing,Total Disetor,TANGGAL BAYAR,Bank",
        f'1,{GOOD[1].lower()},\'{GOOD[0]},"1.250.000,00",2026-11-24T09:15:00+07:00,Mandiri',
        ",,,1.250.000,,", "",
    ])  # fmt: skip
    listed = read(path, text)
    (row,) = listed.rows
    assert (row.code, row.ntpn, row.ntb, row.amount) == (GOOD[0], GOOD[1], "", 1_250_000)
    assert (listed.bad, listed.left_out) == ((), (6,))


@pytest.mark.parametrize(
    ("code", "ntpn", "time"),
    [("12345", GOOD[1], "24-11-2026"), (GOOD[0], "A1B2", "24-11-2026"),
     (GOOD[0], GOOD[1], "kemarin"), (GOOD[0], "", "24-11-2026"), ("", GOOD[1], "24-11-2026"),
     (GOOD[0], GOOD[1], "24-11-0026"), (GOOD[0], GOOD[1], "31-02-2026")],
)  # fmt: skip
def test_S16_a_line_that_is_no_payment_is_named_by_its_number(path, code, ntpn, time):
    listed = read(path, f"{HEAD}\n{code};{ntpn};;1.000;{time}")
    assert (listed.rows, [b.line for b in listed.bad]) == ((), [2])


def test_S16_a_stray_quote_costs_one_line_at_most(path):
    good = f"{GOOD[0]};{GOOD[1]};;1.000;24-11-2026"
    listed = read(path, f'{HEAD}\n"{good}\n{good}\n')
    assert len(listed.rows) + len(listed.bad) + len(listed.left_out) == 2
    assert [r.line for r in listed.rows] == [3]


def test_a_list_without_the_headings_says_what_it_looked_for_and_what_it_found(path):
    with pytest.raises(BadInput, match="list-without-headings") as caught:
        read(path, "Billing;NTPN;Jumlah\n1;2;3")
    assert "Kode Billing" in caught.value.say("en")
    assert "Billing, NTPN, Jumlah" in caught.value.say("en")
    assert "[treasury.columns]" in caught.value.say("en")


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b""])
def test_a_file_that_is_no_list_is_refused(path, data):
    path.write_bytes(data)
    with pytest.raises(BadInput):
        read_list(path, COLUMNS, ZONE)
    with pytest.raises(BadInput, match="list-unreadable"):
        read_list(path.with_name("none.csv"), COLUMNS, ZONE)


def sheet(path, rows):
    from openpyxl import Workbook

    book = Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def test_S16_a_spreadsheet_is_read_with_its_numbers_and_dates(tmp_path):
    at = dt.datetime(2026, 11, 24, 9, 15)  # noqa: DTZ001 - spreadsheets know no zones
    path = sheet(tmp_path / "daftar.xlsx", [
        ["Laporan"], HEAD.split(";"),
        [int(GOOD[0]), GOOD[1], GOOD[2], 294_000, at],
        [float(GOOD[0]), GOOD[1], None, 294_000.0, at.date()],
        [GOOD[0], 1234567890123456, None, 1, at],
        [GOOD[0], GOOD[1], None, 0.5, at],
    ])  # fmt: skip
    listed = read_list(path, COLUMNS, ZONE)
    assert [(r.line, r.code, r.amount) for r in listed.rows] == [
        (3, GOOD[0], 294_000), (4, GOOD[0], 294_000)
    ]  # fmt: skip
    assert listed.rows[0].paid_at == at.replace(tzinfo=ZONE)
    assert [b.line for b in listed.bad] == [5, 6]
    assert "lost digits" in listed.bad[0].text.en


def test_a_file_that_only_calls_itself_a_spreadsheet_is_refused(tmp_path):
    path = tmp_path / "daftar.xlsx"
    path.write_bytes(b"PK\x03\x04 not a zip")
    with pytest.raises(BadInput, match="list-unreadable"):
        read_list(path, COLUMNS, ZONE)


def profile(tmp_path, extra):
    from pst_core.lawdata import shipped

    path = tmp_path / "kantor.toml"
    path.write_text(shipped("offices", "3317.toml").read_text("utf-8") + extra, "utf-8")
    return Office.load(path)


def test_an_office_maps_its_own_headings_and_says_how_it_reads_the_law(tmp_path, path):
    office = profile(
        tmp_path,
        """
[treasury.columns]
code = "Billing"
amount = "Jumlah"
[treasury.billing]
valid_hours = 72
certainty = "verified"
[treasury.stamp]
receipts = "exempt"
certainty = "verified"
""",
    )
    text = f"Billing;NTPN;Jumlah;Tanggal Bayar\n{GOOD[0]};{GOOD[1]};5;24-11-2026"
    assert len(read(path, text, office.treasury.columns).rows) == 1
    assert office.treasury.billing_valid == dt.timedelta(days=3)
    assert office.treasury.stamp.words(5_000_001).en == ("exempt (UU 10/2020 Pasal 7 huruf e)")


@pytest.mark.parametrize(
    ("extra", "says"),
    [("[treasury.columns]\nntbp = 'x'", "ntb"),
     ("[treasury.billing]\nvalid_hours = 0\ncertainty = 'assumed'", "at least 1"),
     ("[treasury.stamp]\nreceipts = 'never'", "exempt"),
     ("[treasury.stamps]\nx = 1", "stamp")],
)  # fmt: skip
def test_a_slip_in_the_profile_is_named(tmp_path, extra, says):
    with pytest.raises(BadLawData) as caught:
        profile(tmp_path, extra)
    assert says in caught.value.say("en")
