"""The portal's doors by HTTP: who may see what, forms that lie, headers, and sign-in."""

from __future__ import annotations

import os
import random
import re
import signal
import socket
import subprocess
import sys
import urllib.parse
from pathlib import Path

import httpx
import pytest
from examples.portal.answers import COMMANDS
from examples.portal.settings import Oidc
from tests.portal.serving import served
from tests.portal.visiting import STAFF, paid, steps

from pst_adapters.pdf.plain import plain_page
from pst_core import request as rq
from pst_core.asking import asked
from pst_core.request.events import DocumentHandedIn, ProductsPrepared
from pst_core.workflow import Actor, Role


@pytest.mark.slow
def test_every_page_is_strict_and_has_nothing_inline(portal, siti):
    stream = siti.open("dalam-angka")
    officer = portal.visit().enter(desk="officer")
    pages = [siti.get(p) for p in ("/", "/tariff", "/basket", "/requests", "/requests/new",
                                   f"/requests/{stream}", "/display/", "/nowhere")]  # fmt: skip
    pages += [officer.get(p) for p in ("/work", "/counter", "/counter/guest-book", "/report",
                                       f"/requests/{stream}", "/treasurer")]  # fmt: skip
    assert [p.status_code for p in pages] == [200] * 7 + [404] + [200] * 5 + [403]
    for page in pages:
        policy = page.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert page.headers["X-Content-Type-Options"] == "nosniff"
        assert not re.search(r"<script(?![^>]* src=)|<style|\sstyle=|\son\w+=", page.text)
        outside = re.findall(r'(?:src|href)="(https?:[^"]*)"', page.text)
        assert not outside


def test_cookies_are_for_this_site_alone_and_out_of_a_script_s_reach(portal):
    answer = httpx.get(f"{portal.url}/sign-in")
    cookies = answer.headers.get_list("set-cookie")
    assert {c.partition("=")[0] for c in cookies} == {"csrftoken", "pst-0"} or len(cookies) == 2
    for cookie in cookies:
        assert {"httponly", "secure"} <= {part.strip().lower() for part in cookie.split(";")}
        assert "samesite=lax" in cookie.lower()


def test_an_answer_that_is_late_does_not_bring_back_the_session_before_it(portal):
    visit = portal.visit()
    visit.get("/sign-in")
    for path in ("/static/icon.svg", "/static/portal.css", "/favicon.ico", "/tariff", "/sign-in"):
        assert "set-cookie" not in visit.get(path).headers, path
    entered = visit.post("/sign-in/demonstration", person=STAFF["officer"])
    assert "pst=" in entered.headers["set-cookie"]
    assert "set-cookie" not in visit.get("/work").headers
    assert "pst=" in visit.post("/sign-out").headers["set-cookie"]
    assert visit.get("/work").status_code == 303


def test_a_form_without_the_token_is_refused_and_changes_nothing(portal, siti):
    stream = siti.open("dalam-angka")
    before = portal.house.desk.state(stream)
    for form in ({}, {"_csrf_token": "0" * 128}):
        answer = siti.client.post(f"/requests/{stream}/do/AcceptTerms", data=form)
        assert answer.status_code == 403
    assert portal.house.desk.state(stream) == before


def test_a_request_of_another_is_not_even_told_of(portal, siti):
    stream = siti.open("dalam-angka")
    other = portal.visit().enter(email="budi@example.org", name="Budi Santoso")
    absent = other.get("/requests/request-3317-2026-9999")
    for path in (f"/requests/{stream}", f"/requests/{stream}/now", f"/api/requests/{stream}"):
        answer = other.get(path)
        assert answer.status_code == absent.status_code == 404
        assert "Siti" not in answer.text
    assert other.post(f"/requests/{stream}/do/CancelRequest").status_code == 404
    assert portal.visit().get(f"/requests/{stream}").status_code == 303


