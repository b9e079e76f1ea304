"""A person's data from the first step to the last byte: sealed, shown, corrected, erased."""

import datetime as dt
import io
import json
import logging
import sys
from pathlib import Path

import attrs
import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[1] / "django"))
import postgres
from pst_adapters.files import FolderBlobs
from pst_adapters.pdf import TypstRenderer
from pst_adapters.sql import SqlStore
from pst_adapters.vault import FileKeys, SealedBlobs, SealedStore
from pst_core import complaint as cp
from pst_core import request as rq
from pst_core import survey as sv
from pst_core import visit as vs
from pst_core.desk import Desk, Worker, persons
from pst_core.desk.downloads import download, download_link, downloads_of
from pst_core.desk.fields import ERASED, HIDDEN
from pst_core.desk.memory import MemoryStore
from pst_core.desk.ports import Batch, NewEvent
from pst_core.desk.sealing import seal, verify_store
from pst_core.office import Office
from pst_core.refusal import BadInput, Conflict, NotFound, Refusal, StorageError
from pst_core.request.events import ProductsChosen
from pst_core.request.state import Applicant, Channel
from pst_core.tariff import Publication
from pst_core.testing.lives import (
    AUDITOR,
    HEAD,
    OFFICER,
    SYSTEM,
    TREASURER,
    file,
)
from pst_core.text import Text
from pst_core.wire import actor_to_json, event_from_json, event_to_json
from pst_core.workflow import Actor, Role

OFFICE = Office.load("3317")
START = dt.datetime(2026, 11, 24, 9, tzinfo=OFFICE.calendar.zone)
PUBLICATION = (Publication("Rembang Dalam Angka", pages=312),)
TO_THE_END = (
    rq.AcceptTerms, rq.ChooseProducts, rq.CompleteForm, rq.FileRequest, rq.PrepareProducts,
    rq.SendOffer, rq.AskOfferCorrection, rq.ReviseOffer, rq.AcceptOffer, rq.IssueBilling,
    rq.ReportPayment, rq.ConfirmPayment, rq.IssueReceipt, rq.DeliverProducts, rq.ApproveDelivery,
    rq.RateService,
)  # fmt: skip

# each of them in no other text of the store
SECRETS = {
    "id": "warga-Qx7Zk1",
    "name": "Suryaningtyas Qwertyana",
    "email": "suryaningtyas@qwertymail.example",
    "phone": "+6281299887766",
    "institution": "Yayasan Zyxwvut",
    "address": "Gang Zxqjkv 17",
    "nik": "3317064505900001",
    "upload": "BERKAS-RAHASIA-91f3c7",
    "file": "ktp-suryaningtyas.pdf",
    "complaint": "Loket qjxzv tutup",
    "guest": "Suryaningtyas Tamu",
    "survey": "komentar-vvqqzz",
    "bounce": "kotak surat penuh qzqz",
}
ME = Actor(SECRETS["id"], Role.APPLICANT, SECRETS["name"])


TOKEN_OF_LIFE = "kunci-undangan-0123456789"


class Clock:
    def __init__(self):
        self.now = START

    def __call__(self):
        return self.now


class Post:
    """A mailer that keeps what it sends, and says to whom; or refuses as a server does."""

    def __init__(self):
        self.sent, self.refuse = [], False

    def send(self, mail):
        if self.refuse:
            from pst_core.refusal import MailNotSent

            raise MailNotSent(
                "try-again",
                Text(*[f"{mail.to}: {SECRETS['bounce']}"] * 2),
                remedy=Text("-", "-"),
            )
        self.sent.append(mail)
        return {"message_id": mail.id, "smtp": f"250 queued for {mail.to}"}


@attrs.define
class House:
    """A sealed office with its files, mail and log."""

    desk: Desk
    store: SealedStore
    blobs: SealedBlobs
    worker: Worker
    post: Post
    log: io.StringIO
    root: Path
    url: str = ""
    request: str = ""

    def live(self):
        """Play everything that a person may leave here, up to a closed request."""
        desk = self.desk
        visit = desk.open(vs.VisitUnit(ME.id), by=ME).stream
        guest = vs.Visitor(
            ME.id, SECRETS["guest"], SECRETS["email"], SECRETS["phone"], purpose="keperluan"
        )
        desk.do(visit, vs.SignGuestBook(guest), by=ME)
        desk.do(visit, vs.LeaveUnit(), by=ME)
        me = Applicant(
            ME.id, ME.name, SECRETS["email"], SECRETS["phone"], SECRETS["institution"],
            SECRETS["address"],
        )  # fmt: skip
        self.request = desk.open(rq.OpenRequest(me, Channel.ONLINE), by=ME).stream
        key = self.blobs.of(ME.id).put(SECRETS["upload"].encode())
        scan = attrs.evolve(file(SECRETS["file"], pages=1), sha256=key)
        for command in TO_THE_END:
            from pst_core.testing import lives

            state = desk.state(self.request)
            if command is rq.FileRequest:
                desk.do(self.request, rq.HandInDocument("identity", scan, SECRETS["nik"]), by=ME)
                for due in lives.to_hand_in(state, OFFICE):
                    if due.rule.document != "identity":
                        desk.do(self.request, lives.document(due.rule), by=ME)
                state = desk.state(self.request)
            row = next(s for s in desk.procedure(self.request).steps if s.command is command)
            made = lives.fitting(
                command, state, OFFICE, desk.clock(), self.request, products=PUBLICATION
            )
            by = ME if row.role is Role.APPLICANT else lives.ACTORS[row.role]
            desk.do(self.request, made, by=by)
        kind = cp.complaint_rules(START.date()).kinds[0].code
        said = cp.Complainant(ME.id, ME.name, SECRETS["email"], SECRETS["phone"])
        complaint = desk.open(
            cp.RecordFromMail(said, SECRETS["complaint"], kind), by=OFFICER
        ).stream
        for command, by in (
            (cp.AcknowledgeComplaint(kind), OFFICER), (cp.FollowUpComplaint("diperiksa"), OFFICER),
            (cp.AnswerComplaint("sudah"), OFFICER), (cp.AcceptAnswer(), ME),
        ):  # fmt: skip
            desk.do(complaint, command, by=by)
        survey = desk.open(
            sv.InviteToSurvey(
                SECRETS["email"], TOKEN_OF_LIFE, OFFICE.counter.services[0].code,
                self.request,
            ),
            by=OFFICER,
        ).stream  # fmt: skip
        answers = tuple(sv.Answer(e.code, 4) for e in sv.scale().elements)
        desk.do(
            survey,
            sv.AnswerSurvey(TOKEN_OF_LIFE, answers, SECRETS["survey"]),
            by=ME,
        )
        self.worker.work_off(4)
        self.post.refuse = True
        self.worker.work_off(3)
        self.post.refuse = False
        return self.request


