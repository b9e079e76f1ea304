"""Two pictures of a run, as plain SVG: each goal and what was reached, and each curve."""

from __future__ import annotations

import math
from html import escape

from pst_core.text import Lang, Text

from .results import Row, Run, Table

__all__ = ["goals_chart", "growth_chart"]

_FONT = "font-family='sans-serif' font-size='12'"
_MET, _MISSED, _INK, _GRID = "#2e7d32", "#c62828", "#333", "#ddd"
_SCALE = Text(id="kali sasaran (skala log; 1 = sasaran)", en="times the goal (log; 1 = the goal)")


def goals_chart(run: Run, lang: Lang) -> str:
    """Return a bar a goal: how far it is passed (right of 1) or missed (left of it)."""
    rows = [
        (f"{table.title.say(lang)}: {row.name.say(lang)}", _margin(row))
        for table in run.tables if not table.curve
        for row in table.rows if row.goal
    ]  # fmt: skip
    if not rows:
        return _svg(40, [])
    low = min(0.1, *(margin for _, margin in rows))
    high = max(10.0, *(margin for _, margin in rows))
    left, width, line = 420, 440, 20

    def x(value: float) -> float:
        return left + width * math.log(value / low) / math.log(high / low)

    parts = []
    for power in range(math.ceil(math.log10(low)), math.floor(math.log10(high)) + 1):
        at = x(10.0**power)
        colour = _INK if power == 0 else _GRID
        parts.append(f"<path d='M{at:.1f} 24V{30 + line * len(rows)}' stroke='{colour}'/>")
        parts.append(_words(at, 18, f"{10.0**power:g}", "middle"))
    for n, (name, margin) in enumerate(rows):
        y = 34 + line * n
        begin, end = sorted((x(1), x(margin)))
        fill = _MET if margin >= 1 else _MISSED
        parts.append(_words(left - 8, y + 10, name, "end"))
        parts.append(
            f"<rect x='{begin:.1f}' y='{y}' width='{max(1.0, end - begin):.1f}' height='13' "
            f"fill='{fill}'/>"
        )
    parts.append(_words(left + width / 2, 50 + line * len(rows), _SCALE.say(lang), "middle"))
    return _svg(60 + line * len(rows), parts)


def growth_chart(run: Run, lang: Lang) -> str:
    """Return a small picture a curve: size to the right, cost beside the smallest upwards."""
    curves = [table for table in run.tables if table.curve]
    parts = []
    for n, table in enumerate(curves):
        parts.append(
            f"<g transform='translate({10 + n % 3 * 295} {10 + n // 3 * 190})'>"
            f"{''.join(_curve(table, lang))}</g>"
        )
    return _svg(10 + math.ceil(len(curves) / 3) * 190, parts)


def _curve(table: Table, lang: Lang) -> list[str]:
    sizes = [float(row.name.en.replace(",", "")) for row in table.rows]
    ratios = [max(row.ratio, 0.05) for row in table.rows]
    top = max(4.0, *ratios) * 1.1
    span = math.log(sizes[-1] / sizes[0]) or 1.0

    def place(size: float, ratio: float) -> tuple[float, float]:
        return 30 + 230 * math.log(size / sizes[0]) / span, 150 - 115 * ratio / top

    points = [place(s, r) for s, r in zip(sizes, ratios, strict=True)]
    parts = [_words(0, 14, table.title.say(lang), "start")]
    for value in (1.0, table.rows[0].wanted):
        if 0 < value < top:
            y = place(sizes[0], value)[1]
            dash = "" if value == 1.0 else " stroke-dasharray='4 3'"
            parts.append(f"<path d='M30 {y:.1f}H260' stroke='{_GRID}' {dash}/>")
            parts.append(_words(26, y + 4, f"{value:g}x", "end"))
    parts.append("<path d='M30 30V150H260' fill='none' stroke='#333'/>")
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    parts.append(f"<polyline points='{line}' fill='none' stroke='{_MET}' stroke-width='2'/>")
    parts += [f"<circle cx='{x:.1f}' cy='{y:.1f}' r='2.5' fill='{_MET}'/>" for x, y in points]
    parts.append(_words(30, 166, f"{sizes[0]:,.0f}", "middle"))
    parts.append(_words(260, 166, f"{sizes[-1]:,.0f}", "end"))
    return parts


def _margin(row: Row) -> float:
    ahead = row.goal == "ahead"
    return max(row.reached / row.wanted if ahead else row.wanted / row.reached, 0.001)


def _words(x: float, y: float, text: str, anchor: str) -> str:
    return (
        f"<text x='{x:.1f}' y='{y:.1f}' text-anchor='{anchor}' fill='{_INK}'>{escape(text)}</text>"
    )


def _svg(height: float, parts: list[str]) -> str:
    body = "\n".join(parts)
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 900 {height:.0f}' {_FONT}>\n"
        f"<rect width='900' height='{height:.0f}' fill='#fff'/>\n{body}\n</svg>\n"
    )