@pytest.mark.slow
def test_no_door_of_the_portal_tells_a_request_of_another_from_none(portal, siti):
    """Every address that names a case, as the description lists them: the same to the byte."""
    stream = siti.open("dalam-angka")
    other = portal.visit().enter(email="budi@example.org", name="Budi Santoso")
    paths = other.get("/schema/openapi.json").json()["paths"]
    named = [(path, way) for path, ways in paths.items() if "{stream}" in path for way in ways]
    assert len(named) >= 8
    desk, told = portal.house.desk, 0
    for path, way in named:
        answers = []
        for number in (
            stream,
            "request-3317-2026-9999",
            "request-7500-2026-0001",
            "visit-3317-2026-11-24-0001",
        ):
            filled = path.format(stream=number, name="AcceptTerms", sha256="0" * 64)
            last = max((place for place, _ in desk.store.notes(desk.office.code)), default=0)
            answer = other.post(filled) if way == "post" else other.get(filled)
            lines = [n for _, n in desk.store.notes(desk.office.code, last) if n.what == "refused"]
            if answer.status_code == 404:
                assert [(n.stream, n.role) for n in lines] == [(number, "applicant")]
                told += 1
            else:
                assert answer.status_code == 403, "a page of another desk, whatever the number"
            body = answer.text.replace(number, "#")
            answers.append((answer.status_code, body, answer.headers["Content-Type"]))
        assert len(set(answers)) == 1, path
    assert told >= 4 * 6
    said = other.get(f"/api/requests/{stream}").json()
    assert said["error"] == "unknown-request"


@pytest.mark.parametrize("odd", ["%00", "%ED%A0%80", "%FF", "request-3317-2026-0001%00", "x" * 9000,
                                 "..%2f..%2fetc", "request%E2%80%903317-2026-0001"])  # fmt: skip
def test_an_address_that_no_case_can_have_is_one_that_is_not_there(portal, siti, odd):
    for path in (f"/requests/{odd}", f"/api/requests/{odd}", f"/requests/{odd}/files/{'0' * 64}"):
        assert siti.get(path).status_code == 404
    assert siti.post(f"/requests/{odd}/do/AcceptTerms").status_code == 404
    assert siti.get(f"/downloads/{odd}").status_code in (404, 422)


def test_a_form_sent_twice_is_carried_out_once(portal, siti):
    form = {"applicant.name": "Siti", "applicant.segment": "individual", "_once": "the-same"}
    answers = [siti.post("/requests/new", **form) for _ in range(2)]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]


def test_S9_an_upload_comes_back_to_be_saved_never_to_be_shown(portal, siti):
    stream = siti.open("susenas")
    for command in ("AcceptTerms", "ChooseProducts"):
        siti.act(stream, command)
    page = b"<html><script>alert(1)</script>"
    told = siti.post(f"/requests/{stream}/look", document="identity",
                     upload={"file": ("ktp.pdf", page)})  # fmt: skip
    assert "error" in told.text
    refused = siti.post(f"/requests/{stream}/do/HandInDocument", document="identity",
                        upload={"file": ("ktp.pdf", page)})  # fmt: skip
    assert refused.status_code == 422
    assert not portal.house.desk.state(stream).facts >= {"documents-complete"}
    officer = portal.visit().enter(desk="officer")
    assert officer.get(f"/requests/{stream}/files/{'0' * 64}").status_code == 404


NIK = "3317064505900001"
HEAD = Actor("kepala-1", Role.HEAD, office="3317")


@pytest.mark.slow
def test_each_role_reads_what_the_table_lets_it_and_no_file_beyond(portal, siti):
    stream = siti.open("susenas")
    for command in ("AcceptTerms", "ChooseProducts"):
        siti.act(stream, command)
    scan = plain_page("Pindaian", "Rekaan untuk uji coba")
    siti.post(f"/requests/{stream}/do/HandInDocument", document="identity", number=NIK,
              upload={"file": ("ktp-siti.pdf", scan)})  # fmt: skip
    (handed,) = portal.house.desk.state(stream).last(DocumentHandedIn).documents
    path = f"/requests/{stream}/files/{handed.file.sha256}"
    told = {}
    for desk in ("applicant", "officer", "treasurer", "head", "auditor"):
        visit = siti if desk == "applicant" else portal.visit().enter(desk=desk)
        page, file = visit.get(f"/requests/{stream}"), visit.get(path)
        assert page.status_code == 200
        assert "bukan untuk peran ini" not in page.text  # said in calmer words
        assert (file.status_code == 200) == (path in page.text) == (file.content == scan)
        main = page.text.partition("<main")[2]
        told[desk] = (file.status_code, "Siti" in main, "Universitas" in main)
    assert told == {
        "applicant": (200, True, True), "officer": (200, True, True),
        "treasurer": (404, True, True), "head": (404, True, False),
        "auditor": (404, False, False),
    }  # fmt: skip
    lists = {d: portal.visit().enter(desk=d).get("/work").text for d in ("head", "auditor")}
    assert "Siti" in lists["head"]
    assert "Siti" not in lists["auditor"]
    # who looked stands in the readings, who signed in and who saved a file in the audit log
    looked = {r.role for r in portal.house.desk.door(HEAD).readings(stream)}
    assert {"officer", "treasurer", "head"} <= looked
    lines = portal.house.store.inner.notes("3317")
    assert {("petugas-1", "signed-in"), ("pemeriksa-1", "signed-in"), ("petugas-1", "read")} <= {
        (line.actor, line.what) for _, line in lines
    }
    assert "profile" in {line.what for _, line in lines}


