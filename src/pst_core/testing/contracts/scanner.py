"""What every ``Scanner`` must keep. A virus scanner of your own is tried by these lines::

    from pst_core.testing.contracts.scanner import ScannerContract

    class TestMyScanner(ScannerContract):
        most = 25 * 1024 * 1024           # bytes of the largest file that it takes

        def open_scanner(self):
            return MyScanner("localhost", 3310)

        def open_unreachable(self):       # as if the scanner did not run
            return MyScanner("localhost", 1)

The one harmful file is the EICAR test file, which every scanner knows and which does nothing.
Without ``open_unreachable`` or ``most`` those cases say so and skip.
"""

# ruff: noqa: S101, D102 - a test states and names
from __future__ import annotations

import threading

import pytest

from pst_core.desk.ports import Scanner
from pst_core.refusal import ScannerUnavailable

from ._suite import Suite, opened, raising, told, undefined

__all__ = ["EICAR", "ScannerContract"]

# in two halves, so that no scanner takes this module for what it tests
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-" + b"STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
"""The EICAR test file: 68 bytes."""
_CLEAN = b"%PDF-1.4\n% an honest beginning\n"


class ScannerContract(Suite):
    """Subclass it, define ``open_scanner()``, and pytest runs every case on your scanner."""

    most: int | None = None
    """Bytes of the largest file that the scanner takes; what is above must not pass for clean."""

    def open_scanner(self) -> Scanner:
        """Open the scanner."""
        undefined(self, "def open_scanner(self):\n        return MyScanner(host, port)")

    def open_unreachable(self) -> Scanner:
        """Open one that gets no answer."""
        pytest.skip("the suite was not told how to open a scanner that gets no answer")

    @pytest.fixture
    def scanner(self) -> Scanner:
        """Give the scanner of one case."""
        return opened(self.open_scanner, Scanner)

    def test_the_test_virus_is_found_and_named(self, scanner: Scanner) -> None:
        name = scanner.scan(EICAR)
        assert name != "", told(
            "Berkas uji EICAR dinyatakan bersih.", "The EICAR test file passed for clean."
        )
        assert isinstance(name, str)
        assert name.strip() == name != ""
        assert name.isprintable(), "one line: it is said to people"
        assert len(name) <= 200

    @pytest.mark.parametrize(
        "data",
        [b"", _CLEAN, bytes(range(256)), b"stream: X FOUND\0", _CLEAN * 10_000],
        ids=["empty", "short", "bytes", "answer", "long"],
    )
    def test_an_honest_file_is_not(self, scanner: Scanner, data: bytes) -> None:
        assert scanner.scan(data) == ""

    def test_nothing_is_left_of_the_file_before(self, scanner: Scanner) -> None:
        names = [scanner.scan(data) for data in (EICAR, _CLEAN, EICAR, b"", EICAR)]
        assert [bool(name) for name in names] == [True, False, True, False, True]
        assert len(set(names) - {""}) == 1

    def test_threads_get_each_their_own_answer(self, scanner: Scanner) -> None:
        right: list[bool] = []

        def scan(data: bytes) -> None:
            right.extend(bool(scanner.scan(data)) == (data == EICAR) for _ in range(5))

        files = (EICAR, _CLEAN, EICAR, _CLEAN * 5_000)
        threads = [threading.Thread(target=scan, args=(data,)) for data in files]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert right == [True] * 20

    def test_no_answer_is_not_taken_for_clean(self) -> None:
        scanner = opened(self.open_unreachable, Scanner)
        for data in (_CLEAN, b"", EICAR):
            with raising(ScannerUnavailable, "scan(tanpa jawaban / without an answer)"):
                scanner.scan(data)

    def test_what_is_too_large_for_it_is_not_taken_for_clean(self, scanner: Scanner) -> None:
        if self.most is None:
            pytest.skip("the suite was not told how large a file the scanner takes")
        with raising(ScannerUnavailable, f"scan({self.most + 1:,} bytes)"):
            scanner.scan(b"x" * (self.most + 1) + EICAR)
        assert scanner.scan(_CLEAN) == "", "and it goes on"