def house(tmp_path, inner, url=""):
    clock, post, log = Clock(), Post(), io.StringIO()
    store = SealedStore(inner, FileKeys.make(tmp_path / "office.key"))
    desk = Desk(OFFICE, store, clock=clock)
    blobs = SealedBlobs(FolderBlobs(tmp_path / "blobs"), store, OFFICE.code)
    worker = Worker(desk, mailer=post, renderer=TypstRenderer(), blobs=blobs)
    return House(desk, store, blobs, worker, post, log, tmp_path, url)


@pytest.fixture
def log():
    """Give everything that is logged, at every level."""
    kept = io.StringIO()
    handler = logging.StreamHandler(kept)
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield kept
    root.removeHandler(handler)
    root.setLevel(before)


def spellings(secret):
    """Return the bytes by which ``secret`` could stand in a file."""
    import base64

    raw = secret.encode()
    found = {raw, raw.upper(), raw.lower(), raw.hex().encode(), secret.encode("utf-16-le")}
    found.add(json.dumps(secret)[1:-1].encode())
    # base64 at each of its three offsets, without what the neighbours change
    for skip in range(3):
        found.add(base64.b64encode(b"\0" * skip + raw)[4 if skip else 0 : -4])
    return found


def found_in(data, secrets=SECRETS):
    return sorted(name for name, secret in secrets.items() for s in spellings(secret) if s in data)


def every_byte(folder):
    """Return all bytes of all files under ``folder`` but the office keys, by name."""
    return {
        str(p.relative_to(folder)): p.read_bytes()
        for p in sorted(folder.rglob("*"))
        if p.is_file() and p.name != "office.key"
    }


def dump(url):
    """Return every row of every table of the store at ``url``, as text."""
    import psycopg

    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        tables = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        ).fetchall()
        found = [connection.execute(f"TABLE {name}").fetchall() for (name,) in tables]
    return repr(found).encode()


def search(house, log):
    """Return where any secret is found: database files, blobs, a backup made now, the log."""
    from pst_adapters.backup import back_up

    if house.url:
        back_up(house.url, house.root / f"backup-{len(list(house.root.glob('backup-*')))}",
                FolderBlobs(house.root / "blobs"), now=START)  # fmt: skip
    found = {
        name: hits for name, data in every_byte(house.root).items() if (hits := found_in(data))
    }
    if hits := found_in(log.getvalue().encode()):
        found["log"] = hits
    if house.url.startswith("postgresql") and (hits := found_in(dump(house.url))):
        found["dump"] = hits
    if isinstance(house.store.inner, MemoryStore):
        told = repr(house.store.inner.__dict__).encode()
        if hits := found_in(told):
            found["memory"] = hits
    return found


def check_erased(house, log):
    desk, stream = house.desk, house.request
    before = desk.trial_balance()
    ledger, steps = desk.ledger(stream), len(desk.history(stream))
    total = desk.state(stream).last(rq.OfferSent).total
    assert house.desk.state(stream).last(rq.RequestOpened).applicant.name == SECRETS["name"]
    done = desk.door(HEAD).erase(ME.id, "diminta pemohon 2026-11-24", blobs=house.blobs)
    assert stream in done.cases
    assert len(done.cases) == 4
    assert desk._folds._known == {}
    assert actor_to_json.cache_info().currsize == 0
    assert search(house, log) == {}
    # history, money and the register stand
    assert desk.trial_balance() == before
    assert sum(before.values()) == 0
    assert desk.ledger(stream) == ledger
    assert desk.state(stream).last(rq.OfferSent).total == total
    row = next(r for r in desk.register(procedure="request") if r.stream == stream)
    assert (row.title, row.phase) == (ERASED, "CLOSED")
    assert desk.state(stream).last(rq.RequestOpened).applicant.name == ERASED
    assert len(desk.history(stream)) == steps
    # what is left in the outbox goes to nobody
    sent = len(house.post.sent)
    desk.clock.now += dt.timedelta(days=1)
    worked = house.worker.work_off(200)
    gone = [w for w in worked if "/mail/applicant" in w.key]
    assert gone
    assert all(w.result == {"left_out": "the person was erased"} for w in gone)
    assert not any(SECRETS["email"] == m.to for m in house.post.sent[sent:])
    assert all(found_in(repr(m).encode()) == [] for m in house.post.sent[sent:])
    with pytest.raises(NotFound):
        desk.door(HEAD).export(ME.id)
    assert search(house, log) == {}
    # and what finance must show is kept for its term, then gone
    assert done.kept_until == START.replace(year=2036)
    (person, *_) = done.persons
    (kept,) = house.store.retained(person)
    assert kept["name"] == SECRETS["name"]
    assert kept["receipts"] == ["0001/KWT/3317/2026"]
    assert persons.expire(desk) == ()
    desk.clock.now = done.kept_until
    assert persons.expire(desk) == (person,)
    assert house.store.retained(person) == ()
    assert search(house, log) == {}


