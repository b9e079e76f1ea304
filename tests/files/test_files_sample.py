import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pst_adapters.files import first_rows, mixed_rows
from pst_core.refusal import BadInput

DATA = b"\xef\xbb\xbfid;umur;nama\r\n" + b"".join(
    b"%d;%d,5;orang %d\r\n" % (n, 20 + n, n) for n in range(30)
)


def rows(data):
    return list(csv.reader(io.StringIO(data.decode()), delimiter=";"))


def test_S13_first_rows_and_variables():
    sample = first_rows(DATA, 3, 10)
    assert rows(sample.data) == [
        ["id", "umur", "nama"], ["0", "20,5", "orang 0"], ["1", "21,5", "orang 1"],
        ["2", "22,5", "orang 2"],
    ]  # fmt: skip
    assert (sample.rows, sample.rows_total) == (3, 30)
    assert [(v.name, v.kind) for v in sample.variables] == [
        ("id", "bilangan bulat"), ("umur", "teks"), ("nama", "teks"),
    ]  # fmt: skip


@given(st.integers(1, 30))
def test_S13_mixed_sample_shows_no_record(count):
    real = {tuple(row) for row in rows(DATA[3:])[1:]}
    shown = rows(mixed_rows(DATA, count, 30).data)[1:]
    assert len(shown) == count
    for row in shown:
        numbers = [int(row[0]), int(row[1][:2]) - 20, int(row[2].split()[1])]
        assert len(set(numbers)) == 3
        assert tuple(row) not in real


@pytest.mark.parametrize("count", [0, -1, 11])
def test_S13_never_more_than_the_profile_allows(count):
    for make in (first_rows, mixed_rows):
        with pytest.raises(BadInput, match="sample-too-large"):
            make(DATA, count, 10)


@pytest.mark.parametrize("bad", [b"", b"a,b\n", b"a,b\n1\n", b"\xff\xfe", b"kata"])
def test_S13_what_is_no_table_is_refused(bad):
    with pytest.raises(BadInput, match="sample-not-csv"):
        first_rows(bad, 1, 10)


def test_S13_mixed_sample_of_too_few_records_is_refused():
    with pytest.raises(BadInput, match="sample-too-few-records"):
        mixed_rows(b"a,b,c\n1,2,3\n4,5,6\n", 1, 10)
