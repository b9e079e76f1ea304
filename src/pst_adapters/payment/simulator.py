"""The treasury simulator: a real HTTP server over ``treasury``, with faults on demand.

It makes bills, says how they stand, lets anybody pay one (a page for people, JSON for programs)
and sends signed notices. Standard library only; for tests, trials and training, never for money.
"""

from __future__ import annotations

import datetime as dt
import heapq
import html
import http.client
import itertools
import json
import threading
import time
import urllib.parse
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any
from zoneinfo import ZoneInfo

from pst_core.desk.notices import sign
from pst_core.money import format_rupiah

from .receiver import SIGNATURE_HEADER
from .treasury import Fault, Treasury, TreasurySays

__all__ = ["Fault", "TreasuryServer"]

_JAKARTA = ZoneInfo("Asia/Jakarta")
_LONGEST_BODY = 64 * 1024
_TRIES = 12


def _now() -> dt.datetime:
    return dt.datetime.now(_JAKARTA)


class TreasuryServer:
    """A treasury on ``127.0.0.1``; a context manager that starts and stops it.

    ``file`` keeps its state over restarts. ``notify``: where notices go, signed with each of
    ``secrets``; none are sent without. ``pause``: seconds that slow, late and down mean.
    """

    def __init__(
        self,
        file: Path | None = None,
        *,
        port: int = 0,
        seed: int = 0,
        faults: Iterable[Fault] = (),
        rate: float = 0.3,
        clock: Callable[[], dt.datetime] = _now,
        life: dt.timedelta = dt.timedelta(days=7),
        token: str = "",
        notify: str = "",
        secrets: Sequence[bytes] = (),
        pause: float = 0.3,
    ) -> None:
        self.token, self.notify, self.secrets, self.pause = token, notify, tuple(secrets), pause
        chosen = tuple(faults)

        def open_treasury() -> Treasury:
            return Treasury(file, clock=clock, seed=seed, faults=chosen, rate=rate, life=life)

        self._open = open_treasury
        self._file = file
        self._port = port
        self._asked: Counter[str] = Counter()
        self._fallen: set[str] = set()
        self._lock = threading.Lock()
        self._moving = threading.Lock()
        self._stopped = False
        self._sender: _Sender | None = None
        self.treasury = self._open()

    def __enter__(self) -> TreasuryServer:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """Its address; the port stays the same over restarts."""
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Listen and send."""
        self._http = _Http(("127.0.0.1", self._port), _Handler)
        self._http.owner = self
        self._port = self._http.server_address[1]
        self._serving = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)
        self._serving.start()
        self._sender = _Sender(self) if self.notify else None

    def stop(self) -> None:
        """Stop listening and sending; what is in the file stays."""
        with self._moving:
            self._stopped = True
            self._halt()
            self.treasury.close()

    def restart(self) -> None:
        """Fall over, be away for a while, and come back with what the file holds."""
        with self._moving:
            if self._stopped:
                return
            self._halt()
            time.sleep(self.pause)
            if self._file is not None:
                self.treasury.close()
                self.treasury = self._open()
            self.start()

    def _halt(self) -> None:
        if self._sender is not None:
            self._sender.stop()
        self._http.shutdown()
        self._http.server_close()
        self._serving.join()

    # -- what the handler asks ----------------------------------------------------------------

    def times_asked(self, what: str) -> int:
        """Count and return how often ``what`` was asked, this time included."""
        with self._lock:
            self._asked[what] += 1
            return self._asked[what]

    def falls_over(self, what: str) -> bool:
        """Return whether the fault of a restart hits ``what``: once for each."""
        if what in self._fallen or not self.treasury.hits(Fault.RESTART, what):
            return False
        self._fallen.add(what)
        return True

    def wake_sender(self) -> None:
        """Tell the sender that there may be a new notice."""
        if self._sender is not None:
            self._sender.look()


class _Http(ThreadingHTTPServer):
    owner: TreasuryServer
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a client that hangs up is everyday life."""


class _CutOff(Exception):
    """The line is cut in the middle of an answer."""