def test_erased_from_a_sqlite_file_its_files_a_backup_and_the_log(tmp_path, log):
    url = f"sqlite:///{tmp_path}/pst.db"
    with SqlStore(url) as inner:
        made = house(tmp_path, inner, url)
        made.live()
        # even before: not one byte in the clear
        assert search(made, log) == {}
        check_erased(made, log)


def test_erased_from_memory(tmp_path, log):
    made = house(tmp_path, MemoryStore())
    made.live()
    assert search(made, log) == {}
    check_erased(made, log)


def test_the_search_itself_finds_what_is_in_the_clear(tmp_path, log):
    url = f"sqlite:///{tmp_path}/pst.db"
    with SqlStore(url) as inner:
        made = house(tmp_path, inner, url)
        made.desk.store = inner  # a desk that was not given the sealed store
        made.worker.blobs = FolderBlobs(tmp_path / "blobs")
        me = Applicant(ME.id, ME.name, SECRETS["email"], SECRETS["phone"])
        made.desk.open(rq.OpenRequest(me), by=ME)
        found = search(made, log)
        assert {"id", "name", "email", "phone"} <= {n for hits in found.values() for n in hits}


@pytest.fixture(scope="module")
def server():
    if postgres.find_binaries() is None:
        pytest.skip(postgres.MISSING)
    with postgres.server() as url:
        yield url


@pytest.mark.slow  # starts a server
def test_erased_from_postgresql_and_its_dump(tmp_path, log, server):
    import psycopg

    admin = server.format(name="postgres").replace("+psycopg", "")
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute("CREATE DATABASE erased")
    url = server.format(name="erased")
    with SqlStore(url) as inner:
        made = house(tmp_path, inner, url)
        made.live()
        assert search(made, log) == {}
        check_erased(made, log)


@pytest.mark.slow  # migrates Django's tables
def test_erased_from_a_django_host(tmp_path, log):
    pytest.importorskip("django")
    import django_host

    with django_host.opened(tmp_path) as inner:
        made = house(tmp_path, inner)
        made.live()
        assert search(made, log) == {}
        check_erased(made, log)


# -- what else a person may ask, and what must not be done ------------------------------------


@pytest.fixture
def lived(tmp_path):
    with SqlStore(f"sqlite:///{tmp_path}/pst.db") as inner:
        made = house(tmp_path, inner, f"sqlite:///{tmp_path}/pst.db")
        made.live()
        yield made


def test_all_that_is_held_comes_out_and_for_nobody_else(lived):
    told = json.dumps(lived.desk.door(ME).export(ME.id), ensure_ascii=False)
    for name in ("name", "email", "phone", "institution", "address", "nik", "file", "complaint",
                 "guest", "survey"):  # fmt: skip
        assert SECRETS[name] in told, name
    assert told == json.dumps(lived.desk.door(ME).export(ME.id), ensure_ascii=False)
    lived.desk.door(HEAD).export(ME.id)
    seen = [r for r in lived.store.readings(OFFICE.code) if r.view == "export"]
    assert {r.by for r in seen} == {HEAD.id}
    with pytest.raises(NotFound):
        lived.desk.door(Actor("warga-2", Role.APPLICANT)).export(ME.id)
    for role in (OFFICER, TREASURER, AUDITOR, SYSTEM):
        with pytest.raises(Refusal):
            lived.desk.door(role).export(ME.id)
        with pytest.raises(Refusal):
            lived.desk.door(role).erase(ME.id, "-")
        with pytest.raises(Refusal):
            lived.desk.door(role).breach(START)
    with pytest.raises(Refusal):
        lived.desk.door(attrs.evolve(HEAD, office="7500")).erase(ME.id, "-")


def test_a_correction_reaches_every_place_and_moves_no_history(lived):
    bodies = [e.body for e in lived.store.inner.load(lived.request)]
    assert lived.desk.door(OFFICER).correct(ME.id, SECRETS["name"], "Suryani") >= 3
    assert [e.body for e in lived.store.inner.load(lived.request)] == bodies
    assert lived.desk.state(lived.request).last(rq.RequestOpened).applicant.name == "Suryani"
    rows = lived.desk.register(procedure="request")
    assert [r.title for r in rows] == ["Suryani"]
    assert SECRETS["name"] not in json.dumps(lived.desk.door(ME).export(ME.id))
    with pytest.raises(NotFound) as caught:
        lived.desk.door(OFFICER).correct(ME.id, "tidak ada", "x")
    assert caught.value.code == "no-such-text"


