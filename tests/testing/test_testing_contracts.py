"""What the suites tell whoever writes an adapter: of faults in it, and of a suite used wrongly."""

# ruff: noqa: ARG002

import hashlib
import inspect
import re
import sys
import textwrap
import threading
import unittest
from functools import partial

import attrs
import pytest

from pst_adapters.files import FolderBlobs
from pst_adapters.mail import FolderMailer
from pst_core.desk.memory import MemoryStore
from pst_core.desk.ports import Appended, Blobs, Mailer
from pst_core.refusal import BadInput, Conflict, MailNotSent, NotFound
from pst_core.testing.contracts import _suite as suite
from pst_core.testing.contracts.blobs import BlobsContract
from pst_core.testing.contracts.evidence import EvidenceContract
from pst_core.testing.contracts.keys import KeysContract
from pst_core.testing.contracts.mailer import MailerContract
from pst_core.testing.contracts.payment import GatewayContract
from pst_core.testing.contracts.renderer import RendererContract
from pst_core.testing.contracts.scanner import ScannerContract
from pst_core.testing.contracts.store import StoreContract
from pst_core.text import Text


def said(case, *args):
    """Return what a case says when it fails, without the code of the case."""
    with pytest.raises((AssertionError, pytest.fail.Exception)) as caught:
        case(*args)
    return str(caught.value)


class OfBlobs(BlobsContract):
    def __init__(self, make):
        self.make = make

    def open_blobs(self, where):
        return self.make(where)


class OfMails(MailerContract):
    def __init__(self, make):
        self.make = make

    def open_mailer(self, where):
        return self.make(where)

    def received(self, where):
        return [path.read_bytes() for path in sorted(where.glob("*.eml"))]


# -- faults that adapters have -------------------------------------------------------------------


class LosesTheEmpty(FolderBlobs):
    def put(self, data):
        return super().put(data) if data else hashlib.sha256(data).hexdigest()


class OtherDigest(FolderBlobs):
    def put(self, data):
        super().put(data)
        return hashlib.sha1(data, usedforsecurity=False).hexdigest()


class Unsorted(FolderBlobs):
    def keys(self):
        return tuple(reversed(super().keys()))


class FindsAnything(FolderBlobs):
    def get(self, key):
        try:
            return super().get(key)
        except NotFound:
            return b""


class HalfWritten(FolderBlobs):
    def get(self, key):
        raise NotFound("no-file", Text(id="a", en="b"), remedy=Text(id="c", en="d"))


@pytest.mark.parametrize(
    ("faulty", "case", "args", "says"),
    [
        (LosesTheEmpty, "bytes_come_back_as_they_went_in", (b"",), "a write is lost"),
        (OtherDigest, "the_key_is_the_digest_of_the_content", (), "must return the SHA-256"),
        (Unsorted, "keys_are_all_there_and_sorted", (), "each once, sorted"),
        (
            FindsAnything,
            "an_absent_file_is_not_found",
            (),
            "must raise NotFound, but your adapter raises nothing",
        ),
        (
            HalfWritten,
            "threads_that_put_the_same_and_others_lose_nothing",
            (),
            "not whole (no-file)",
        ),
    ],
)
def test_a_fault_of_a_store_of_files_is_told(tmp_path, faulty, case, args, says):
    tried = OfBlobs(FolderBlobs)
    getattr(tried, f"test_{case}")(FolderBlobs(tmp_path / "sound"), *args)
    assert says in said(getattr(tried, f"test_{case}"), faulty(tmp_path / "faulty"), *args)


class OneId(FolderMailer):
    def send(self, mail):
        return super().send(attrs.evolve(mail, id=mail.thread))


class AnotherIdEachTime(FolderMailer):
    sent = 0

    def send(self, mail):
        AnotherIdEachTime.sent += 1
        return super().send(attrs.evolve(mail, id=f"{mail.id}/{self.sent}"))


class Swallows(FolderMailer):
    def send(self, mail):
        try:
            return super().send(mail)
        except Exception:
            return {"message_id": "<lost@bps.example.org>"}


class RaisesItsOwn(FolderMailer):
    def send(self, mail):
        raise KeyError(mail.to)


