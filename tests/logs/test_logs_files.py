"""Logs as files: what is written reads back as it was, and a hostile or broken file is said."""

import datetime as dt
import io
import json

import pytest

from pst_adapters.logs import FORMATS, Mapping, read_log, read_mapping, write_log
from pst_core.analysis import LogRow, conformance
from pst_core.office import Office
from pst_core.refusal import BadInput, BadLawData
from pst_core.request import PROCEDURE
from pst_core.testing.logs import own_rows
from pst_core.testing.ways import ways
from pst_core.workflow import Role

OFFICE = Office.load("3317")
ZONE = OFFICE.calendar.zone
SUFFIX = {"csv": ".csv", "xes": ".xes", "ocel": ".json"}
HEAD = "case:concept:name,concept:name,time:timestamp,org:role\n"


@pytest.fixture(scope="module")
def rows():
    start = dt.datetime(2026, 3, 2, 9, tzinfo=ZONE)
    clauses = {"S23", "X4", "X9", "S18"}
    found = ways(PROCEDURE, OFFICE, start, lambda step: step.clause in clauses)
    return tuple(r for n, way in enumerate(found.values()) for r in own_rows(f'c-{n}<&"é', way))


def read(path, text, **more):
    path.write_text(text, "utf-8")
    return read_log(path, ZONE, **more)


@pytest.mark.parametrize("form", FORMATS)
def test_what_is_written_reads_back_with_no_deviation(form, rows, tmp_path):
    out = io.StringIO()
    write_log(out, rows, PROCEDURE, form)
    log = read(tmp_path / f"log{SUFFIX[form]}", out.getvalue())
    assert log.unread == ()
    assert [r._replace(line=0) for r in log.rows] == [r._replace(line=0) for r in rows]
    lines = [r.line for r in log.rows]
    assert lines == sorted(set(lines))
    report = conformance(log, PROCEDURE, OFFICE)
    assert {d.kind for case in report.cases for d in case.deviations} <= {"late"}
    assert report.unknown == {}


def test_a_zone_is_kept_once_for_all_rows_of_a_large_csv(rows, tmp_path):
    out = io.StringIO()
    write_log(out, rows, PROCEDURE, "csv")
    log = read(tmp_path / "log.csv", out.getvalue())
    assert len(log.rows) > 1
    assert len({id(row.at.tzinfo) for row in log.rows}) == 1


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.filterwarnings("ignore")
def test_pm4py_reads_what_is_written(form, rows, tmp_path):
    pm4py = pytest.importorskip("pm4py", reason="pm4py (AGPL, large) is not here: extra 'oracle'")
    path = tmp_path / f"log{SUFFIX[form]}"
    with path.open("w", encoding="utf-8") as out:
        write_log(out, rows, PROCEDURE, form)
    if form == "ocel":
        ocel = pm4py.read_ocel2_json(str(path))
        assert len(ocel.events) == len(rows)
        assert set(ocel.objects["ocel:oid"]) == {r.case for r in rows}
    elif form == "xes":
        frame = pm4py.read_xes(str(path))
        assert list(frame["concept:name"]) == [r.activity for r in rows]
    else:
        import pandas

        frame = pandas.read_csv(path)
        frame["time:timestamp"] = pandas.to_datetime(frame["time:timestamp"], utc=True,
                                                     format="ISO8601")  # fmt: skip
        assert len(pm4py.get_variants(frame)) >= 1


def test_a_mapping_gives_columns_names_roles_times_zone_and_facts(tmp_path):
    mapping = tmp_path / "peta.toml"
    mapping.write_text(
        """
unlogged = ["S7"]
[columns]
case = "No"
activity = "Kegiatan"
time = "Waktu"
role = "Oleh"
[time]
format = "%d/%m/%Y %H.%M"
zone = "Asia/Jayapura"
[activities]
"Kirim tagihan" = "S13"
"Bayar" = ["request.payment-confirmed", "request.transfer-verified"]
[roles]
"Kasir" = "treasurer"
[facts.free]
column = "Gratis"
values = ["ya"]
""",
        "utf-8",
    )
    made = read_mapping(mapping, PROCEDURE)
    assert made.roles == {"kasir": Role.TREASURER}
    assert made.activities["Bayar"] == ("request.payment-confirmed", "request.transfer-verified")
    log = read(
        tmp_path / "log.csv",
        "No;Kegiatan;Waktu;Oleh;Gratis\nA;Kirim tagihan;02/11/2026 09.30;Petugas;Ya\n",
        mapping=made,
    )
    (row,) = log.rows
    assert row.at.astimezone(dt.UTC) == dt.datetime(2026, 11, 2, 0, 30, tzinfo=dt.UTC)
    assert (row.role, row.told, row.line) == ("Petugas", (("free", True),), 2)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[columns]\ncas = "No"', "case"),
        ('[time]\nzone = "Asia/Rembang"', "Asia/Jakarta"),
        ('[roles]\n"Kasir" = "cashier"', "treasurer"),
        ('[facts.paidd]\ncolumn = "x"\nvalues = []', "paid"),
        ('unlogged = "S7"', "unlogged"),
        ("[activities]\nBayar = 16", "Bayar"),
    ],
)
def test_a_mapping_that_is_not_in_order_is_named_by_line_and_key(tmp_path, text, says):
    path = tmp_path / "peta.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(BadLawData) as refused:
        read_mapping(path, PROCEDURE)
    assert says in refused.value.say("en")
    assert "peta.toml:" in refused.value.say("id")