def test_no_link_of_who_was_erased_opens_anything(tmp_path, log):
    """Neither their own, nor what stands in the data where their tokens and keys stood."""
    with SqlStore(f"sqlite:///{tmp_path}/pst.db") as inner:
        made = house(tmp_path, inner)
        desk, stream = made.desk, made.live()
        token = "k3y" * 10
        invited = sv.InviteToSurvey(SECRETS["email"], token, "request", stream)
        survey = desk.open(invited, by=OFFICER).stream
        product = downloads_of(desk.state(stream))[0]
        keys = [bytes(range(32))]
        link = download_link(desk, stream, product.sha256, by=ME, keys=keys)
        assert download(desk, link, by=ME, keys=keys).file == product
        desk.clock.now += dt.timedelta(days=60)
        desk.run_timers()
        assert str(desk.state(survey).phase) == "EXPIRED"
        desk.door(HEAD).erase(ME.id, "diminta pemohon 2026-11-24", blobs=made.blobs)
        desk.clock.now = START  # as for a clock that goes wrong: the link has not ended
        impostor = Actor(ERASED, Role.APPLICANT)
        assert desk.owner(stream, desk.state(stream)) == ERASED
        for who in (ME, impostor, Actor("", Role.APPLICANT)):
            with pytest.raises(Refusal, match="bad-link"):
                download(desk, link, by=who, keys=keys)
            with pytest.raises(Refusal, match="bad-link"):
                download_link(desk, stream, product.sha256, by=who, keys=keys)
            door = desk.door(who)
            with pytest.raises(NotFound, match="unknown-request"):
                door.see(stream)
            with pytest.raises(NotFound, match="unknown-request"):
                door.do(stream, rq.RateService(1, "buruk"))
            for said in (token, ERASED, "", TOKEN_OF_LIFE):
                with pytest.raises(NotFound, match="unknown-request"):
                    door.do(survey, sv.AnswerSurvey(said, ()))
            assert door.register() == []


def test_an_invitation_whose_token_was_erased_is_answered_by_no_token():
    """As it would stand if an erasure came while the invitation was open."""
    desk = Desk(OFFICE, MemoryStore(), clock=Clock())
    answers = tuple(sv.Answer(e.code, 4) for e in sv.scale().elements)
    for stands in (ERASED, HIDDEN, ""):
        event = sv.SurveyInvited(OFFICE.code, ERASED, stands, "A", "", START + dt.timedelta(days=9))
        stream = f"survey-3317-2026-{len(desk.store.read()) + 1:04d}"
        new = NewEvent(event.NAME, event.SCHEMA, event_to_json(event))
        desk.store.append(
            Batch(stream, OFFICE.code, 0, (new,), START, actor_to_json(OFFICER), stream, "f")
        )
        assert str(desk.state(stream).phase) == "INVITED"
        for said in (stands, ERASED, HIDDEN, ""):
            with pytest.raises(Refusal) as caught:
                desk.do(stream, sv.AnswerSurvey(said, answers), by=Actor("", Role.APPLICANT))
            assert "survey-token" in [u.code for u in caught.value.unmet]


def test_a_breach_names_everybody_and_the_hour(lived):
    friday = dt.datetime(2026, 11, 27, 16, 30, tzinfo=OFFICE.calendar.zone)
    found = lived.desk.door(HEAD).breach(friday)
    # hours on the calendar: over the weekend
    assert found.tell_by == dt.datetime(2026, 11, 30, 16, 30, tzinfo=OFFICE.calendar.zone)
    (one,) = found.persons
    assert (one.person, one.email, one.phone) == (ME.id, SECRETS["email"], SECRETS["phone"])
    assert lived.request in one.cases
    lived.desk.door(HEAD).erase(ME.id, "diminta", blobs=lived.blobs)
    assert lived.desk.door(HEAD).breach(friday).persons == ()


def test_while_a_case_is_open_nobody_is_erased(tmp_path):
    made = house(tmp_path, MemoryStore())
    me = Applicant(ME.id, ME.name, SECRETS["email"])
    stream = made.desk.open(rq.OpenRequest(me), by=ME).stream
    with pytest.raises(Refusal) as caught:
        made.desk.door(HEAD).erase(ME.id, "diminta")
    assert caught.value.code == "case-open"
    assert made.desk.state(stream).last(rq.RequestOpened).applicant.name == ME.name
    made.desk.do(stream, rq.CancelRequest(), by=ME)
    # no money ever moved: nothing is kept
    assert made.desk.door(HEAD).erase(ME.id, "diminta").kept_until is None
    assert {k.wrapped for k in made.store.inner.person_keys() if k.kind != "office"} == {""}


def test_the_reason_of_an_erasure_names_nobody(tmp_path):
    made = house(tmp_path, MemoryStore())
    me = Applicant(ME.id, ME.name, SECRETS["email"])
    made.desk.do(made.desk.open(rq.OpenRequest(me), by=ME).stream, rq.CancelRequest(), by=ME)
    for reason in ("", " ", f"diminta {ME.name.upper()}", f"surel dari {SECRETS['email']}"):
        with pytest.raises(BadInput):
            made.desk.door(HEAD).erase(ME.id, reason)
    assert made.desk.door(HEAD).erase(ME.id, "surat 12, 2026-11-24").persons


