"""NADA and the web API of BPS, by recorded answers; and asked over real HTTPS, by a real server."""

import datetime as dt
import http.server
import json
import ssl
import threading
from pathlib import Path

import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st

from pst_adapters.catalogue import (
    Line,
    fetch_bps,
    fetch_nada,
    https_opener,
    read_bps,
    read_catalogue,
    read_nada,
)
from pst_adapters.cli import main
from pst_core.catalogue import Found, Kind
from pst_core.refusal import BadInput, SourceUnavailable

RECORDED = Path(__file__).parent / "recorded"
DAY = dt.date(2026, 11, 24)
KEY = "0123456789abcdef"


def recorded(name):
    return json.loads((RECORDED / f"{name}.json").read_text("utf-8"))


def files(*names):
    return read_catalogue([RECORDED / f"{n}.json" for n in names], read=DAY)


# -- recorded answers -------------------------------------------------------------------------


def test_the_publication_list_gives_titles_and_sizes_and_no_pages_are_guessed():
    first, second, third = files("bps-page-1", "bps-page-2").entries
    assert {e.kind for e in (first, second, third)} == {Kind.PUBLICATION}
    assert (first.title, first.size, first.released, first.read) == (
        "Kabupaten Rembang Dalam Angka 2026", "13.46 MB", dt.date(2026, 2, 28), DAY,
    )  # fmt: skip
    assert (first.pages, first.bytes, first.lacks) == (None, None, ("pages",))
    assert (second.title, second.pages) == ("Kecamatan Lasem & Pancur Dalam Angka 2026", 96)
    assert (third.size, third.lacks) == ("", ("pages",))


def test_a_page_of_several_is_said_to_be_a_part():
    findings = files("bps-page-1").findings(on=DAY, oldest=1)
    assert [f.found for f in findings] == [Found.LACKS, Found.PARTIAL]
    assert "3" in findings[-1].text.id
    whole = files("bps-page-1", "bps-page-2").findings(on=DAY, oldest=1)
    assert {f.found for f in whole} == {Found.LACKS}


def test_a_domain_without_publications_is_an_empty_catalogue():
    assert files("bps-none").entries == ()


def test_a_wrong_key_is_said_as_the_api_says_it():
    with pytest.raises(BadInput, match="Invalid API Key"):
        files("bps-wrong-key")


@pytest.mark.parametrize(
    "data", [None, {}, [], [1, 2], [{}], [{}, {}], [{}, "x"], [1, [{}]], [None, []], "rusak"]
)  # fmt: skip
def test_a_publication_list_of_another_shape_is_refused(data):
    answer = {"status": "OK", "data-availability": "available", "data": data}
    with pytest.raises(BadInput, match="no-catalogue"):
        read_bps([answer])


def test_a_publication_that_cannot_be_one_is_told_and_the_others_are_read():
    answer = recorded("bps-page-1")
    answer["data"][1] += [None, {"title": "tanpa id"}, {"pub_id": "x", "title": None},
                          answer["data"][1][0]]  # fmt: skip
    read = read_bps([answer])
    assert len(read.entries) == 2
    assert [u.place for u in read.unread] == [f"webapi.bps.go.id #1.{n}" for n in (3, 4, 5, 6)]
    assert all(u.text.id and u.text.en for u in read.unread)


def test_the_search_of_nada_gives_titles_years_and_variables_but_no_bytes():
    read = files("nada-search-1", "nada-search-2")
    susenas, sakernas = read.entries
    assert (susenas.id, susenas.kind) == ("IDN-SUSENAS-2025-MAR", Kind.MICRODATA)
    assert susenas.title == "Survei Sosial Ekonomi Nasional 2025, Maret, Kor"
    assert (susenas.years, susenas.variables, susenas.files) == ((2025, 2025), 214, None)
    assert susenas.released == dt.date(2026, 1, 20)
    assert susenas.link.endswith("/catalog/1001")
    assert sakernas.variables is None
    assert susenas.lacks == ("bytes",)
    assert [u.text.en for u in read.unread] == ["it is of type 'document', no microdata."]


def test_a_study_says_what_its_row_in_the_search_does_not():
    susenas, sakernas = files(
        "nada-study", "nada-search-1", "nada-search-2", "nada-dataset"
    ).entries
    assert (susenas.files, susenas.bytes, susenas.variables) == (2, 4_200_000, 214)
    assert (sakernas.variables, sakernas.years, sakernas.lacks) == (131, (2025, 2025), ("bytes",))
    (alone,) = files("nada-study").entries
    assert (alone.years, alone.variables, alone.title) == ((2025, 2025), 214, susenas.title)


