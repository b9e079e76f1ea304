"""Results as DataFrames: the same in pandas and polars, the right types, CSV safe to open."""

import csv
import datetime as dt
import io
import sys
from pathlib import Path

import pandas as pd
import polars as pl
import pytest

import pst_core as pst
from pst_adapters import frames
from pst_adapters.frames.fields import FIELDS
from pst_adapters.logs import read_log, read_mapping
from pst_core.analysis import Activities, Month, conformance, monthly_report, own_rows
from pst_core.desk import Desk
from pst_core.desk.memory import MemoryStore
from pst_core.refusal import BadInput
from pst_core.request import procedure_of
from pst_core.testing.lives import APPLICANT, carry, person

ROOT = Path(__file__).resolve().parents[2]
OFFICE = pst.Office.load("3317")
WAY = (
    pst.request.AcceptTerms, pst.request.ChooseProducts, pst.request.CompleteForm,
    pst.request.FileAbstraction, pst.request.FileRequest, pst.request.VerifyAbstraction,
    pst.request.PrepareProducts, pst.request.SendOffer, pst.request.AcceptOffer,
    pst.request.IssueBilling, pst.request.ReportPayment, pst.request.ConfirmPayment,
    pst.request.SignAgreement, pst.request.AcceptAgreement, pst.request.IssueReceipt,
    pst.request.DeliverProducts,
)  # fmt: skip


class Clock:
    """A day goes by with every look at it, from Monday 5 January 2026, 09:00 WIB."""

    def __init__(self):
        self.at = dt.datetime(2026, 1, 5, 2, tzinfo=dt.UTC)

    def __call__(self):
        return self.at


@pytest.fixture(scope="module")
def desk():
    clock = Clock()
    desk = Desk(OFFICE, MemoryStore(), clock=clock)
    stream = desk.open(pst.request.OpenRequest(person()), by=APPLICANT).stream
    for command in WAY:
        clock.at += dt.timedelta(hours=24 if command is not pst.request.FileRequest else 1)
        carry(desk, stream, [command])
    return desk


@pytest.fixture(scope="module")
def stream(desk):
    return desk.store.register(OFFICE.code)[0].stream


@pytest.fixture(scope="module")
def cases(desk, stream):
    return [(stream, tuple(x.noted for x in desk.history(stream)))]


@pytest.fixture(scope="module")
def tables(desk, stream, cases):
    zone = OFFICE.calendar.timezone
    report = monthly_report(OFFICE, Month(2026, 1), [(s, "request", h) for s, h in cases])
    clock = OFFICE.deadline(dt.datetime(2026, 3, 16, 3, tzinfo=dt.UTC))
    quote = OFFICE.quote([pst.Publication("A", pages=312)], on=dt.date(2026, 11, 24))
    table = procedure_of(OFFICE)
    mapping = read_mapping(ROOT / "examples/logs/loket.toml", table)
    outside = read_log(ROOT / "examples/logs/loket.csv", OFFICE.calendar.zone, mapping)
    judged = conformance(
        outside, table, OFFICE, roles=mapping.roles,
        activities=Activities(table, mapping.activities, mapping.unlogged),
    )  # fmt: skip
    return {
        "quotes": frames.quotes([quote]),
        "deadlines": frames.deadlines([clock]),
        "days": frames.days(clock.explain()),
        "steps": frames.steps(cases, OFFICE),
        "spans": frames.spans(cases, OFFICE),
        "requests": frames.requests(cases, OFFICE),
        "log": frames.log(own_rows(stream, desk.history(stream)), zone),
        "cases": frames.cases(judged, zone),
        "deviations": frames.deviations(judged),
        "register": frames.register(desk.store.register(OFFICE.code), zone),
        **{f"report.{name}": x for name, x in frames.report(report).items()},
    }


def test_every_table_is_the_same_in_pandas_and_polars(tables):
    for name, table in tables.items():
        in_pandas, in_polars = table.pandas(), table.polars()
        assert tuple(in_pandas.columns) == tuple(in_polars.columns) == table.columns, name
        assert len(in_pandas) == in_polars.height == len(table), name
        for column, values in zip(table.columns, table.values, strict=True):
            kept = in_polars[column].to_list()
            assert kept == list(values), (name, column)
            theirs = [None if pd.isna(v) else v for v in in_pandas[column]]
            if FIELDS[column].kind is frames.Kind.DAY:
                theirs = [v.date() for v in theirs]
            assert theirs == list(values), (name, column)


PANDAS = {
    "text": "string", "whole": "int64", "whole-or-none": "Int64", "number": "float64",
    "yes": "bool", "day": "datetime64[s]", "time": "datetime64[us, Asia/Jakarta]",
}  # fmt: skip
POLARS = {
    "text": pl.String, "whole": pl.Int64, "whole-or-none": pl.Int64, "number": pl.Float64,
    "yes": pl.Boolean, "day": pl.Date, "time": pl.Datetime("us", "Asia/Jakarta"),
}  # fmt: skip


def test_types_do_not_depend_on_the_rows(tables):
    for name, table in tables.items():
        empty = frames.Table(name, table.columns, tuple([] for _ in table.columns), table.zone)
        for made in (table, empty):
            in_pandas, in_polars = made.pandas(), made.polars()
            for column in made.columns:
                kind = FIELDS[column].kind
                assert str(in_pandas[column].dtype) == PANDAS[kind], (name, column)
                assert in_polars[column].dtype == POLARS[kind], (name, column)