def test_who_comes_back_after_an_erasure_is_another_person(tmp_path):
    made = house(tmp_path, MemoryStore())
    me = Applicant(ME.id, ME.name, SECRETS["email"])
    old = made.desk.open(rq.OpenRequest(me), by=ME).stream
    made.desk.do(old, rq.CancelRequest(), by=ME)
    before = made.store.person_of_case(old)
    made.desk.door(HEAD).erase(ME.id, "diminta")
    new = made.desk.open(rq.OpenRequest(me), by=ME).stream
    assert made.store.person_of_case(new) not in (None, before)
    assert [r.stream for r in made.desk.door(ME).register()] == [new]
    with pytest.raises(NotFound):
        made.desk.door(ME).see(old)


def test_erased_in_one_process_nothing_is_written_under_the_old_key_in_another(tmp_path):
    url = f"sqlite:///{tmp_path}/pst.db"
    me = Applicant(ME.id, ME.name, SECRETS["email"])
    with SqlStore(url) as first, SqlStore(url) as second:
        one, other = house(tmp_path, first, url), house(tmp_path, second, url)
        stream = one.desk.open(rq.OpenRequest(me), by=ME).stream
        assert other.desk.state(stream).last(rq.RequestOpened).applicant.name == ME.name
        one.desk.do(stream, rq.CancelRequest(), by=ME)
        one.desk.door(HEAD).erase(ME.id, "diminta")
        # the other still remembers key and person
        assert other.desk.state(stream).last(rq.RequestOpened).applicant.name == ERASED
        assert other.desk.register()[0].title == ERASED
        new = other.desk.open(rq.OpenRequest(me), by=ME).stream
        assert one.desk.state(new).last(rq.RequestOpened).applicant.name == ME.name


def test_a_process_that_remembers_a_destroyed_key_writes_under_a_new_one(tmp_path):
    url = f"sqlite:///{tmp_path}/pst.db"
    me = Applicant(ME.id, ME.name, SECRETS["email"])
    with SqlStore(url) as first, SqlStore(url) as second:
        one, other = house(tmp_path, first, url), house(tmp_path, second, url)
        stream = other.desk.open(rq.OpenRequest(me), by=ME).stream
        other.desk.do(stream, rq.CancelRequest(), by=ME)
        gone = other.store.person_of_case(stream)
        one.desk.door(HEAD).erase(ME.id, "diminta")
        new = other.desk.open(rq.OpenRequest(me), by=ME).stream
        assert other.store.person_of_case(new) != gone
        assert one.desk.state(new).last(rq.RequestOpened).applicant.name == ME.name


def test_two_that_open_for_a_new_person_at_once_make_one_person(tmp_path):
    import threading

    url = f"sqlite:///{tmp_path}/pst.db"
    me = Applicant(ME.id, ME.name, SECRETS["email"])
    with SqlStore(url) as first, SqlStore(url) as second:
        houses = [house(tmp_path, first, url), house(tmp_path, second, url)]
        start = threading.Barrier(2)

        def run(made):
            start.wait()
            made.request = made.desk.open(rq.OpenRequest(me), by=ME).stream

        threads = [threading.Thread(target=run, args=(h,)) for h in houses]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(houses[0].store.persons(OFFICE.code)) == 1
        assert len({h.request for h in houses}) == 2


def test_the_office_key_is_replaced_and_nothing_is_lost(tmp_path):
    made = house(tmp_path, MemoryStore())
    me = Applicant(ME.id, ME.name, SECRETS["email"])
    stream = made.desk.open(rq.OpenRequest(me), by=ME).stream
    old = made.store.keys.current
    new = made.store.keys.rotated()
    store = SealedStore(made.store.inner, new)
    assert store.rewrap(OFFICE.code) == 2
    assert all(k.wrapped.startswith(f"{new.current}.") for k in store.inner.person_keys())
    assert store.rewrap(OFFICE.code) == 0
    alone = SealedStore(made.store.inner, new.pruned())
    assert alone.keys.current != old
    desk = Desk(OFFICE, alone, clock=made.desk.clock)
    assert desk.state(stream).last(rq.RequestOpened).applicant.name == ME.name
    # a command id from before still answers: its digest lies under the office's own key
    with pytest.raises(Conflict):
        desk.do(stream, rq.AcceptTerms(), by=ME, command_id=made.desk.history(stream)[0].command_id)


def test_another_key_opens_nothing_and_says_so(tmp_path):
    made = house(tmp_path, MemoryStore())
    stream = made.desk.open(rq.OpenRequest(Applicant(ME.id, ME.name, "a@b.co")), by=ME).stream
    wrong = Desk(OFFICE, SealedStore(made.store.inner, FileKeys.make(tmp_path / "wrong.key")))
    for act in (
        lambda: wrong.state(stream),
        lambda: wrong.do(stream, rq.AcceptTerms(), by=ME),
    ):
        with pytest.raises(StorageError) as caught:
            act()
        assert caught.value.code == "office-key-unknown"


def test_another_offices_persons_stay_sealed_where_its_key_is_not(tmp_path):
    shared = MemoryStore()
    mine = SealedStore(shared, FileKeys.make(tmp_path / "a.key"))
    far = FileKeys.make(tmp_path / "b.key").path
    theirs = SealedStore(shared, FileKeys(far, offices=("7500",)))
    here = Desk(OFFICE, mine)
    there = Desk(Office.load("7500"), theirs)
    stream = here.open(rq.OpenRequest(Applicant(ME.id, ME.name, "a@b.co")), by=ME).stream
    assert ME.name not in "".join(e.body for e in theirs.read())
    assert "(tersegel / sealed)" in "".join(e.body for e in theirs.read())
    assert there.trial_balance() == {}
    with pytest.raises(StorageError) as caught:
        Desk(OFFICE, theirs).do(stream, rq.AcceptTerms(), by=ME)
    assert caught.value.code == "office-key-missing"
    # the same command id, guessed, tells the other office nothing
    key = here.history(stream)[0].command_id
    with pytest.raises(Conflict):
        there.open(rq.OpenRequest(Applicant(ME.id, ME.name, "a@b.co")), by=ME, command_id=key)


