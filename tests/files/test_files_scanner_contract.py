"""The client of ClamAV's daemon, held to the contract of a scanner; and scanners that are wrong."""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.files.test_files_scanner import real, spoken

from pst_adapters.files import ClamdScanner
from pst_core.desk.ports import Scanner
from pst_core.refusal import ScannerUnavailable
from pst_core.testing.contracts.scanner import EICAR
from pst_core.testing.contracts.scanner import ScannerContract as Contract
from pst_core.text import Text

_MOST = 1 << 20


@pytest.fixture(scope="module", params=[spoken, real])
def address(request: Any) -> Iterator[Any]:
    folder = Path(tempfile.mkdtemp(prefix="pst-clam-"))
    with request.param(folder) as made:
        yield made
    shutil.rmtree(folder, ignore_errors=True)


class TestClamd(Contract):
    most = _MOST

    @pytest.fixture(autouse=True)
    def _at(self, address: Any) -> None:
        self.address = address

    def open_scanner(self) -> Scanner:
        return ClamdScanner(self.address)

    def open_unreachable(self) -> Scanner:
        return ClamdScanner(("127.0.0.1", 1), seconds=5)


# -- scanners that are wrong --------------------------------------------------------------------


class Sound:
    """Knows the one file; to be spoiled in one place."""

    def scan(self, data: bytes) -> str:
        if len(data) > _MOST:
            raise unavailable()
        return "Eicar-Test" if data == EICAR else ""


class Gone:
    def scan(self, _: bytes) -> str:
        raise unavailable()


def unavailable() -> ScannerUnavailable:
    said = Text("tidak menjawab", "no answer")
    return ScannerUnavailable("scanner-unavailable", said, remedy=said)


class FindsNothing(Sound):
    def scan(self, data: bytes) -> str:
        return super().scan(data) and ""


class FindsEverything(Sound):
    def scan(self, data: bytes) -> str:
        return super().scan(data) or "Heuristics"


class SaysNone(Sound):
    def scan(self, data: bytes) -> Any:
        return super().scan(data) or None


class SaysTheWholeAnswer(Sound):
    def scan(self, data: bytes) -> str:
        return f"stream: {super().scan(data)} FOUND\n" if super().scan(data) else ""


class Believes(Sound):
    """Looks for the word of the daemon in what it was sent itself."""

    def scan(self, data: bytes) -> str:
        return "X" if b" FOUND" in data else super().scan(data)


class Remembers(Sound):
    found = ""

    def scan(self, data: bytes) -> str:
        self.found = super().scan(data) or self.found
        return self.found


class OfOneThread(Sound):
    def __init__(self) -> None:
        self._mine = threading.get_ident()

    def scan(self, data: bytes) -> str:
        return super().scan(data) if threading.get_ident() == self._mine else ""


class CutsWhatIsLarge(Sound):
    def scan(self, data: bytes) -> str:
        return super().scan(data[:_MOST])


class EndsAtWhatIsLarge(Sound):
    broken = False

    def scan(self, data: bytes) -> str:
        self.broken = self.broken or len(data) > _MOST
        if self.broken:
            raise unavailable()
        return super().scan(data)


class PassesWhenGone(Gone):
    def scan(self, _: bytes) -> str:
        return ""


class RaisesWhatItGot(Gone):
    def scan(self, _: bytes) -> str:
        raise ConnectionRefusedError


FAULTS = [
    (FindsNothing, "test_the_test_virus_is_found_and_named"),
    (FindsEverything, "test_an_honest_file_is_not"),
    (SaysNone, "test_an_honest_file_is_not"),
    (SaysTheWholeAnswer, "test_the_test_virus_is_found_and_named"),
    (Believes, "test_an_honest_file_is_not"),
    (Remembers, "test_nothing_is_left_of_the_file_before"),
    (OfOneThread, "test_threads_get_each_their_own_answer"),
    (CutsWhatIsLarge, "test_what_is_too_large_for_it_is_not_taken_for_clean"),
    (EndsAtWhatIsLarge, "test_what_is_too_large_for_it_is_not_taken_for_clean"),
    (PassesWhenGone, "test_no_answer_is_not_taken_for_clean"),
    (RaisesWhatItGot, "test_no_answer_is_not_taken_for_clean"),
]
FILES = (b"", b"%PDF-1.4\n", b"stream: X FOUND\0")


@pytest.mark.parametrize(("kind", "case"), FAULTS, ids=[k.__name__ for k, _ in FAULTS])
def test_a_faulty_one_fails_its_case(kind: Any, case: str) -> None:
    def run(kind: Any) -> None:
        class Case(Contract):
            most = _MOST

            def open_scanner(self) -> Scanner:
                return kind()

            def open_unreachable(self) -> Scanner:
                return kind()

        one = Case()
        asked = getattr(Contract, case).__code__
        if "data" in asked.co_varnames[: asked.co_argcount]:
            for data in FILES:
                getattr(one, case)(kind(), data)
        elif asked.co_argcount == 2:
            getattr(one, case)(kind())
        else:
            getattr(one, case)()

    run(Gone if issubclass(kind, Gone) else Sound)
    with pytest.raises(
        (AssertionError, ScannerUnavailable, ConnectionRefusedError, pytest.fail.Exception)
    ):
        run(kind)
