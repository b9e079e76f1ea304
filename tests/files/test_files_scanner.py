"""A virus scanner at the door: ClamAV's own daemon where it is installed, else its protocol spoken.

The signatures come with the test (one line for the EICAR test file): none are downloaded.
"""

from __future__ import annotations

import contextlib
import shutil
import socket
import socketserver
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pst_adapters.files import ClamdScanner, FileReader
from pst_core.documents import check_upload
from pst_core.refusal import ScannerUnavailable

# in two halves, so that no scanner takes this file for what it tests
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-" + b"STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
CLEAN = b"%PDF-1.4\n% an honest beginning\n"
_MOST = 1 << 20


class _Speaks(socketserver.StreamRequestHandler):
    """INSTREAM as clamd's manual has it: for machines that have no clamd."""

    def handle(self) -> None:
        if self.rfile.read(len(b"zINSTREAM\0")) != b"zINSTREAM\0":
            self.wfile.write(b"UNKNOWN COMMAND\0")
            return
        data = b""
        while size := int.from_bytes(self.rfile.read(4), "big"):
            data += self.rfile.read(size)
            if len(data) > _MOST:
                self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
                return
        found = b"Eicar.Test.UNOFFICIAL FOUND" if EICAR in data else b"OK"
        self.wfile.write(b"stream: " + found + b"\0")


@contextlib.contextmanager
def spoken(_: Path) -> Iterator[Any]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Speaks) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server.server_address
        server.shutdown()


def _listens(address: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        return line.connect_ex(str(address)) == 0


@contextlib.contextmanager
def real(folder: Path) -> Iterator[Any]:
    clamd = shutil.which("clamd") or "/usr/sbin/clamd"
    if not Path(clamd).exists():
        pytest.skip("no clamd here (Debian: clamav-daemon)")
    folder.chmod(0o755)
    database = folder / "db"
    database.mkdir()
    (database / "test.ndb").write_text(f"Eicar.Test:0:*:{EICAR.hex()}\n")
    (folder / "clamd.conf").write_text(
        f"LocalSocket {folder}/clamd.sock\nDatabaseDirectory {database}\nForeground yes\n"
        f"LogFile {folder}/log\nStreamMaxLength 1M\n"
    )
    process = subprocess.Popen(
        [clamd, "-c", folder / "clamd.conf"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        end = time.monotonic() + 60
        while not _listens(folder / "clamd.sock"):  # its name is there before it listens
            assert process.poll() is None, (folder / "log").read_text()
            assert time.monotonic() < end
            time.sleep(0.02)
        yield str(folder / "clamd.sock")
    finally:
        process.kill()
        process.wait()


@pytest.fixture(scope="module", params=[spoken, real])
def address(request: Any) -> Iterator[Any]:
    folder = Path(tempfile.mkdtemp(prefix="pst-clam-"))  # a socket's path may have 107 bytes only
    with request.param(folder) as made:
        yield made
    shutil.rmtree(folder, ignore_errors=True)


def test_the_test_virus_is_found_and_an_honest_file_is_not(address: Any) -> None:
    scanner = ClamdScanner(address)
    assert scanner.scan(CLEAN) == ""
    assert scanner.scan(b"") == ""
    assert scanner.scan(EICAR) == "Eicar.Test.UNOFFICIAL"
    assert scanner.scan(CLEAN * 5000 + EICAR + CLEAN) == "Eicar.Test.UNOFFICIAL"


def test_a_file_above_the_scanners_limit_is_not_taken_for_clean(address: Any) -> None:
    with pytest.raises(ScannerUnavailable):
        ClamdScanner(address).scan(b"x" * (_MOST * 3))


def test_the_reader_refuses_what_was_found_before_it_parses_it(address: Any) -> None:
    with FileReader(scanner=ClamdScanner(address)) as reader:
        assert reader.read(CLEAN, "a.pdf").problem != "infected"
        for data in (EICAR, CLEAN + EICAR):
            facts, usage = reader.measure(data, "ktp.pdf")
            assert facts.problem == "infected"
            assert usage.cpu_seconds == 0
            codes = {finding.code for finding in check_upload(facts, "identity")}
            assert "file-infected" in codes


def _deaf(line: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while True:
            taken, _ = line.accept()
            taken.close()


def test_no_answer_is_no_pass() -> None:
    gone = ClamdScanner(("127.0.0.1", 1), seconds=5)
    with pytest.raises(ScannerUnavailable, match="scanner-unavailable"):
        gone.scan(CLEAN)
    with socket.create_server(("127.0.0.1", 0)) as line:
        threading.Thread(target=_deaf, args=(line,), daemon=True).start()
        with pytest.raises(ScannerUnavailable):
            ClamdScanner(line.getsockname(), seconds=5).scan(CLEAN)
    with FileReader(scanner=gone) as reader:
        facts = reader.read(CLEAN, "ktp.pdf")
    assert facts.problem == "unscanned"
    (finding,) = [f for f in check_upload(facts, "identity") if f.code == "file-unscanned"]
    assert finding.severity == "error"
    assert "later" in finding.remedy.en


ODD = [b"stream: \0", b"OK\0", b"FOUND\0", b"\xff\xfe\0", b"stream: OK\nOK\0", b"x" * 9000]


@pytest.mark.parametrize("answer", ODD)
def test_only_the_two_known_answers_count(answer: bytes) -> None:
    class Odd(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.rfile.read(len(b"zINSTREAM\0"))
            while size := int.from_bytes(self.rfile.read(4), "big"):
                self.rfile.read(size)
            self.wfile.write(answer)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Odd) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        with pytest.raises(ScannerUnavailable):
            ClamdScanner(server.server_address, seconds=5).scan(CLEAN)
        server.shutdown()