@pytest.mark.parametrize("what", ["cut", "swapped", "gone"])
def test_tampering_with_the_boxes_is_found(tmp_path, what):
    made = house(tmp_path, MemoryStore())
    ana = made.desk.open(rq.OpenRequest(Applicant(ME.id, ME.name, "a@b.co")), by=ME).stream
    other = Actor("warga-2", Role.APPLICANT, "Lain")
    made.desk.open(rq.OpenRequest(Applicant("warga-2", "Lain", "c@d.co")), by=other)
    boxes = made.store.inner._boxes
    mine, theirs = (next(b for b in boxes.values() if (b.stream == ana) == same)
                    for same in (True, False))  # fmt: skip
    if what == "cut":
        boxes[mine.ref] = attrs.evolve(mine, text=mine.text[:-8])
    elif what == "swapped":
        boxes[mine.ref] = attrs.evolve(mine, text=theirs.text)
    else:
        del boxes[mine.ref]
    with pytest.raises(StorageError) as caught:
        made.desk.state(ana)
    assert caught.value.code == ("sealed-data-missing" if what == "gone" else "sealed-data-changed")


def test_nobody_can_write_a_reference_to_anothers_texts(tmp_path):
    made = house(tmp_path, MemoryStore())
    ana = made.desk.open(rq.OpenRequest(Applicant(ME.id, ME.name, "a@b.co")), by=ME).stream
    ref = next(b.ref for b in made.store.inner._boxes.values() if b.stream == ana)
    thief = Actor("warga-2", Role.APPLICANT, "Lain")
    forged = Applicant("warga-2", f"\x1a{ref}/0", "c@d.co")
    with pytest.raises(Refusal, match="odd-text"):  # the desk takes no letter that nobody sees
        made.desk.open(rq.OpenRequest(forged), by=thief)
    # and who comes by another way to the store has written a text and no reference
    stream = "request-3317-2026-0002"
    opened = attrs.evolve(made.desk.state(ana).last(rq.RequestOpened), applicant=forged)
    chosen = ProductsChosen((Publication(f"\x1a{ref}/1", pages=1),), True)
    events = tuple(NewEvent(e.NAME, e.SCHEMA, event_to_json(e)) for e in (opened, chosen))
    made.store.append(
        Batch(stream, OFFICE.code, 0, events, START, actor_to_json(thief), "c", "f",
              person="warga-2")
    )  # fmt: skip
    said = [event_from_json(row.name, row.schema, row.body) for row in made.store.load(stream)]
    assert said[0].applicant.name == f"\x1a{ref}/0"
    assert said[1].products[0].title == f"\x1a{ref}/1"


def test_after_an_erasure_the_seals_hold_and_the_audit_log_names_nobody(lived, tmp_path):
    evidence = pytest.importorskip("pst_adapters.evidence")
    key = evidence.make_key(tmp_path / "seal.pem")
    with pytest.raises(Refusal):
        lived.desk.do(lived.request, rq.AcceptTerms(), by=ME)
    stranger = Actor("warga-9", Role.APPLICANT)  # who has no key yet
    with pytest.raises(Refusal):
        lived.desk.do(lived.request, rq.AcceptTerms(), by=stranger)
    made = seal(lived.store, OFFICE.code, key, START)
    lived.desk.door(HEAD).erase(ME.id, "permintaan pemilik data")
    verdict = verify_store(lived.store, outside=made)
    assert verdict.sound, verdict.findings
    assert verdict.sealed > 20
    actors = {line.actor for _, line in lived.store.notes(OFFICE.code)}
    assert {ME.id, stranger.id} & actors == set()
    assert len([a for a in actors if a.startswith("~")]) == 2


def test_a_store_from_before_goes_on_and_says_that_it_is_unsealed(tmp_path):
    url = f"sqlite:///{tmp_path}/pst.db"
    with SqlStore(url) as plain:
        clock = Clock()
        desk = Desk(OFFICE, plain, clock=clock)
        me = Applicant(ME.id, ME.name, SECRETS["email"])
        old = desk.open(rq.OpenRequest(me), by=ME, command_id="first").stream
        assert plain.health(START).facts["unsealed"] == "1"
        assert any("pst person key" in w.en for w in plain.health(START).warnings)
        made = house(tmp_path, plain, url)
        # the first answer is given again, what was written goes on, and new texts are sealed
        assert made.desk.open(rq.OpenRequest(me), by=ME, command_id="first").repeated
        made.desk.do(old, rq.AcceptTerms(), by=ME)
        assert made.desk.state(old).last(rq.RequestOpened).applicant.name == ME.name
        new = made.desk.open(rq.OpenRequest(me), by=ME).stream
        assert [r.stream for r in made.desk.register(applicant=ME.id)] == [old, new]
        assert "unsealed" not in plain.health(START).facts
    with pytest.raises(BadInput) as caught:
        Desk(OFFICE, MemoryStore()).door(HEAD).erase(ME.id, "-")
    assert caught.value.code == "not-sealed"


