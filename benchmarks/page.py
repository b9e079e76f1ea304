"""What a run found, in words: tables for the terminal and for the pages of the docs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from pst_core.text import Lang, Text

from .charts import goals_chart, growth_chart
from .results import Row, Run, Table
from .works import WORKS, work

__all__ = ["files", "goal_lines", "lines"]

_MARK = re.compile(r"(<!-- results -->\n).*?(<!-- /results -->)", re.S)
_LANGS: tuple[Lang, ...] = ("id", "en")
_HEADS = {
    "name": Text(id="siapa", en="who"),
    "size": Text(id="ukuran", en="size"),
    "median": Text(id="median", en="median"),
    "spread": Text(id="sebaran (kuartil)", en="spread (quartiles)"),
    "ratio": Text(id="dibanding kami", en="beside ours"),
    "growth": Text(id="dibanding yang terkecil", en="beside the smallest"),
    "goal": Text(id="sasaran", en="goal"),
    "reached": Text(id="tercapai", en="reached"),
}
_FACTS = {
    "cpu": Text(id="prosesor", en="processor"),
    "cores": Text(id="inti", en="cores"),
    "memory": Text(id="memori", en="memory"),
    "system": Text(id="sistem", en="system"),
    "python": Text(id="Python", en="Python"),
    "sqlite": Text(id="SQLite", en="SQLite"),
    "postgresql": Text(id="PostgreSQL", en="PostgreSQL"),
    "load": Text(id="beban saat mulai", en="load at the start"),
}
_GOALS = {
    "ahead": Text(id="{n:g}x lebih cepat", en="{n:g}x ahead"),
    "within": Text(id="paling banyak {n:g}x biayanya", en="within {n:g}x of it"),
    "flat": Text(id="paling banyak {n:g}x", en="at most {n:g}x"),
}
_YES, _NO = Text(id="ya", en="yes"), Text(id="**tidak**", en="**no**")


def lines(table: Table, lang: Lang = "en") -> Iterator[str]:
    """Give a table as lines for the terminal."""
    yield f"{table.title.say(lang)}"
    for row in table.rows:
        yield (
            f"  {row.name.say(lang):<44} {_figure(row.median, table.unit):>10} "
            f"[{_figure(row.low, table.unit)} - {_figure(row.high, table.unit)}] "
            f"{_times(row.ratio):>9} {_goal(row, lang)}"
        )


def goal_lines(run: Run, lang: Lang = "en") -> Iterator[str]:
    """Give the goals that were missed, a line each."""
    for table, row in _with_goals(run):
        if not row.met:
            yield f"missed: {table.title.say(lang)} / {row.name.say(lang)}: {_goal(row, lang)}"


def files(run: Run, docs: Path) -> dict[Path, str]:
    """Return the pages and pictures of ``run`` by their paths; what people wrote there stays."""
    found = {}
    for lang in _LANGS:
        page = docs / lang / "speed.md"
        before = page.read_text("utf-8") if page.exists() else _EMPTY
        made = _results(run, lang)
        found[page] = _MARK.sub(lambda m, made=made: f"{m[1]}{made}{m[2]}", before)
        found[docs / lang / "speed-goals.svg"] = goals_chart(run, lang)
        found[docs / lang / "speed-growth.svg"] = growth_chart(run, lang)
    return found


_EMPTY = "<!-- results -->\n<!-- /results -->\n"


def _results(run: Run, lang: Lang) -> str:
    return "\n".join((*_machine(run, lang), *_summary(run, lang), *_works(run, lang))) + "\n"


def _machine(run: Run, lang: Lang) -> Iterator[str]:
    yield _head(Text(id="Mesin dan versi", en="Machine and versions"), lang)
    kind = Text(id="ringkas", en="quick") if run.quick else Text(id="lengkap", en="whole")
    said = Text(id="Dijalankan {at} ({kind}).", en="Run {at} ({kind}).")
    yield said.fill(at=run.at, kind=kind).say(lang) + "\n"
    yield from (
        f"- {_FACTS[key].say(lang)}: {value}" for key, value in run.machine.items() if key in _FACTS
    )
    versions = sorted({f"{r.package} {r.version}" for t in run.tables for r in t.rows if r.version})
    yield f"- {Text(id='pembanding', en='peers').say(lang)}: {', '.join(versions)}"
    if run.missing:
        left = Text(id="tidak terpasang, dilewati", en="not installed, left out").say(lang)
        yield f"- {left}: {', '.join(run.missing)}"
    yield ""


def _summary(run: Run, lang: Lang) -> Iterator[str]:
    yield _head(Text(id="Sasaran", en="Goals"), lang)
    alt = Text(id="seberapa jauh tiap sasaran", en="how far each goal is").say(lang)
    yield f"![{alt}](speed-goals.svg)\n"
    yield _row(Text(id="pekerjaan", en="work").say(lang), _HEADS["name"].say(lang),
               _HEADS["goal"].say(lang), Text(id="nyatanya", en="found").say(lang),
               _HEADS["reached"].say(lang))  # fmt: skip
    yield _row("---", "---", "---", "--:", "---")
    for table, row in _with_goals(run):
        yield _row(
            table.title.say(lang), row.name.say(lang), _wanted(row, lang), _times(row.reached),
            (_YES if row.met else _NO).say(lang),
        )  # fmt: skip
    yield ""


def _with_goals(run: Run) -> Iterator[tuple[Table, Row]]:
    """Give each goal with its table; of a curve the size that is the farthest off."""
    for table in run.tables:
        if table.curve:
            if table.rows[0].goal:
                yield table, max(table.rows, key=lambda row: row.ratio)
        else:
            yield from ((table, row) for row in table.rows if row.goal)


def _works(run: Run, lang: Lang) -> Iterator[str]:
    for name in WORKS:
        tables = [table for table in run.tables if table.work == name]
        if not tables:
            continue
        module = work(name)
        yield _head(module.TITLE, lang)
        yield module.NOTE.say(lang) + "\n"
        for table in tables:
            yield from _table(table, lang)
    if any(table.curve for table in run.tables):
        yield _head(Text(id="Pertumbuhan", en="Growth"), lang)
        alt = Text(id="biaya bila pekerjaan bertambah", en="cost as the work grows").say(lang)
        yield f"![{alt}](speed-growth.svg)\n"


def _table(table: Table, lang: Lang) -> Iterator[str]:
    first, ratio = ("size", "growth") if table.curve else ("name", "ratio")
    yield f"**{table.title.say(lang)}**\n"
    yield _row(*(_HEADS[key].say(lang) for key in (first, "median", "spread", ratio, "goal")))
    yield _row("---", "--:", "--:", "--:", "---")
    for row in table.rows:
        spread = f"{_figure(row.low, table.unit)} - {_figure(row.high, table.unit)}"
        yield _row(
            row.name.say(lang) + (f" {row.version}" if row.version else ""),
            _figure(row.median, table.unit), spread, _times(row.ratio), _goal(row, lang),
        )  # fmt: skip
    yield ""


def _head(text: Text, lang: Lang) -> str:
    return f"### {text.say(lang)}\n"


def _row(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |"


def _wanted(row: Row, lang: Lang) -> str:
    return _GOALS[row.goal].say(lang).format(n=row.wanted) if row.goal else ""


def _goal(row: Row, lang: Lang) -> str:
    if not row.goal:
        return ""
    return f"{_wanted(row, lang)}: {_times(row.reached)} {(_YES if row.met else _NO).say(lang)}"


def _times(ratio: float) -> str:
    return f"{ratio:,.0f}x" if ratio >= 100 else f"{ratio:.3g}x"


def _figure(value: float, unit: str) -> str:
    if unit == "B":
        return f"{value / 1000:,.1f} kB"
    for size, name in ((1.0, "s"), (1e-3, "ms"), (1e-6, "us")):
        if value >= size:
            return f"{value / size:.3g} {name}"
    return f"{value / 1e-9:.3g} ns"