def test_of_several_files_of_microdata_nada_does_not_say_which_is_sold():
    study = recorded("nada-study")
    study["resources"].append(study["resources"][0] | {"title": "kor25.sav"})
    (entry,) = read_nada([study]).entries
    assert entry.bytes is None


def test_years_are_only_those_that_are_given():
    row = recorded("nada-search-1")["result"]["rows"][0]
    for first, last, years in (
        ("2020", "2024", (2020, 2024)), (2024, None, (2024, 2024)), ("0", 0, None),
        (None, "", None), ("2024", "2020", (2020, 2024)), ("20245", "x", None),
    ):  # fmt: skip
        given = row | {"year_start": first, "year_end": last}
        (entry,) = read_nada([{"rows": [given]}]).entries
        assert entry.years == years, (first, last)


def test_what_nada_answers_when_it_fails_is_said():
    with pytest.raises(BadInput, match="STUDY_NOT_FOUND"):
        read_nada([recorded("nada-failed")])
    assert read_nada([recorded("nada-nothing")]).entries == ()


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)
WHOLE = [recorded(n) for n in ("bps-page-1", "nada-search-1", "nada-study", "nada-dataset")]


@st.composite
def broken(draw):
    """A recorded answer in which some places hold something else, or nothing."""
    answer = json.loads(json.dumps(draw(st.sampled_from(WHOLE))))
    for _ in range(draw(st.integers(1, 3))):
        at = answer
        while True:
            keys = list(at) if isinstance(at, dict) else list(range(len(at)))
            key = draw(st.sampled_from(keys))
            if not isinstance(at[key], dict | list) or not at[key] or draw(st.integers(0, 3)) == 0:
                break
            at = at[key]
        if draw(st.booleans()):
            at[key] = draw(ANYTHING)
        else:
            del at[key]
        if not answer:
            break
    return answer


@given(broken())
def test_whatever_a_source_answers_is_read_told_or_refused(answer):
    for reader in (read_bps, read_nada):
        try:
            read = reader([answer])
        except BadInput as no:
            assert no.remedy.id  # noqa: PT017 - what is raised is part of the property
            continue
        told = [*(e.title for e in read.entries), *(u.place + u.text.id for u in read.unread)]
        assert all(letter.isprintable() for text in told for letter in text), told


# -- asked over HTTPS -------------------------------------------------------------------------


class Source(http.server.ThreadingHTTPServer):
    """A catalogue on the web: ``answers`` by path, each (status, headers, body)."""

    def __init__(self, authority):
        super().__init__(("127.0.0.1", 0), _Handler)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority.issue_cert("localhost").configure_cert(context)
        self.socket = context.wrap_socket(
            self.socket, server_side=True, do_handshake_on_connect=False
        )
        self.answers = {}
        self.asked = []
        self.base = f"https://localhost:{self.server_port}"

    def give(self, path, body, status=200, **headers):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.answers[path] = (status, headers, data)

    def handle_error(self, request, client_address):
        pass  # a client that stops reading is part of the tests