def test_a_fingerprint_cannot_be_guessed_from_the_command(tmp_path):
    from pst_core.wire import fingerprint

    made = house(tmp_path, MemoryStore())
    command = rq.OpenRequest(Applicant(ME.id, ME.name, "a@b.co"))
    made.desk.open(command, by=ME)
    (kept,) = made.store.inner._commands.values()
    assert kept[1] != fingerprint("", command, ME)


def test_a_file_of_two_persons_stays_when_one_is_erased(tmp_path):
    made = house(tmp_path, MemoryStore())
    one, two = Actor("a-1", Role.APPLICANT, "A"), Actor("a-2", Role.APPLICANT, "B")
    for by in (one, two):
        stream = made.desk.open(rq.OpenRequest(Applicant(by.id, by.name, "a@b.co")), by=by).stream
        assert made.blobs.of(by.id).put(b"shared") == made.blobs.of(by.id).put(b"shared")
        made.desk.do(stream, rq.CancelRequest(), by=by)
    key = made.blobs.of(one.id).put(b"shared")
    assert len(made.blobs.inner.keys()) == 2
    made.desk.door(HEAD).erase(one.id, "diminta", blobs=made.blobs)
    assert len(made.blobs.inner.keys()) == 1
    assert made.blobs.get(key) == b"shared"
    made.desk.door(HEAD).erase(two.id, "diminta", blobs=made.blobs)
    assert made.blobs.inner.keys() == ()
    with pytest.raises(NotFound):
        made.blobs.get(key)


def test_what_an_erasure_left_on_the_disk_goes_with_the_next_one(tmp_path):
    with SqlStore(f"sqlite:///{tmp_path}/pst.db") as inner:
        made = house(tmp_path, inner)
        made.live()
        desk, files = made.desk, made.blobs.inner
        other = Actor("b-2", Role.APPLICANT, "B")
        mine = Applicant(other.id, other.name, "b@c.co")
        theirs = desk.open(rq.OpenRequest(mine), by=other).stream
        key = made.blobs.of(other.id).put(b"of another")
        before = set(files.keys())
        done = desk.door(HEAD).erase(ME.id, "diminta")
        assert set(files.keys()) == before, "nobody said where the files lie"
        assert (done.files > 0, done.removed) == (True, 0)
        # an erasure that broke off before the key went has written down where its files lie
        person = made.store.person_of_case(theirs)
        held = [b for b in inner.boxes_of(person) if b.ref.startswith("blob:")]
        made.store._leave(person, "person", OFFICE.code, held)
        # another process, which was told nothing
        again = house(tmp_path, inner)
        assert persons.sweep(again.desk, again.blobs) == done.files
        assert len(before) - len(files.keys()) == done.files
        assert again.blobs.get(key) == b"of another", "their key is there: their files stay"
        assert persons.sweep(again.desk, again.blobs) == 0
        # invoices and receipts lie under the second key; they go when its term has ended
        kept = set(files.keys())
        desk.clock.now = done.kept_until
        assert persons.expire(desk, blobs=made.blobs)
        assert set(files.keys()) < kept
        again.desk.do(theirs, rq.CancelRequest(), by=other)
        last = again.desk.door(HEAD).erase(other.id, "diminta", blobs=again.blobs)
        assert (last.files, last.removed) == (1, 1)
        assert inner.boxes_at("left:") == ()
        assert files.keys() == ()


def test_a_backup_from_before_is_erased_again_by_the_list(tmp_path, capsys):
    from pst_adapters.backup import back_up, restore
    from pst_adapters.cli import main

    url = f"sqlite:///{tmp_path}/pst.db"
    with SqlStore(url) as inner:
        made = house(tmp_path, inner, url)
        me = Applicant(ME.id, ME.name, SECRETS["email"])
        stream = made.desk.open(rq.OpenRequest(me), by=ME).stream
        made.desk.do(stream, rq.CancelRequest(), by=ME)
        (tmp_path / "office.key").rename(tmp_path / "pst.db.key")
        back_up(url, tmp_path / "backup", now=START)
        made.desk.door(HEAD).erase(ME.id, "diminta")
    assert main(["person", "erased", "--json", "--db", str(tmp_path / "pst.db")]) == 0
    (tmp_path / "erased.json").write_text(capsys.readouterr().out)
    restore(tmp_path / "backup", f"sqlite:///{tmp_path}/again.db")
    (tmp_path / "again.db.key").write_bytes((tmp_path / "pst.db.key").read_bytes())
    (tmp_path / "again.db.key").chmod(0o600)
    db = ["--db", str(tmp_path / "again.db")]
    assert main(["person", "breach", "--json", *db]) == 0
    assert SECRETS["name"] in capsys.readouterr().out
    assert main(["person", "erase", "--list", str(tmp_path / "erased.json"), *db]) == 0
    assert found_in((tmp_path / "again.db").read_bytes()) == []
    assert main(["person", "breach", "--json", *db]) == 0
    assert SECRETS["name"] not in capsys.readouterr().out


def test_without_its_keys_a_sealed_store_is_not_opened_and_none_are_made(tmp_path, capsys):
    from pst_adapters.cli import main

    with SqlStore(f"sqlite:///{tmp_path}/pst.db") as inner:
        made = house(tmp_path, inner)
        made.desk.open(rq.OpenRequest(Applicant(ME.id, ME.name, "a@b.co")), by=ME)
    db = ["--db", str(tmp_path / "pst.db")]
    for words in (["history"], ["person", "key"], ["person", "erased"]):
        assert main([*words, *db, "--lang", "en"]) == 1
        assert "office keys" in capsys.readouterr().err
    assert not (tmp_path / "pst.db.key").exists()