def test_what_is_kept_is_sealed_under_a_key_for_its_owner_alone(portal, siti):
    siti.open("dalam-angka")
    data = portal.house.settings.data
    assert portal.house.settings.key_file.stat().st_mode & 0o777 == 0o600
    kept = [f for f in data.rglob("*") if f.is_file() and f.parent.name != "mail"]
    assert (data / "pst.db") in kept
    assert not [f.name for f in kept if b"Rembang Kota" in f.read_bytes()]


@pytest.mark.slow
def test_S20_a_product_goes_out_by_a_link_that_is_counted_and_is_nobody_else_s(portal, siti):
    people = {"": siti, **{d: portal.visit().enter(desk=d) for d in ("officer", "treasurer")}}
    stream = siti.open("kecamatan")
    product = ""
    for who, what, fields in steps(stream)[:13]:
        if what.startswith("/"):
            assert people[who].post(what).status_code == 303
            continue
        people[who].act(stream, what, **fields, **paid(portal.house, stream, what))
        if what == "PrepareProducts":
            (file,) = portal.house.desk.state(stream).last(ProductsPrepared).files
            product = f"/requests/{stream}/files/{file.sha256}"
            assert siti.get(product).status_code == 404  # not before it is delivered
            assert people["officer"].get(product).status_code == 200
            assert people["treasurer"].get(product).status_code == 404
    link = siti.get(product)
    assert link.status_code == 303
    answers = [siti.get(link.headers["Location"]) for _ in range(2)]
    assert [a.status_code for a in answers] == [200, 200]
    assert len(answers[0].content) == file.bytes
    assert "attachment" in answers[0].headers["Content-Disposition"]
    other = portal.visit().enter(email="budi@example.org", name="Budi Santoso")
    refused = other.get(link.headers["Location"])
    assert refused.status_code == 422
    notes = [n for _, n in portal.house.store.inner.notes("3317") if n.stream == stream]
    assert [n.what for n in notes].count("download") == 2


@pytest.mark.slow
def test_S16_the_day_s_list_records_what_matches_and_the_second_time_nothing(portal, siti):
    people = {"": siti, **{d: portal.visit().enter(desk=d) for d in ("officer", "treasurer")}}
    stream = siti.open("kecamatan")
    for who, what, fields in steps(stream)[:9]:
        if what.startswith("/"):
            assert people[who].post(what).status_code == 303
        else:
            people[who].act(stream, what, **fields)
    listed = people["treasurer"].get("/treasurer/simulated-list.csv").content
    told = []
    for record in ("", "on", "on"):
        form = {"record": record} if record else {}
        answer = people["treasurer"].post(
            "/treasurer/reconciliation", upload={"list": ("hari.csv", listed)}, **form
        )
        assert answer.status_code == 200
        told.append((answer.text.count(">cocok<"), answer.text.count("Dicatat.</b>")))
    assert told == [(1, 0), (1, 1), (0, 0)]
    paid_in = portal.house.desk.state(stream).every(rq.PaymentConfirmed)
    assert [p.amount for p in paid_in] == [65_000]
    unreadable = people["treasurer"].post(
        "/treasurer/reconciliation", upload={"list": ("hari.csv", b"\xff\xfe")}
    )
    assert unreadable.status_code == 422


@pytest.mark.slow
def test_a_basket_to_rating_life_while_nonsense_is_typed_into_every_form(portal, siti):
    """No answer is a server error, and what is refused changes nothing that was to come."""
    dice = random.Random(20261124)
    people = {"": siti, **{d: portal.visit().enter(desk=d) for d in ("officer", "treasurer")}}
    stream = siti.open("kecamatan")
    odd = ["", " ", "0", "-1", "1e9", "9" * 400, "2026-02-30", "2026-11-24T09:30", "on", "'\"<b>&",
           "\u0000", "\u202e", "é" * 50, "upload", "publication"]  # fmt: skip
    ends = {"CancelRequest", "RejectRequest", "CancelMisfit", "RefusePayment",
            "AskOfferCorrection", "SendBackAbstraction", "AskDeliveryCorrection"}  # fmt: skip
    harmless = [c for c in COMMANDS if c not in ends]
    for who, what, fields in steps(stream):
        for name in dice.sample(harmless, 6):
            form = {f.path: dice.choice(odd) for f in asked(COMMANDS[name]) if dice.random() < 0.8}
            form |= {dice.choice(["files.0", "sample", "x", "forms.map.title"]): dice.choice(odd)}
            file = {"file": (dice.choice(odd) or "x", b"\x00" * 9)}
            # by one whose step it is not: what is typed must not happen to fit
            typist = people["treasurer" if who != "treasurer" else "officer"]
            answer = typist.post(
                f"/requests/{stream}/do/{name}", upload=dice.choice([file, None]), **form
            )
            assert answer.status_code == 422, (name, form, answer.status_code, answer.text)
        if what.startswith("/"):
            assert people[who].post(what).status_code == 303
            continue
        people[who].act(stream, what, **fields, **paid(portal.house, stream, what))
    assert portal.house.desk.state(stream).phase == "CLOSED"


