"""ClamAV's daemon as the port ``Scanner``: the file goes over its socket, nothing is written.

Spoken is ``INSTREAM`` of clamd's protocol; the client libraries are GPL or kept by nobody.
"""

from __future__ import annotations

import socket
from contextlib import closing

from pst_core.refusal import ScannerUnavailable
from pst_core.text import Text

__all__ = ["ClamdScanner"]

_CHUNK = 1 << 16
_MOST_OF_AN_ANSWER = 4096


class ClamdScanner:
    """Asks the clamd at ``address``: the path of its socket, or host and port.

    ``seconds``: how long each step of the talk may take. clamd refuses what is above its
    ``StreamMaxLength``; that is no answer either.
    """

    def __init__(self, address: str | tuple[str, int], *, seconds: float = 30) -> None:
        self._address = address
        self._seconds = seconds

    def scan(self, data: bytes) -> str:
        """Return the name of what was found, ``""`` if nothing; raises ``ScannerUnavailable``."""
        try:
            with closing(self._connected()) as line:
                line.sendall(b"zINSTREAM\0")
                for start in range(0, len(data), _CHUNK):
                    chunk = data[start : start + _CHUNK]
                    line.sendall(len(chunk).to_bytes(4, "big") + chunk)
                line.sendall(bytes(4))
                answer = self._answer(line)
        except OSError as error:
            raise _unavailable(type(error).__name__) from error
        if answer == "stream: OK":
            return ""
        if answer.startswith("stream: ") and answer.endswith(" FOUND"):
            return answer.removeprefix("stream: ").removesuffix(" FOUND")
        raise _unavailable(answer[:100] if answer.isascii() and answer.isprintable() else "?")

    def _connected(self) -> socket.socket:
        if isinstance(self._address, tuple):
            return socket.create_connection(self._address, self._seconds)
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            line.settimeout(self._seconds)
            line.connect(self._address)
        except OSError:
            line.close()
            raise
        return line

    @staticmethod
    def _answer(line: socket.socket) -> str:
        said = b""
        while not said.endswith(b"\0") and len(said) < _MOST_OF_AN_ANSWER:
            more = line.recv(_MOST_OF_AN_ANSWER)
            if not more:
                break
            said += more
        return said.removesuffix(b"\0").decode("utf-8", "replace").strip()


def _unavailable(why: str) -> ScannerUnavailable:
    return ScannerUnavailable(
        "scanner-unavailable",
        Text(
            id=f"Pemindai virus tidak menjawab ({why or '-'}).",
            en=f"The virus scanner gives no answer ({why or '-'}).",
        ),
        remedy=Text(
            id="Periksa apakah clamd berjalan dan daftar virusnya termuat, lalu ulangi.",
            en="See whether clamd runs and has its signatures loaded, then try again.",
        ),
    )
