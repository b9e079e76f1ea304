"""The report as it is shown: titled lines with bars for a terminal and a page, and plain data."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import attrs

from ..survey import scale
from ..text import Text
from .report import Report

__all__ = ["Bar", "Section", "report_data", "sections"]


@attrs.frozen
class Bar:
    """One line: what, how much in words, and how long its bar is (0 to 1; None for no bar)."""

    label: Text
    value: Text
    share: Fraction | None = None


@attrs.frozen
class Section:
    """Lines that belong together."""

    title: Text
    bars: tuple[Bar, ...]
    note: Text | None = None


def sections(report: Report) -> tuple[Section, ...]:
    """Return the report in the order in which it is read."""
    return (
        _time(report),
        _waits(report),
        _visits(report),
        _hands(report),
        _complaints(report),
        _ratings(report),
        _survey(report),
    )


def report_data(report: Report) -> dict[str, Any]:
    """Return the report as JSON-ready data; indices and means as text with two decimals."""

    def plain(_: Any, __: Any, value: Any) -> Any:
        if isinstance(value, Fraction):
            return _two(value, ".")
        return str(value) if type(value).__name__ == "Month" else value

    month = str(report.month)
    data = attrs.asdict(report, value_serializer=plain)
    data["month"] = month
    data["ratings"]["stars"] = {str(n): many for n, many in report.ratings.stars.items()}
    return data


def _two(value: Fraction, point: str) -> str:
    hundredths = int(value * 100 + Fraction(1, 2))
    return f"{hundredths // 100}{point}{hundredths % 100:02d}"


def _number(value: Fraction | float) -> Text:
    if isinstance(value, Fraction):
        return Text(id=_two(value, ","), en=_two(value, "."))
    return Text(id=f"{value:g}".replace(".", ","), en=f"{value:g}")


def _share(part: int, of: int) -> tuple[Text, Fraction | None]:
    if not of:
        return Text(id="belum ada", en="none yet"), None
    share = Fraction(part, of)
    percent = _number(round(float(share * 100), 1))
    return (
        Text(id="{part} dari {of} ({percent}%)", en="{part} of {of} ({percent}%)").fill(
            part=part, of=of, percent=percent
        ),
        share,
    )


_CHANNELS = {
    "walk-in": Text(id="Datang langsung (L2)", en="Walk-in (L2)"),
    "online": Text(id="Daring (L2)", en="Online (L2)"),
}
_SIDES = {
    "officer": Text(id="Petugas", en="Officer"),
    "treasurer": Text(id="Bendahara", en="Treasurer"),
    "applicant": Text(id="Pengguna layanan", en="Applicant"),
}
_DOORS = {
    "box": Text(id="Kotak saran (K1)", en="Box (K1)"),
    "web": Text(id="LAPOR! dan aplikasi BPS (K2)", en="LAPOR! and BPS application (K2)"),
    "mail": Text(id="Surel (K3)", en="E-mail (K3)"),
    "whatsapp": Text(id="WhatsApp (K4)", en="WhatsApp (K4)"),
}


def _time(report: Report) -> Section:
    bars = []
    timed, in_time = sum(x.timed for x in report.lines), sum(x.in_time for x in report.lines)
    value, share = _share(in_time, timed)
    bars.append(Bar(Text(id="Loket (L1)", en="Counter (L1)"), value, share))
    for channel in report.channels:
        value, share = _share(channel.in_time, channel.delivered)
        if channel.overdue:
            late = Text(id="{v}; {n} belum, lewat waktu", en="{v}; {n} not yet, overdue")
            value = late.fill(v=value, n=channel.overdue)
        bars.append(Bar(_CHANNELS[channel.channel], value, share))
    return Section(
        Text(id="Dilayani tepat waktu", en="Served in time"),
        tuple(bars),
        Text(
            id=f"L1: dipanggil paling lama {report.queue_minutes} menit setelah pemohon sebelumnya "
            "selesai; yang pertama di loket tidak dihitung. "
            f"L2: {report.working_days} hari kerja setelah permintaan jelas dan lengkap.",
            en=f"L1: called at most {report.queue_minutes} minutes after the applicant before had "
            "finished; the first at a counter does not count. "
            f"L2: {report.working_days} working days after the request is clear and complete.",
        ),
    )


def _waits(report: Report) -> Section:
    longest = max((x.longest for x in report.lines), default=0)
    bars = []
    for line in report.lines:
        said = Text(
            id="median {median} menit, 9 dari 10 sampai {ninth}, terlama {longest}; "
            "{calls} panggilan",
            en="median {median} minutes, 9 of 10 up to {ninth}, longest {longest}; {calls} calls",
        ).fill(
            median=_number(line.median), ninth=_number(line.ninth),
            longest=_number(line.longest), calls=line.calls,
        )  # fmt: skip
        share = Fraction(line.median) / Fraction(longest) if longest else None
        label = Text(id=f"{line.service} {line.name.id}", en=f"{line.service} {line.name.en}")
        bars.append(Bar(label, said, share))
    late = [
        Bar(
            Text(id=f"{x.ticket}, loket {x.counter}", en=f"{x.ticket}, counter {x.counter}"),
            x.why,
        )
        for x in report.late[:10]
    ]
    note = None
    if report.late:
        note = Text(
            id=f"{len(report.late)} panggilan lewat batas L1"
            + (", sepuluh pertama ditampilkan." if len(report.late) > 10 else "."),
            en=f"{len(report.late)} calls came later than L1 allows"
            + (", the first ten are shown." if len(report.late) > 10 else "."),
        )
    title = Text(id="Waktu menunggu di unit", en="Waiting at the unit")
    return Section(title, (*bars, *late), note)


def _visits(report: Report) -> Section:
    v = report.visits
    rows = (
        (Text(id="Kunjungan", en="Visits"), v.visits),
        (Text(id="Dilayani", en="Served"), v.served),
        (Text(id="Prioritas", en="With priority"), v.priority),
        (Text(id="Dialihkan ke loket lain", en="Transferred"), v.transferred),
        (Text(id="Tidak hadir saat dipanggil", en="Not there when called"), v.missed_calls),
        (Text(id="Kembali setelah itu", en="Came back after that"), v.returned),
        (Text(id="Pergi sebelum dilayani", en="Left before being served"), v.left),
        (Text(id="Tidak dilayani sampai tutup", en="Not served by the end"), v.unserved),
        (Text(id="Menjadi permintaan", en="Became requests"), v.to_requests),
    )
    return Section(
        Text(id="Kunjungan", en="Visits"),
        tuple(
            Bar(label, Text(id=str(n), en=str(n)), Fraction(n, v.visits) if v.visits else None)
            for label, n in rows
        ),
    )


def _hands(report: Report) -> Section:
    total = sum(h.days for h in report.hands)
    return Section(
        Text(id="Hari kerja di tangan siapa", en="Working days, in whose hands"),
        tuple(
            Bar(
                _SIDES[h.side],
                Text(
                    id="{days} hari kerja, median {median}",
                    en="{days} working days, median {median}",
                ).fill(days=h.days, median=_number(h.median)),
                Fraction(h.days, total) if total else None,
            )
            for h in report.hands
        ),
        Text(
            id=f"{report.opened} permintaan dibuka, {report.delivered} diselesaikan bulan ini.",
            en=f"{report.opened} requests opened, {report.delivered} delivered this month.",
        ),
    )


def _complaints(report: Report) -> Section:
    c = report.complaints
    value, share = _share(c.in_time, c.answered)
    bars = [
        Bar(_DOORS[door], Text(id=str(n), en=str(n)), Fraction(n, c.received))
        for door, n in c.doors.items()
    ]
    bars.append(Bar(Text(id="Dijawab tepat waktu", en="Answered in time"), value, share))
    note = Text(
        id=f"{c.received} diterima, {c.closed} selesai, {c.reopened} ditanggapi kembali, "
        f"{c.escalated} dieskalasi, {c.overdue} lewat waktu.",
        en=f"{c.received} received, {c.closed} closed, {c.reopened} answered back, "
        f"{c.escalated} escalated, {c.overdue} overdue.",
    )
    return Section(Text(id="Pengaduan", en="Complaints"), tuple(bars), note)


def _ratings(report: Report) -> Section:
    r = report.ratings
    bars = tuple(
        Bar(
            Text(id=f"{n} bintang", en=f"{n} star{'s' if n > 1 else ''}"),
            Text(id=str(many), en=str(many)),
            Fraction(many, r.ratings) if r.ratings else None,
        )
        for n, many in sorted(r.stars.items(), reverse=True)
    )
    note = Text(id="Belum ada penilaian.", en="No ratings yet.")
    if r.mean is not None:
        note = Text(id="Rata-rata {m} dari {n} penilaian.", en="Mean {m} of {n} ratings.").fill(
            m=_number(r.mean), n=r.ratings
        )
    return Section(Text(id="Penilaian layanan (S23)", en="Rating (S23)"), bars, note)


def _survey(report: Report) -> Section:
    office, rules = report.survey.office, scale()
    rows = [(Text(id="Seluruh layanan", en="All services"), office)]
    named = {line.service: line.name for line in report.services}
    request = Text(id="Permintaan", en="Requests")
    rows += [
        (Text(id="{s} {n}", en="{s} {n}").fill(s=s, n=named[s]) if s in named else request, found)
        for s, found in report.survey.services.items()
    ]
    bars = [
        Bar(label, found.say(), found.index / 100 if found.index is not None else None)
        for label, found in rows
    ]
    bars += [
        Bar(
            Text(id="{code} {name}", en="{code} {name}").fill(code=e.code, name=e.name),
            _number(mean),
            mean / rules.highest,
        )
        for e, (_, mean) in zip(rules.elements, office.means, strict=False)
        if mean is not None
    ]
    return Section(
        Text(id="Survei kepuasan masyarakat", en="Satisfaction survey"),
        tuple(bars),
        Text(
            id=f"{rules.citation}, bobot {rules.weight} tiap unsur; "
            f"angka mulai {report.minimum} jawaban.",
            en=f"{rules.citation}, each element weighs {rules.weight}; "
            f"figures from {report.minimum} answers on.",
        ),
    )
