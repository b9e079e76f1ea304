"""The page of the display: a board as HTML, in both languages, to be read from far.

Every text is escaped here and only here; the script puts the result where it belongs.
"""

from __future__ import annotations

from html import escape

from pst_core.text import Text
from pst_core.visit import Board, Estimate, Line

__all__ = ["SCRIPT", "STYLE", "fragment", "page"]

_MOST_CALLS = 6
_MOST_WAITING = 12

_NUMBER = Text(id="Nomor", en="Number")
_COUNTER = Text(id="Loket", en="Counter")
_WAITING = Text(id="Menunggu", en="Waiting")
_NOBODY = Text(id="Belum ada panggilan", en="No calls yet")
_NONE = Text(id="tidak ada antrean", en="no queue")


def page(board: Board) -> str:
    """Return the whole page with ``board`` in it; without a script it reloads by itself."""
    title = escape(f"{board.office.id} - {board.unit.id}")
    return (
        '<!doctype html>\n<html lang="id">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n"
        '<link rel="stylesheet" href="style.css">\n'
        '<noscript><meta http-equiv="refresh" content="5"></noscript>\n'
        '<script src="display.js" defer></script>\n</head>\n<body>\n'
        f'<main id="board">{fragment(board)}</main>\n'
        '<p id="lost" hidden>Sambungan terputus, angka mungkin lama.'
        ' <i lang="en">Connection lost, numbers may be old.</i></p>\n'
        "</body>\n</html>\n"
    )


def fragment(board: Board) -> str:
    """Return what stands on the page: it changes with the board and with the minute."""
    said = ""
    if board.announcement is not None:
        said = f"<b>{escape(board.announcement.id)}</b> {_english(board.announcement.en)}"
    rows = "".join(
        f'<tr class="{"there" if call.arrived else "called"}">'
        f"<td>{escape(call.ticket)}</td><td>{escape(call.counter)}</td></tr>"
        for call in board.calls[:_MOST_CALLS]
    )
    if not rows:
        rows = f'<tr class="none"><td colspan="2">{_both(_NOBODY)}</td></tr>'
    # more counters than three: smaller rows, so that all of them fit
    many = ' class="many"' if len(board.calls) > 3 else ""
    lines = "".join(_line(line) for line in board.lines)
    if board.transferred:
        sent = " ".join(
            f"<span>{escape(ticket)} &rarr; {escape(counter)}</span>"
            for ticket, counter in board.transferred[:_MOST_WAITING]
        )
        name = Text(id="Dialihkan ke loket", en="Sent on to a counter")
        lines += f"<section><h2>{_both(name)}</h2><p>{sent}</p></section>"
    return (
        f"<header><h1>{escape(board.office.id)}<small>{_both(board.unit)}</small></h1>"
        f'<p class="clock"><time>{board.at:%H.%M}</time>'
        f'<small class="{"open" if board.open else "closed"}">{_both(board.hours)}</small></p>'
        "</header>"
        f"<table{many}><thead><tr><th>{_both(_NUMBER)}</th><th>{_both(_COUNTER)}</th></tr></thead>"
        f"<tbody>{rows}</tbody></table>"
        f"<aside><h2>{_both(_WAITING)}</h2>{lines}</aside>"
        f'<footer role="status" aria-live="assertive">{said}</footer>'
    )


def _line(line: Line) -> str:
    waiting = " ".join(f"<span>{escape(label)}</span>" for label in line.waiting[:_MOST_WAITING])
    more = len(line.waiting) - _MOST_WAITING
    if more > 0:
        waiting += f" <span>+{more}</span>"
    if not waiting:
        waiting = f"<i>{_both(_NONE)}</i>"
    return (
        f"<section><h3>{escape(line.service)} &middot; {_both(line.name)}</h3><p>{waiting}</p>"
        f"{_guess(line.estimate)}</section>"
    )