# -- signing in by a provider


PROVIDER = """
import sys, oidc_provider_mock
with oidc_provider_mock.run_server_in_thread() as server:
    print(server.server_port, flush=True)
    sys.stdin.read()
"""


@pytest.fixture(scope="module")
def provider():
    pytest.importorskip("oidc_provider_mock", reason="no provider: pip install '.[test]'")
    # in a process of its own, for it still uses what its libraries have deprecated
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", PROVIDER],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    ) as process:  # fmt: skip
        yield f"http://localhost:{process.stdout.readline().strip()}"
        process.stdin.close()


@pytest.fixture(scope="module")
def closed(provider, tmp_path_factory):
    oidc = Oidc(provider, "portal", "secret")
    with served(tmp_path_factory.mktemp("closed"), oidc=oidc) as found:
        yield found


def through(closed, provider, sub, **claims):
    """Sign in at the provider and come back."""
    known = {"email_verified": True, "name": sub.title(), **claims}
    httpx.put(f"{provider}/users/{sub}", json=known).raise_for_status()
    visit = closed.visit()
    away = visit.get("/sign-in/provider")
    asked_for = httpx.post(away.headers["Location"], data={"sub": sub})
    back = urllib.parse.urlsplit(asked_for.headers["Location"])
    return visit, f"{back.path}?{back.query}"


def test_a_provider_says_who_somebody_is_and_what_they_are(closed, provider):
    visit, back = through(closed, provider, "siti", email="siti@example.org")
    answer = visit.get(back)
    assert answer.status_code == 303, answer.text
    assert answer.headers["Location"] == "/requests"
    assert "siti@example.org" in visit.get("/requests/new").text
    assert visit.get("/work").status_code == 403
    officer, back = through(closed, provider, "ani", email="ani@bps.example", roles=["officer"])
    assert officer.get(back).headers["Location"] == "/work"
    assert officer.get("/work").status_code == 200


def test_an_answer_that_nobody_asked_for_signs_nobody_in(closed, provider):
    visit, back = through(closed, provider, "budi", email="budi@example.org")
    assert closed.visit().get(back).status_code == 422  # another browser's answer
    assert visit.get(back.replace("state=", "state=x")).status_code == 422
    assert visit.get(back).status_code == 422  # the question was used up by the try before
    assert visit.get("/requests").status_code == 303


def test_where_a_provider_is_set_there_is_no_demonstration_door(closed):
    visit = closed.visit()
    assert "demonstration" not in visit.get("/sign-in").text
    assert visit.post("/sign-in/demonstration", person="petugas-1").status_code == 422
    assert visit.get("/work").status_code == 303
    assert visit.get("/treasurer/simulated-list.csv").status_code == 303


@pytest.mark.slow
def test_the_line_of_its_readme_starts_it_and_a_demonstration_stays_at_home(tmp_path):
    readme = Path("examples/portal/README.md").read_text("utf-8")
    assert ".venv/bin/python -m examples.portal\n" in readme
    line = [sys.executable, "-m", "examples.portal", "--data", str(tmp_path / "kept")]
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    env = {**os.environ, "PYTHONPATH": "", "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        [*line, "--port", port], stdout=subprocess.PIPE, text=True, env=env
    ) as run:
        assert run.stdout.readline().startswith(f"Portal: http://127.0.0.1:{port}")
        assert f"{tmp_path / 'kept' / 'pst.db.key'}, apart from" in run.stdout.readline()
        assert "Katalog" in httpx.get(f"http://127.0.0.1:{port}/").text
        run.terminate()
        assert run.wait(60) in (0, -signal.SIGTERM)
    everywhere = [*line, "--host", "0.0.0.0"]  # noqa: S104
    outside = subprocess.run(everywhere, capture_output=True, text=True, check=False)
    assert outside.returncode == 2
    assert "PORTAL_OIDC_ISSUER" in outside.stderr