def test_times_in_two_zones_are_one_order_and_unreadable_ones_are_said(tmp_path):
    log = read(
        tmp_path / "log.csv",
        HEAD + "A,S7,2026-11-02T09:30:00+07:00,applicant\n"
        "A,S6,2026-11-02T02:00:00Z,applicant\n"
        "B,S6,31/31/2026,applicant\nB,S7,,applicant\n,S7,2026-11-02T09:30:00,applicant\n",
    )
    assert [(u.line, u.text.en) for u in log.unread] == [
        (4, "the time '31/31/2026' cannot be read"),
        (5, "the time '' cannot be read"),
        (6, "has no case id"),
    ]
    first, second = conformance(log, PROCEDURE, OFFICE).cases
    assert first.conforms
    assert second.conforms
    assert [u.code for u in second.unjudged] == ["time"]


def test_a_csv_without_its_columns_says_which_and_what_it_has(tmp_path):
    with pytest.raises(BadInput) as refused:
        read(tmp_path / "log.csv", "nomor;kegiatan;waktu\n1;2;3\n")
    words = refused.value.say("en")
    assert "case:concept:name" in words
    assert "nomor, kegiatan, waktu" in words
    assert "[columns]" in words


def test_a_broken_line_of_a_csv_is_said_and_the_others_are_read(tmp_path):
    text = HEAD + 'A,S6,2026-11-02T09:00:00,applicant\nA,"S7"x,2026-11-02,applicant\n'
    log = read(tmp_path / "log.csv", text + "A,S7,2026-11-02T10:00:00,applicant\n")
    assert [r.activity for r in log.rows] == ["S6", "S7"]
    assert [u.line for u in log.unread] == [3]


BOMB = """<?xml version="1.0"?><!DOCTYPE log [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>
<log><trace><string key="concept:name" value="&b;"/></trace></log>"""
OUTSIDE = """<?xml version="1.0"?><!DOCTYPE log SYSTEM "file:///etc/passwd"><log/>"""


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("a.xes", BOMB, "DOCTYPE"),
        ("a.xes", OUTSIDE, "DOCTYPE"),
        ("a.xes", "<log><trace>", "XES"),
        ("a.xes", "<html/>", "<log>?"),
        ("a.json", "{}", "objects"),
        ("a.json", "[" * 100_000, "OCEL"),
        ("a.json", '{"objects":[{"id":"1","type":"a"},{"id":"2","type":"b"}],"events":[]}', "a, b"),
        ("a.docx", "x", "--format"),
    ],
)
def test_a_file_that_is_no_log_is_refused_with_what_would_be_right(tmp_path, name, text, says):
    for lang in ("id", "en"):
        with pytest.raises(BadInput) as refused:
            read(tmp_path / name, text)
        assert says in refused.value.say(lang)


def test_a_log_that_is_too_large_missing_or_not_text_is_refused(tmp_path):
    with pytest.raises(BadInput, match="byte"):
        read(tmp_path / "a.csv", HEAD * 100, largest=1000)
    with pytest.raises(BadInput):
        read_log(tmp_path / "none.csv", ZONE)
    (tmp_path / "b.csv").write_bytes(b"\xff\xfe\x00case")
    with pytest.raises(BadInput, match="UTF-8"):
        read_log(tmp_path / "b.csv", ZONE)


def test_an_event_of_two_cases_in_ocel_is_one_of_each_and_of_none_is_said(tmp_path):
    content = {
        "objects": [
            {"id": "A", "type": "request"}, {"id": "B", "type": "request"},
            {"id": "p", "type": "payment"},
        ],
        "events": [
            {"id": "1", "type": "S6", "time": "2026-11-02T02:00:00Z",
             "attributes": [{"name": "role", "value": "applicant"}],
             "relationships": [{"objectId": "A"}, {"objectId": "B"}, {"objectId": "p"}]},
            {"id": "2", "type": "S7", "time": "2026-11-02T03:00:00Z",
             "relationships": [{"objectId": "p"}]},
            {"id": "3"},
        ],
    }  # fmt: skip
    log = read(tmp_path / "a.json", json.dumps(content), mapping=Mapping(object_type="request"))
    assert [(r.case, r.activity, r.role) for r in log.rows] == [
        ("A", "S6", "applicant"), ("B", "S6", "applicant"),
    ]  # fmt: skip
    assert [u.line for u in log.unread] == [2, 3]


def test_attributes_of_a_trace_are_known_as_its_case_s(tmp_path):
    text = """<log xmlns="http://www.xes-standard.org/"><trace>
    <string key="concept:name" value="A"/><string key="domisili" value="Luar negeri"/>
    <event><string key="concept:name" value="S6"/>
      <date key="time:timestamp" value="2026-11-02T09:00:00.000+07:00"/>
      <list key="x"><string key="concept:name" value="nested"/></list></event>
    </trace></log>"""
    mapping = tmp_path / "m.toml"
    mapping.write_text(
        '[facts.abroad]\ncolumn = "case:domisili"\nvalues = ["luar negeri"]\n', "utf-8"
    )
    log = read(tmp_path / "a.xes", text, mapping=read_mapping(mapping, PROCEDURE))
    assert log.rows == (
        LogRow("A", "S6", log.rows[0].at, "", "", (("abroad", True),), "", 3),
    )  # fmt: skip