class _Handler(BaseHTTPRequestHandler):
    server: _Http
    timeout = 30

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing: who wants to see looks at the page."""

    def do_GET(self) -> None:
        """Answer what a program or a person asks."""
        self._answer(self._get)

    def do_POST(self) -> None:
        """Make a bill, or pay one."""
        self._answer(self._post)

    def _answer(self, ask: Callable[[str], tuple[int, str, bytes]]) -> None:
        owner = self.server.owner
        path = urllib.parse.urlsplit(self.path).path
        asked = owner.times_asked(f"{self.command} {path}")
        if owner.treasury.hits(Fault.SLOW, f"{self.command} {path} {asked}"):
            time.sleep(owner.pause)
        try:
            status, kind, body = ask(path)
        except _CutOff:
            self.close_connection = True
            threading.Thread(target=owner.restart, daemon=True).start()
            return
        except TreasurySays as no:
            status, kind, body = _json(no.status, {"error": str(no)})
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if status == 303:
            self.send_header("Location", "/")
        self.end_headers()
        self.wfile.write(body)

    def _get(self, path: str) -> tuple[int, str, bytes]:
        treasury = self.server.owner.treasury
        now = treasury.clock()
        if path == "/":
            return 200, "text/html; charset=utf-8", _page(treasury).encode()
        self._check_token()
        if path == "/bills":
            with treasury.lock:
                return _json(200, [bill.fields(now) for bill in treasury.bills.values()])
        if path.startswith("/bills/"):
            return _json(200, treasury.find(path.removeprefix("/bills/")).fields(now))
        return _json(404, {"error": f"nothing is at {path}"})

    def _post(self, path: str) -> tuple[int, str, bytes]:
        owner = self.server.owner
        length = int(self.headers.get("Content-Length") or 0)
        if length > _LONGEST_BODY:
            return _json(413, {"error": "too long"})
        content = self.rfile.read(length)
        now = owner.treasury.clock()
        if path == "/bills":
            self._check_token()
            said = _order(content)
            bill = owner.treasury.create(
                said["reference"], said["amount"], said["payer"], said["text"]
            )
            if owner.falls_over(f"bill {bill.reference}"):
                raise _CutOff
            return _json(201, bill.fields(now))
        if path.startswith("/bills/") and path.endswith("/pay"):
            code = path.removeprefix("/bills/").removesuffix("/pay")
            paid = owner.treasury.pay(code, _amount(content))
            owner.wake_sender()
            if owner.falls_over(f"payment {paid.reference}"):
                raise _CutOff
            if "json" in self.headers.get("Accept", ""):
                return _json(200, paid.fields(now))
            return 303, "text/plain", b""
        return _json(404, {"error": f"nothing is at {path}"})

    def _check_token(self) -> None:
        token = self.server.owner.token
        if token and self.headers.get("Authorization") != f"Bearer {token}":
            no = TreasurySays("the token is missing or wrong")
            no.status = 401
            raise no


def _order(content: bytes) -> dict[str, Any]:
    try:
        said = json.loads(content)
        kinds = {"reference": str, "amount": int, "payer": str, "text": str}
        if any(type(said[name]) is not kind for name, kind in kinds.items()):
            raise TypeError
    except (ValueError, KeyError, TypeError) as error:
        raise TreasurySays("a bill is JSON with reference, amount, payer and text") from error
    return dict(said)


def _amount(content: bytes) -> int | None:
    if not content:
        return None
    try:
        if content.startswith(b"{"):
            amount = json.loads(content).get("amount")
        else:
            amount = dict(urllib.parse.parse_qsl(content.decode())).get("amount")
        return None if amount in (None, "") else int(amount)
    except (ValueError, TypeError) as error:
        raise TreasurySays("the amount is a whole number of rupiah") from error


def _json(status: int, content: Any) -> tuple[int, str, bytes]:
    return status, "application/json", json.dumps(content, ensure_ascii=False).encode()


# -- notices ------------------------------------------------------------------------------------


class _Sender:
    """Sends what is unsent, with the faults of the line, until each is acknowledged."""

    def __init__(self, owner: TreasuryServer) -> None:
        self._owner = owner
        self._wake = threading.Condition()
        self._stopped = False
        self._planned: set[str] = set()
        self._queue: list[tuple[float, int, str, bytes, int]] = []
        self._count = itertools.count()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.look()
        self._thread.start()

    def look(self) -> None:
        treasury = self._owner.treasury
        with self._wake:
            for notice, body in treasury.unsent():
                if notice in self._planned:
                    continue
                self._planned.add(notice)
                late = treasury.hits(Fault.OUT_OF_ORDER, notice)
                wait = self._owner.pause * treasury.dice("late", notice).random() if late else 0.0
                self._plan(wait, notice, body, 0)
                if treasury.hits(Fault.DUPLICATE, notice):
                    dice = treasury.dice("again", notice)
                    for _ in range(dice.randrange(1, 5)):
                        self._plan(wait + self._owner.pause * dice.random(), notice, body, 0)
            self._wake.notify()

    def _plan(self, wait: float, notice: str, body: bytes, tries: int) -> None:
        due = time.monotonic() + wait
        heapq.heappush(self._queue, (due, next(self._count), notice, body, tries))

    def stop(self) -> None:
        with self._wake:
            self._stopped = True
            self._wake.notify()
        self._thread.join()

    def _run(self) -> None:
        while True:
            with self._wake:
                while not self._stopped:
                    wait = self._queue[0][0] - time.monotonic() if self._queue else None
                    if wait is not None and wait <= 0:
                        break
                    self._wake.wait(wait)
                if self._stopped:
                    return
                _, _, notice, body, tries = heapq.heappop(self._queue)
            taken = self._post(body)
            with self._wake:
                if taken:
                    self._owner.treasury.sent(notice)
                elif tries < _TRIES:
                    self._plan(min(60.0, 0.05 * 2**tries), notice, body, tries + 1)

    def _post(self, body: bytes) -> bool:
        """Send once; the signature is of this very moment, as the receiver will ask."""
        owner = self._owner
        where = urllib.parse.urlsplit(owner.notify)
        kind = (
            http.client.HTTPSConnection if where.scheme == "https" else http.client.HTTPConnection
        )
        line = kind(where.netloc, timeout=10)
        try:
            line.request("POST", where.path or "/", body, {
                "Content-Type": "application/json",
                SIGNATURE_HEADER: sign(body, owner.secrets, owner.treasury.clock()),
            })  # fmt: skip
            return 200 <= line.getresponse().status < 300
        except (OSError, http.client.HTTPException):
            return False
        finally:
            line.close()


# -- the page -----------------------------------------------------------------------------------

_STYLE = """
body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;
color:#1d2733}
table{border-collapse:collapse;width:100%}td,th{padding:.45rem .6rem;text-align:left;
border-bottom:1px solid #d5dce4;vertical-align:top}th{font-weight:600}.n{text-align:right;
font-variant-numeric:tabular-nums}code{font-size:.95em}.note{background:#fff4d6;padding:.6rem .9rem;
border-left:4px solid #d99a00}button{font:inherit;padding:.25rem .8rem}
input{font:inherit;width:8rem}
"""


def _page(treasury: Treasury) -> str:
    now = treasury.clock()
    with treasury.lock:
        bills = list(treasury.bills.values())
    rows = []
    for bill in reversed(bills):
        status = bill.status(now)
        action = {
            "open": f'<form method="post" action="/bills/{bill.code}/pay"><input name="amount" '
            f'aria-label="Jumlah (amount)" placeholder="{bill.amount}"> <button>Bayar</button>'
            "</form>",
            "paid": f"NTPN <code>{bill.payment.ntpn}</code>, "
            f"{format_rupiah(bill.payment.amount)}" if bill.payment else "",
        }.get(status.value, "kedaluwarsa (expired)")  # fmt: skip
        rows.append(
            f"<tr><td><code>{bill.code}</code><br><small>{html.escape(bill.reference)}</small></td>"
            f"<td>{html.escape(bill.payer)}<br><small>{html.escape(bill.text)}</small></td>"
            f'<td class="n">{format_rupiah(bill.amount)}</td>'
            f"<td>{bill.expires_at.astimezone(now.tzinfo):%Y-%m-%d %H:%M %Z}</td>"
            f"<td>{action}</td></tr>"
        )
    body = "".join(rows) or '<tr><td colspan="5">Belum ada tagihan (no bills yet).</td></tr>'
    return (
        '<!doctype html><html lang="id"><meta charset="utf-8"><meta name="viewport" '
        'content="width=device-width"><title>Simulator kas negara</title>'
        f"<style>{_STYLE}</style><h1>Simulator kas negara</h1>"
        '<p class="note">Hanya untuk uji coba: tidak ada uang yang berpindah. '
        "<em>For trials only: no money moves.</em></p><table><thead><tr><th>Kode billing</th>"
        '<th>Wajib bayar (payer)</th><th class="n">Tagihan (amount)</th>'
        "<th>Berlaku sampai (until)</th><th>Status</th></tr></thead>"
        f"<tbody>{body}</tbody></table></html>"
    )