def test_who_names_anothers_visit_is_refused_and_erases_nobody_else(tmp_path):
    made = house(tmp_path, MemoryStore())
    desk = made.desk
    visit = desk.open(vs.VisitUnit(ME.id), by=ME).stream
    desk.do(visit, vs.LeaveUnit(), by=ME)
    budi = Actor("warga-2", Role.APPLICANT, "Budi")
    asked = rq.OpenRequest(Applicant("warga-2", "Budi", "b@c.co"), Channel.ONLINE, visit)
    with pytest.raises(Refusal) as caught:
        desk.open(asked, by=budi)
    assert [u.code for u in caught.value.unmet] == ["visited"]
    # one that was written before this was refused
    stream = desk.open(attrs.evolve(asked, visit=""), by=budi).stream
    (opened,) = made.store.load(stream)
    named = attrs.evolve(desk.state(stream).last(rq.RequestOpened), visit=visit)
    other = stream[:-1] + "2"
    old = NewEvent(opened.name, opened.schema, event_to_json(named))
    made.store.append(
        Batch(other, OFFICE.code, 0, (old,), START, actor_to_json(budi), "x", "x", person="warga-2")
    )
    for one in (stream, other):
        desk.do(one, rq.CancelRequest(), by=budi)
    done = desk.door(HEAD).erase("warga-2", "diminta")
    assert done.cases == (stream, other)
    assert desk.owner(visit, desk.state(visit)) == ME.id


def test_a_key_that_reads_like_a_case_or_a_pseudonym_opens_nothing(tmp_path):
    made = house(tmp_path, MemoryStore())
    me = Applicant(ME.id, ME.name, SECRETS["email"])
    stream = made.desk.open(rq.OpenRequest(me), by=ME).stream
    for key in (stream, made.store.person_of(OFFICE.code, ME.id)):
        thief = made.desk.door(Actor(key, Role.APPLICANT, "Maling"))
        with pytest.raises(NotFound):
            thief.export(key)
        with pytest.raises(NotFound):
            thief.correct(key, ME.name, "Maling")
    assert made.desk.state(stream).last(rq.RequestOpened).applicant.name == ME.name


def test_the_sweep_of_one_office_leaves_anothers_files(tmp_path):
    from pst_adapters.files.sweep import sweep

    shared, folder = MemoryStore(), FolderBlobs(tmp_path / "blobs")
    files = []
    for code in ("3317", "7500"):
        keys = FileKeys(FileKeys.make(tmp_path / code).path, offices=(code,))
        store = SealedStore(shared, keys)
        files.append((store, SealedBlobs(folder, store, code)))
    (mine, here), (_, there) = files
    key = there.of("warga-2").put(b"kantor lain")
    lost = here.of("warga-1").put(b"tidak dipakai")
    later = dt.datetime.now(dt.UTC) + dt.timedelta(days=30)
    assert sweep(mine, here, now=later) == (lost,)
    assert there.get(key) == b"kantor lain"


def test_what_a_door_refuses_corrects_and_erases_leaves_a_line(tmp_path):
    made = house(tmp_path, MemoryStore())
    desk = made.desk
    me = Applicant(ME.id, ME.name, SECRETS["email"])
    stream = desk.open(rq.OpenRequest(me), by=ME).stream
    with pytest.raises(NotFound):
        desk.door(Actor("warga-2", Role.APPLICANT)).see(stream)
    with pytest.raises(Refusal):
        desk.door(AUDITOR).export(ME.id)
    with pytest.raises(Refusal):
        desk.door(HEAD).erase(ME.id, "diminta")
    desk.door(HEAD).correct(ME.id, SECRETS["email"], "baru@contoh.example")
    desk.do(stream, rq.CancelRequest(), by=ME)
    desk.door(HEAD).erase(ME.id, "diminta")
    lines = [line for _, line in made.store.notes(OFFICE.code)]
    said = [(line.what, json.loads(line.detail).get("code"), line.stream) for line in lines]
    assert said == [
        ("refused", "unknown-request", stream),
        ("refused", "not-your-view", ""),
        ("refused", "case-open", ""),
        ("corrected", None, ""),
        ("erased", None, stream),
    ]


def test_rotating_the_key_of_two_offices_loses_neither(tmp_path, capsys):
    from pst_adapters.cli import main

    keys = FileKeys.make(tmp_path / "pst.db.key")
    with SqlStore(f"sqlite:///{tmp_path}/pst.db") as inner:
        there = Desk(Office.load("7500"), SealedStore(inner, keys))
        stream = there.open(rq.OpenRequest(Applicant(ME.id, ME.name, "a@b.co")), by=ME).stream
        Desk(OFFICE, there.store).open(rq.OpenRequest(Applicant(ME.id, ME.name, "a@b.co")), by=ME)
    assert main(["person", "key", "--rotate", "--prune", "--db", str(tmp_path / "pst.db")]) == 0
    with SqlStore(f"sqlite:///{tmp_path}/pst.db") as inner:
        again = Desk(Office.load("7500"), SealedStore(inner, FileKeys(tmp_path / "pst.db.key")))
        assert again.state(stream).last(rq.RequestOpened).applicant.name == ME.name