class SaysNothing(FolderMailer):
    def send(self, mail):
        raise MailNotSent("line", Text(id="", en=""), remedy=Text(id="", en=""))


class KeepsNothing(FolderMailer):
    def send(self, mail):
        return {"message_id": "<1@bps.example.org>"}


ADDRESS = "an_address_that_cannot_be_one_is_refused_for_good"


@pytest.mark.parametrize(
    ("faulty", "case", "args", "says"),
    [
        (OneId, "two_mails_of_one_moment_are_two", (), "have one Message-ID"),
        (AnotherIdEachTime, "the_same_mail_sent_again_has_the_same_message_id", (), "mail.id"),
        (Swallows, ADDRESS, ("siti",), "must raise MailRefused, but your adapter raises nothing"),
        (RaisesItsOwn, ADDRESS, ("siti",), "raise KeyError(mail.to)"),
        (KeepsNothing, "a_mail_arrives_with_all_that_it_says", (), "One mail was sent, 0 arrived"),
    ],
)
def test_a_fault_of_a_mailer_is_told(tmp_path, faulty, case, args, says):
    for make in (FolderMailer, faulty):
        where = tmp_path / make.__name__
        where.mkdir()
        tried = OfMails(make)
        test = partial(getattr(tried, f"test_{case}"), make(where), where, *args)
        if make is FolderMailer:
            test()
        else:
            assert says in said(test)


def test_an_error_without_words_is_told(tmp_path):
    class Cut(OfMails):
        def open_unreachable(self, where):
            return SaysNothing(where)

    cut = Cut(FolderMailer)
    assert "must say what happened (text)" in said(
        cut.test_a_line_that_is_down_means_try_again, tmp_path
    )


class SwallowsConflicts(MemoryStore):
    def append(self, batch):
        try:
            return super().append(batch)
        except Conflict:
            return Appended(batch.stream, 1, 1)


class OutOfOrder(MemoryStore):
    def read(self, after=0, limit=1000):
        return tuple(sorted(super().read(after, limit), key=lambda event: event.stream))


class DoesItAgain(MemoryStore):
    def append(self, batch):
        again = attrs.evolve(batch, command_id=f"{batch.command_id}/{len(self.read())}")
        return super().append(
            attrs.evolve(again, expected_version=len(self.load(batch.stream)), effects=())
        )


class Breaks(MemoryStore):
    def append(self, batch):
        raise ZeroDivisionError


@pytest.mark.parametrize(
    ("faulty", "case", "args", "says"),
    [
        (
            SwallowsConflicts,
            "another_version_than_expected_is_refused",
            (9,),
            "expected_version=9, command_id='c2'): must raise Conflict, but your adapter raises no",
        ),
        (SwallowsConflicts, "numbers_of_a_series_have_no_gap", (), "numbers: INV 2): must raise"),
        (OutOfOrder, "a_follower_reads_all_streams_in_one_order", (), "in the order they were"),
        (DoesItAgain, "a_repeated_command_gets_the_first_answer", (), "written twice"),
        (Breaks, "threads_on_one_stream_lose_and_double_nothing", (), "raise ZeroDivisionError"),
    ],
)
def test_a_fault_of_a_store_is_told(faulty, case, args, says):
    test = getattr(StoreContract(), f"test_{case}")
    test(MemoryStore(), *args)
    assert says in said(test, faulty(), *args)


def test_a_lost_event_is_told():
    class Loses(MemoryStore):
        def load(self, stream, after=0):
            return super().load(stream, after)[:1]

    case = StoreContract().test_events_come_back_as_they_went_in
    assert "a write is lost" in said(case, Loses())