def test_every_field_is_used_and_says_itself_in_both_languages(tables):
    used = {column for table in tables.values() for column in table.columns}
    assert set(FIELDS) == used
    for name, field in FIELDS.items():
        assert name.isidentifier()
        assert name == name.lower()
        assert field.label.id
        assert field.label.en
    for lang in ("id", "en"):
        for table in tables.values():
            said = frames.labels(table, lang)
            assert len(set(said.values())) == len(table.columns), "no two columns are called alike"


def test_C1_a_quote_s_rupiah_are_whole_numbers(tables):
    row = tables["quotes"].pandas().iloc[0]
    assert row["amount"] == 140_000
    assert row["schedule"] == "pp-13-2024"
    assert "I.B" in row["clause"]


def test_L2_a_deadline_s_days_are_those_of_its_explanation(tables):
    row = tables["deadlines"].polars().row(0, named=True)
    assert row["due_date"] == dt.date(2026, 4, 7)
    assert row["due_at"].isoformat() == "2026-04-07T16:00:00+07:00"
    assert (row["working_days"], row["calendar_days"]) == (10, 22)
    days = tables["days"].polars()
    assert days["counted"].sum() == 10
    assert days["day"].max() == row["due_date"]


def test_L2_spans_and_steps_add_up_to_the_whole_life(tables, cases):
    [(_, happened)] = cases
    elapsed = (happened[-1].at - happened[0].at).total_seconds() / 3600
    assert tables["steps"].pandas()["hours"].sum() == pytest.approx(elapsed)
    assert tables["spans"].polars()["hours"].sum() == pytest.approx(elapsed)
    spans = tables["spans"].pandas()
    # who holds it next is who was waiting
    assert list(spans["held_by"])[1:] == list(spans["waiting"])[:-1]
    assert (spans["held_by"] != spans["waiting"]).all()


def test_L2_days_in_each_hand_are_those_of_the_legal_clock(tables, cases):
    [(_, happened)] = cases
    state = procedure_of(OFFICE).fold(happened)
    hands = pst.request.deadline(state, OFFICE).in_whose_hands()
    row = tables["requests"].polars().row(0, named=True)
    assert {s: row[f"{s}_days"] for s in ("officer", "treasurer", "applicant")} == hands
    assert row["total"] == 294_000
    assert row["kinds"] == "map+microdata+publication"
    spans = tables["spans"].polars().filter(pl.col("in_service") & (pl.col("held_by") == "officer"))
    assert spans["working_days"].sum() == hands["officer"]


def test_a_report_s_tables_say_what_the_report_says(tables):
    assert dict(zip(*tables["report.channels"].values[1:3], strict=True)) == {
        "walk-in": 0, "online": 1,
    }  # fmt: skip
    assert "Kunjungan" in tables["report.sections"].values[1]


def test_labels_are_fit_for_renaming_in_both_libraries(tables):
    table = tables["requests"]
    in_pandas, in_polars = table.pandas(), table.polars().with_columns(pl.lit(1).alias("own"))
    assert "Jumlah penawaran (Rp)" in in_pandas.rename(columns=frames.labels(in_pandas)).columns
    renamed = in_polars.rename(frames.labels(in_polars, "en")).columns
    assert "Total of the offer (Rp)" in renamed
    assert "own" in renamed


EVIL = ("=HYPERLINK(1)", "+1+1", "-2+3", "@SUM(A1)", "\t=1", " =1")


@pytest.mark.parametrize("form", ["table", "pandas", "polars"])
def test_a_csv_holds_nothing_that_a_spreadsheet_carries_out(form):
    made = frames.Table("days", ("why", "number"), (list(EVIL), [-5] * len(EVIL)), "UTC")
    frame = made if form == "table" else getattr(made, form)()
    out = io.StringIO()
    frames.write_csv(frame, out)
    rows = list(csv.reader(io.StringIO(out.getvalue())))
    assert rows[0] == ["why", "number"]
    assert [row[0] for row in rows[1:]] == [f"'{text}" for text in EVIL]
    assert {row[1] for row in rows[1:]} == {"-5"}, "numbers stay numbers"


def test_a_heading_of_one_s_own_is_no_formula_either():
    out = io.StringIO()
    frames.write_csv(pd.DataFrame({"=1+1": [1]}), out)
    assert out.getvalue() == "'=1+1\n1\n"


def test_a_csv_is_the_same_from_table_pandas_and_polars_and_has_offsets(tables):
    table = tables["log"]
    made = []
    for frame in (table.pandas(), table.polars()):
        out = io.StringIO()
        frames.write_csv(frame, out, "id")
        made.append(out.getvalue())
    assert made[0] == made[1]
    assert made[0].startswith("Nomor layanan,Kegiatan,Waktu,Peran,Pelaksana\n")
    assert "2026-01-05T09:00:00+07:00" in made[0]
    out = io.StringIO()
    frames.write_csv(tables["requests"].pandas(), out)
    assert "NaN" not in out.getvalue()
    assert "NA" not in out.getvalue()
    assert "NaT" not in out.getvalue()


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_without_the_extra_the_error_says_what_to_install(library, monkeypatch, tables):
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(BadInput, match=library) as refused:
        getattr(tables["days"], library)()
    assert "pst-core[frames]" in refused.value.remedy.en


def test_a_table_without_rows_is_a_frame_without_rows():
    table = frames.deadlines([])
    assert table.columns[0] == "started_at"
    assert table.pandas().empty
    assert table.polars().is_empty()