class _Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self.path)
        status, headers, data = self.server.answers.get(self.path, (404, {}, b"nothing here"))
        self.send_response(status)
        for name, value in {"Content-Length": str(len(data)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture
def source(authority):
    with Source(authority) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def line(authority):
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return Line(https_opener(context), timeout=10)


def bps_path(page):
    return f"/v1/api/list/model/publication/lang/ind/domain/3317/page/{page}/key/{KEY}/"


def bps(source, line, **more):
    return fetch_bps("3317", KEY, read=DAY, address=f"{source.base}/v1/api", by=line, **more)


def nada_path(page):
    return f"/index.php/api/catalog/search?ps=100&page={page}"


def nada(source, line, **more):
    return fetch_nada(f"{source.base}/index.php", read=DAY, by=line, **more)


def test_all_pages_of_the_publication_list_are_asked_for(source, line):
    source.give(bps_path(1), recorded("bps-page-1"))
    source.give(bps_path(2), recorded("bps-page-2"))
    read = bps(source, line)
    assert source.asked == [bps_path(1), bps_path(2)]
    assert [e.pages for e in read.entries] == [None, 96, None]
    assert {(e.source, e.read) for e in read.entries} == {("localhost, domain 3317", DAY)}
    assert not [f for f in read.findings(on=DAY, oldest=1) if f.found is Found.PARTIAL]


def test_no_more_pages_are_asked_for_than_is_allowed_and_that_is_said(source, line):
    source.give(bps_path(1), recorded("bps-page-1"))
    read = bps(source, line, most_pages=1)
    assert source.asked == [bps_path(1)]
    assert read.findings(on=DAY, oldest=1)[-1].found is Found.PARTIAL


def test_a_domain_without_publications_may_come_as_a_404(source, line):
    source.give(bps_path(1), recorded("bps-none"), status=404)
    assert bps(source, line).entries == ()


def test_all_pages_of_a_search_of_nada_are_asked_for_and_files_if_wanted(source, line):
    one, two = recorded("nada-search-1"), recorded("nada-search-2")
    source.give(nada_path(1), one)
    source.give(nada_path(2), two)
    read = nada(source, line)
    assert source.asked == [nada_path(1), nada_path(2)]
    assert [e.files for e in read.entries] == [None, None]
    for entry in read.entries:
        path = f"/index.php/api/catalog/{entry.id}/data_files"
        source.give(path, recorded("nada-datafiles"))
    with_files = nada(source, line, with_files=True)
    assert [(e.files, e.variables) for e in with_files.entries] == [(2, 214), (2, 214)]


def test_a_study_whose_files_cannot_be_had_is_an_error(source, line):
    source.give(nada_path(1), recorded("nada-search-1"))
    source.give(nada_path(2), recorded("nada-search-2"))
    path = "/index.php/api/catalog/IDN-SUSENAS-2025-MAR/data_files"
    source.give(path, recorded("nada-failed"), status=400)
    with pytest.raises(SourceUnavailable, match="STUDY_NOT_FOUND"):
        nada(source, line, with_files=True)


BROKEN = {
    "cut": (json.dumps(recorded("bps-page-2")).encode()[:-40], 200, {}),
    "shorter than it says": (b"{}", 200, {"Content_Length": "100"}),
    "a page for people": (b"<html>Maintenance</html>", 200, {}),
    "down": (b"Bad gateway", 502, {}),
    "down with what looks fine": (json.dumps(recorded("bps-page-2")).encode(), 500, {}),
    "its own error": (json.dumps(recorded("bps-wrong-key")).encode(), 200, {}),
    "too much": (json.dumps(recorded("bps-page-2")).encode() + b" " * 70_000, 200, {}),
    "away from https": (b"", 302, {"Location": f"http://localhost/key/{KEY}"}),
    "a redirection to itself": (b"", 302, {"Location": bps_path(2)}),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_page_that_cannot_be_used_is_an_error_and_there_is_no_half_catalogue(source, line, name):
    import attrs

    body, status, headers = BROKEN[name]
    source.give(bps_path(1), recorded("bps-page-1"))
    source.give(bps_path(2), body, status, **headers)
    with pytest.raises(SourceUnavailable) as no:
        bps(source, attrs.evolve(line, largest=65_000))
    assert no.value.code == "catalogue-unavailable"
    assert KEY not in str(no.value), "the key is nobody's business"
    assert no.value.remedy.id
    assert no.value.remedy.en


def test_a_server_that_nobody_vouches_for_is_not_read(source):
    with pytest.raises(SourceUnavailable, match="CERTIFICATE_VERIFY_FAILED"):
        nada(source, Line(timeout=10))
    assert source.asked == []


def test_nobody_there_is_an_error(source, line):
    source.server_close()
    with pytest.raises(SourceUnavailable):
        nada(source, line)


@pytest.mark.parametrize(
    "address", ["http://localhost/x", "file:///etc/passwd", "ftp://localhost", "localhost"]
)
def test_only_https_is_asked(address):
    with pytest.raises(BadInput, match="not-https"):
        fetch_nada(address, read=DAY)


@pytest.mark.parametrize(
    ("domain", "key", "code"),
    [("33", KEY, "bad-domain"), ("../x", KEY, "bad-domain"), ("3317", "", "no-key"),
     ("3317", "abc/../def", "no-key")],
)  # fmt: skip
def test_a_domain_or_key_that_cannot_be_one_is_not_sent(domain, key, code):
    with pytest.raises(BadInput, match=code):
        fetch_bps(domain, key, read=DAY)


def test_the_command_asks_the_web_and_keeps_what_it_read(source, authority, tmp_path, monkeypatch):
    source.give(nada_path(1), recorded("nada-search-1"))
    source.give(nada_path(2), recorded("nada-search-2"))
    for idno in ("IDN-SUSENAS-2025-MAR", "IDN-SAKERNAS-2025-AUG"):
        source.give(f"/index.php/api/catalog/{idno}/data_files", recorded("nada-datafiles"))
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    out = tmp_path / "mikro.toml"
    words = ["convert", f"{source.base}/index.php", "--files", "--out", str(out)]
    assert main(["catalogue", *words]) == 0
    entries = read_catalogue([out]).entries
    assert [(e.id[:11], e.files, e.source) for e in entries] == [
        ("IDN-SUSENAS", 2, "localhost"), ("IDN-SAKERNA", 2, "localhost"),
    ]  # fmt: skip
    assert all(e.read for e in entries)