# -- a suite used wrongly ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bare", "name", "args"),
    [
        (BlobsContract, "open_blobs", (None,)),
        (MailerContract, "open_mailer", (None,)),
        (MailerContract, "received", (None,)),
        (StoreContract, "open_store", (None,)),
        (KeysContract, "open_keys", (None,)),
        (EvidenceContract, "open_signer", (None,)),
        (EvidenceContract, "open_verifier", ((),)),
        (GatewayContract, "open_gateway", ()),
        (GatewayContract, "pay", ("", 0)),
        (RendererContract, "open_renderer", ()),
        (ScannerContract, "open_scanner", ()),
    ],
)
def test_what_was_left_out_is_shown(bare, name, args):
    class TestMine(bare):
        pass

    words = said(getattr(TestMine(), name), *args)
    assert "TestMine is not complete" in words
    assert "TestMine belum lengkap" in words
    assert f"def {name}(self" in words


class Half:
    def put(self, data):
        return ""

    async def get(self, key):
        return b""

    def exists(self, key):
        return True


class Slow(Half):
    def delete(self, key):
        pass

    def keys(self):
        return ()


async def opens_later(where):
    return FolderBlobs(where)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda where: None, "returns nothing"),
        (lambda where: FolderBlobs, "returns the class FolderBlobs, not an object of it"),
        (lambda where: Half(), "Half lacks: delete, keys"),
        (lambda where: Slow(), "Slow: get is async"),
        (opens_later, "is async. Leave the word out"),
    ],
)
def test_what_cannot_be_a_port_is_told_before_it_is_tried(tmp_path, make, says):
    assert says in said(suite.opened, make, Blobs, tmp_path)


def test_a_method_that_takes_no_folder_is_told(tmp_path):
    class NoFolder(BlobsContract):
        def open_blobs(self):
            return FolderBlobs("")

    assert "def open_blobs(self, where)" in said(
        suite.opened, NoFolder().open_blobs, Blobs, tmp_path
    )


def test_what_arrived_must_be_bytes(tmp_path):
    class Words(OfMails):
        def received(self, where):
            return ["Subject: x"]

    class Nothing(OfMails):
        def received(self, where):
            return None

    for wrong in (Words, Nothing):
        assert "a list of the messages as bytes" in said(wrong(FolderMailer)._one, tmp_path)


def test_a_place_shared_by_all_cases_is_told(tmp_path):
    shared = FolderBlobs(tmp_path)
    shared.put(b"of another case")
    case = OfBlobs(FolderBlobs).test_a_new_place_is_empty
    assert "must use `where`" in said(case, shared)


def test_a_suite_inside_unittest_is_refused_with_the_way_out():
    with pytest.raises(BadInput) as caught:
        type("TestMine", (BlobsContract, unittest.TestCase), {})
    assert caught.value.code == "suite-in-unittest"
    assert "run it with pytest" in caught.value.remedy.en


def test_threads_that_wait_for_ever_are_told(monkeypatch):
    monkeypatch.setattr(suite, "PATIENCE", 0.05)
    held = threading.Event()
    try:
        assert "A lock may never be given back" in said(suite.at_once, [held.wait, held.wait])
    finally:
        held.set()


def test_ports_of_properties_are_looked_at_too(tmp_path):
    class NoName:
        def sign(self, content):
            return b""

    class Mine(EvidenceContract):
        def open_signer(self, where):
            return NoName()

    assert "NoName lacks: key" in said(Mine()._at, tmp_path, "own")


def test_ours_fit(tmp_path):
    assert suite.opened(FolderBlobs, Blobs, tmp_path)
    assert suite.opened(FolderMailer, Mailer, tmp_path)


@pytest.mark.parametrize(
    "base",
    [
        BlobsContract,
        EvidenceContract,
        GatewayContract,
        KeysContract,
        MailerContract,
        RendererContract,
        ScannerContract,
        StoreContract,
    ],
)
def test_the_lines_of_its_docstring_are_all_that_a_suite_needs(base):
    _, _, shown = sys.modules[base.__module__].__doc__.partition("::\n\n")
    code = shown[: re.search(r"^\S", shown, re.M).start()]
    names = {}
    exec(textwrap.dedent(code), names)  # noqa: S102 - our own docstring
    (mine,) = (
        each
        for each in names.values()
        if isinstance(each, type) and issubclass(each, base) and each is not base
    )
    needed = {
        name
        for name, of in vars(base).items()
        if inspect.isfunction(of) and "undefined" in of.__code__.co_names
    }
    assert needed
    assert needed <= set(vars(mine))