def _guess(found: Estimate) -> str:
    if found.middle is None or not found.ahead:
        return ""
    said = Text(
        id=f"Perkiraan {found.low}-{found.high} menit",
        en=f"about {found.low}-{found.high} minutes",
    )
    return f'<p class="guess">{_both(said)}</p>'


def _both(text: Text) -> str:
    return f"{escape(text.id)} {_english(text.en)}"


def _english(text: str) -> str:
    return f'<i lang="en">{escape(text)}</i>'


STYLE = """\
* { box-sizing: border-box; margin: 0; }
html { font: 400 min(1.15vw, 2.1vh)/1.3 "Noto Sans", "Segoe UI", Arial, sans-serif; }
body { background: #0b2e59; color: #fff; height: 100vh; overflow: hidden; }
i { font-style: normal; opacity: .72; font-weight: 400; }
i i { opacity: 1; }
main {
  display: grid; height: 100vh; gap: 1.6rem; padding: 1.6rem 2rem;
  grid-template: auto minmax(0, 1fr) auto / 3fr 2fr;
}
header { grid-column: 1 / -1; }
aside { grid-column: 2; grid-row: 2 / span 2; }
footer { grid-column: 1; }
header { display: flex; justify-content: space-between; align-items: flex-end; gap: 2rem; }
h1 { font-size: 2.9rem; line-height: 1.15; }
h1 small, .clock small { display: block; font-size: 1.7rem; font-weight: 400; }
h1 i, .clock i, th i, h3 i, section p > i > i { display: block; line-height: 1.15; }
.clock { text-align: right; }
.clock time { font-size: 4.4rem; font-weight: 700; line-height: 1; }
.open { color: #9be7a8; }
.closed { color: #ffd27a; }
table { width: 100%; border-collapse: separate; border-spacing: 0 .7rem; align-self: start; }
th { text-align: left; font-size: 2rem; padding: 0 2rem; }
td { font-size: 5.4rem; line-height: 1.12; font-weight: 700; padding: .1rem 2rem; }
.many td { font-size: 3.4rem; }
td { background: #12427c; }
td:first-child { border-radius: 1rem 0 0 1rem; }
td:last-child { border-radius: 0 1rem 1rem 0; }
th:last-child, td:last-child { text-align: right; width: 36%; }
.called td { background: #ffd200; color: #0b2e59; }
.none td { font-size: 2.6rem; font-weight: 400; text-align: left; border-radius: 1rem; }
aside { background: #12427c; border-radius: 1rem; padding: 1.4rem 1.8rem; overflow: hidden; }
h2 { font-size: 2.2rem; }
h3 { font-size: 1.6rem; margin-top: .8rem; line-height: 1.2; }
h3 i, th i { font-size: 1.3rem; }
section p { font-size: 2.3rem; font-weight: 700; line-height: 1.2; }
section p span { display: inline-block; margin-right: 1.3rem; white-space: nowrap; }
section p i, section p.guess { font-size: 1.4rem; font-weight: 400; }
footer {
  min-height: 6.6rem; font-size: 1.8rem; background: #fff; color: #0b2e59; border-radius: 1rem;
  padding: 1rem 2rem; line-height: 1.25;
}
footer b, footer i { display: block; opacity: 1; }
footer:empty { visibility: hidden; }
#lost {
  position: fixed; left: 0; right: 0; top: 0; padding: .6rem 2rem; font-size: 2rem;
  background: #b3261e; text-align: center;
}
@media (max-aspect-ratio: 1/1) {
  html { font-size: min(1.9vw, 1.2vh); }
  main { grid-template: auto auto auto 1fr / 1fr; }
  aside { grid-column: 1; grid-row: 4; }
}
"""

SCRIPT = """\
"use strict";
const board = document.getElementById("board");
const lost = document.getElementById("lost");
const events = new EventSource("events");
let heard = Date.now();
events.addEventListener("board", (event) => {
  heard = Date.now();
  board.innerHTML = JSON.parse(event.data);
});
events.addEventListener("alive", () => { heard = Date.now(); });
setInterval(() => { lost.hidden = Date.now() - heard < 20000; }, 1000);
"""
