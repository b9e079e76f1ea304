"""A change of an office's standard: how two profiles differ, and what open requests would see.

Nothing is written. Differences are said in words; a request filed before (R4) keeps its version as
long as the new profile names the old one under ``earlier``.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

import attrs

from ..documents.due import DocumentRule, Standing
from ..request import deadline, documents, procedure_of
from ..text import Text
from ..wire import procedures_of
from ..workdays import load_calendar
from .desk import Desk

if TYPE_CHECKING:
    from ..office import Office
    from ..workdays import Calendar, OfficeHours
    from ..workflow import Step, Wording
    from .ports import Store

__all__ = ["Seen", "differences", "simulate_change"]

Said = Callable[["Office"], "str | Text"]


def _each(words: Iterable[object]) -> str:
    return ", ".join(str(word) for word in words) or "-"


_FACTS: dict[str, tuple[Text, Said]] = {
    "code": (Text(id="kode", en="code"), lambda o: o.code),
    "version": (Text(id="versi", en="version"), lambda o: o.version),
    "valid_from": (Text(id="berlaku sejak", en="valid from"), lambda o: str(o.valid_from or "-")),
    "name": (Text(id="nama", en="name"), lambda o: o.name),
    "unit": (Text(id="unit", en="unit"), lambda o: o.unit),
    "standard": (Text(id="standar", en="standard"), lambda o: o.standard),
    "source": (Text(id="sumber standar", en="source of the standard"), lambda o: o.source),
    "certainty": (Text(id="kepastian standar", en="certainty"), lambda o: o.certainty.text),
    "decree": (
        Text(id="SK", en="decree"),
        lambda o: f"{o.decree.number or '-'} ({o.decree.on or '-'})",
    ),
    "email": (Text(id="surel", en="e-mail"), lambda o: o.email),
    "portal": (Text(id="portal", en="portal"), lambda o: o.portal),
    "complaints": (
        Text(id="saluran pengaduan", en="complaint channels"),
        lambda o: Text.join("; ", [c.text for c in o.complaints]),
    ),
    "letterhead": (
        Text(id="kepala surat", en="letterhead"),
        lambda o: _each(
            (o.letterhead.address, o.letterhead.place, o.letterhead.phone, o.letterhead.web)
        ),
    ),
    "links": (
        Text(id="tautan unduhan", en="download links"),
        lambda o: f"{o.links.valid_hours} h, {o.links.downloads}x",
    ),
    "tariff": (
        Text(id="tarif", en="tariff"),
        lambda o: _each((o.tariff.fixed_by, *(f"{c.by} {c.on}" for c in o.tariff.confirmed))),
    ),
    "head": (Text(id="kepala kantor", en="head"), lambda o: f"{o.head.name}, {o.head.position}"),
    "treasurer": (
        Text(id="bendahara", en="treasurer"),
        lambda o: f"{o.treasurer.name}, {o.treasurer.position}",
    ),
    "calendar": (
        Text(id="kalender", en="calendar"),
        lambda o: _calendar(o.calendar),
    ),
    "hours": (Text(id="jam pelayanan", en="service hours"), lambda o: _hours(o.hours)),
    "counter": (
        Text(id="loket", en="counter"),
        lambda o: Text(
            id=f"{len(o.counter.counters) or '-'} loket; layanan "
            f"{_each(s.code for s in o.counter.services)}; dipanggil {o.counter.calls} kali",
            en=f"{len(o.counter.counters) or '-'} counters; services "
            f"{_each(s.code for s in o.counter.services)}; called {o.counter.calls} times",
        ),
    ),
    "survey": (
        Text(id="survei", en="survey"),
        lambda o: Text(
            id=f"mulai {o.survey.minimum_answers} jawaban; undangan {o.survey.valid_days} hari "
            "kerja",
            en=f"from {o.survey.minimum_answers} answers; invitation {o.survey.valid_days} working "
            "days",
        ),
    ),
    "sample": (
        Text(id="contoh data (S13)", en="data sample (S13)"),
        lambda o: f"{o.sample.mode}, {o.sample.max_rows} x {o.sample.max_columns}",
    ),
    "treasury": (
        Text(id="kas negara", en="treasury"),
        lambda o: _each((o.treasury.gateway, o.treasury.billing_valid, o.treasury.stamp.receipts)),
    ),
    "clock": (
        Text(id="batas waktu (L1, L2)", en="time limits (L1, L2)"),
        lambda o: Text(
            id=f"{o.clock.working_days} hari kerja ({o.clock.reading}); loket "
            f"{o.clock.queue_minutes} menit",
            en=f"{o.clock.working_days} working days ({o.clock.reading}); counter "
            f"{o.clock.queue_minutes} minutes",
        ),
    ),
    "doors": (Text(id="pintu", en="doors"), lambda o: _each(o.doors)),
    "with_portal": (
        Text(id="lewat portal", en="through the portal"),
        lambda o: Text("ya", "yes") if o.with_portal else Text("tidak", "no"),
    ),
    "misfit": (
        Text(id="abstraksi tidak sesuai (S11)", en="abstraction that does not fit (S11)"),
        lambda o: _each(f"{door}: {what}" for door, what in o.misfit),
    ),
    "payment": (
        Text(id="cara bayar di dalam negeri (S16)", en="payment at home (S16)"),
        lambda o: _each(o.payment),
    ),
    "agreement": (
        Text(id="perjanjian (S17)", en="agreement (S17)"),
        lambda o: (
            f"{_each(o.agreement.ways)}; {o.agreement.originals}; "
            f"{_each(o.agreement.signers)}; {o.agreement.text}"
        ),
    ),
    "offer_valid_days": (
        Text(id="hari kerja penawaran", en="working days of an offer"),
        lambda o: str(o.offer_valid_days),
    ),
    "offer_notice_days": (
        Text(id="hari kerja peringatan penawaran", en="working days of notice of an offer"),
        lambda o: str(o.offer_notice_days),
    ),
    "closing": (Text(id="penutupan (S23)", en="closing (S23)"), lambda o: str(o.closing)),
    "close_after_days": (
        Text(id="ditutup setelah hari kerja", en="closed after working days"),
        lambda o: "-" if o.close_after_days is None else str(o.close_after_days),
    ),
    "close_notice_days": (
        Text(id="hari kerja pemberitahuan penutupan", en="working days of notice of closing"),
        lambda o: str(o.close_notice_days),
    ),
    "email_asked": (
        Text(id="surel diminta dari (R2)", en="e-mail asked of (R2)"),
        lambda o: (
            Text("tidak seorang pun", "nobody")
            if o.email_asked is None
            else _whom(o.email_asked.channels, o.email_asked.segments, ())
        ),
    ),
}
"""What of a profile is one fact, and how it is said; the rest is named or compared in parts."""
_FROM_A_FILE = ("tariff", "calendar")
"""Their parts remember the file that they were read from: that alone is no difference."""
_IN_PARTS = ("documents", "wording", "earlier")


_DAYS = (
    Text("Sen", "Mon"), Text("Sel", "Tue"), Text("Rab", "Wed"), Text("Kam", "Thu"),
    Text("Jum", "Fri"), Text("Sab", "Sat"), Text("Min", "Sun"),
)  # fmt: skip


def _hours(hours: OfficeHours) -> Text:
    """Return the opening hours of a week, days with the same hours together."""
    said = []
    for spans, days in itertools.groupby(zip(hours.week, _DAYS, strict=True), lambda day: day[0]):
        names = [name for _, name in days]
        ends = [names[0], *names[-1:]] if len(names) > 1 else names
        if spans:
            when = _each(f"{a:%H:%M}-{b:%H:%M}" for a, b in spans)
            said.append(Text.join(" ", (Text.join("-", ends), Text(when, when))))
    return Text.join("; ", said)


def _calendar(calendar: Calendar) -> Text:
    """Return the zone and the days off that are not the nation's."""
    national = load_calendar(str(calendar.zone)).days_off
    own = [
        Text(f"{day} {off.name.id}", f"{day} {off.name.en}")
        for day, off in calendar.days_off.items()
        if day not in national
    ]
    zone = str(calendar.zone)
    return Text.join("; ", (Text(zone, zone), *own))


def _whom(
    channels: Iterable[object], segments: Iterable[object], products: Iterable[object]
) -> Text:
    parts = [_each(words) for words in (channels, segments, products) if tuple(words)]
    return Text("; ".join(parts), "; ".join(parts)) if parts else Text("semua", "all")


def differences(old: Office, new: Office) -> tuple[Text, ...]:
    """Return in words in what ``new`` differs from ``old``: facts, requirements, rows, numbers."""
    return (*_facts(old, new), *_documents(old, new), *_rows(old, new), *_numbers(old, new))


def _facts(old: Office, new: Office) -> Iterator[Text]:
    for field in attrs.fields(type(old)):
        if field.name in _IN_PARTS or getattr(old, field.name) == getattr(new, field.name):
            continue
        if field.name not in _FACTS:
            yield Text(id=f"[{field.name}]: berbeda", en=f"[{field.name}]: differs")
            continue
        label, say = _FACTS[field.name]
        was, is_now = say(old), say(new)
        if was != is_now:
            yield _changed(label, was, is_now)
        elif field.name not in _FROM_A_FILE:
            yield Text(
                id=f"{label.id}: sumber atau kepastiannya lain",
                en=f"{label.en}: another source or certainty",
            )


def _changed(label: Text, was: str | Text, is_now: str | Text) -> Text:
    before, after = _as_text(was), _as_text(is_now)
    return Text(
        id=f"{label.id}: {before.id} -> {after.id}", en=f"{label.en}: {before.en} -> {after.en}"
    )


def _as_text(said: str | Text) -> Text:
    return said if isinstance(said, Text) else Text(said, said)


def _documents(old: Office, new: Office) -> Iterator[Text]:
    before = {rule.document: rule for rule in old.documents}
    after = {rule.document: rule for rule in new.documents}
    for name in dict.fromkeys((*before, *after)):
        was, is_now = before.get(name), after.get(name)
        if was is None and is_now is not None:
            yield Text(
                id=f"diminta: {is_now.name.id} ({_asked(is_now).id})",
                en=f"asked for: {is_now.name.en} ({_asked(is_now).en})",
            )
        elif was is not None and is_now is None:
            yield Text(
                id=f"tidak diminta lagi: {was.name.id}", en=f"no longer asked for: {was.name.en}"
            )
        elif was is not None and is_now is not None and was != is_now:
            same = _asked(was) == _asked(is_now)
            yield (
                Text(
                    id=f"{was.name.id}: sumber atau kepastiannya lain",
                    en=f"{was.name.en}: another source or certainty",
                )
                if same
                else _changed(was.name, _asked(was), _asked(is_now))
            )


def _asked(rule: DocumentRule) -> Text:
    return _whom(rule.channels, rule.segments, rule.products)


def _rows(old: Office, new: Office) -> Iterator[Text]:
    before = {s.title: s for p in procedures_of(old).values() for s in _ours(p.name, old)}
    after = {s.title: s for p in procedures_of(new).values() for s in _ours(p.name, new)}
    for title, step in before.items():
        if title not in after:
            yield Text(
                id=f"langkah hilang: {step.clause} {title.id}",
                en=f"step gone: {step.clause} {title.en}",
            )
    for title, step in after.items():
        if title not in before:
            yield Text(
                id=f"langkah baru: {step.clause} {title.id}",
                en=f"new step: {step.clause} {title.en}",
            )


def _ours(name: str, office: Office) -> tuple[Step, ...]:
    """Return the rows in our words: under which words an office publishes them is said apart."""
    plain = attrs.evolve(office, wording=(), documents=())
    return procedures_of(plain)[name].steps


def _numbers(old: Office, new: Office) -> Iterator[Text]:
    before = {(w.clause, w.command): w for w in old.wording}
    after = {(w.clause, w.command): w for w in new.wording}
    for of in dict.fromkeys((*before, *after)):
        was, is_now = before.get(of), after.get(of)
        if was != is_now:
            what = " ".join(filter(None, of))
            yield _changed(Text(what, what), _called(was, of[0]), _called(is_now, of[0]))


def _called(own: Wording | None, clause: str) -> Text:
    number = own.number if own and own.number else clause
    title = own.title if own and own.title else Text("", "")
    return Text(id=f"{number} {title.id}".rstrip(), en=f"{number} {title.en}".rstrip())


# -- open requests ------------------------------------------------------------------------------


@attrs.frozen
class Seen:
    """What one open request would see of the change.

    ``version`` is the one it is handled by under the new profile; ``changes`` what is different
    then, ``if_moved`` what would be if it were handled by the new version instead.
    """

    stream: str
    phase: Text
    version: str
    changes: tuple[Text, ...]
    if_moved: tuple[Text, ...]


def simulate_change(old: Office, new: Office, store: Store, now: dt.datetime) -> tuple[Seen, ...]:
    """Return what each open request of the office in ``store`` would see of the change at ``now``.

    ``now`` is aware: what is not filed yet is handled by the version that holds then.
    """
    before = Desk(old, store, clock=lambda: now)
    after = Desk(new, store, clock=lambda: now)
    found = []
    for row in before.register(procedure="request"):
        phase = next((p for p in procedure_of(old).phases if p == row.phase), None)
        if phase is None or phase in procedure_of(old).ends:
            continue
        own = after.office_of(row.stream)
        was = _view(before, row.stream, before.office_of(row.stream))
        found.append(
            Seen(
                row.stream,
                phase.text,
                own.version,
                _compared(was, _view(after, row.stream, own)),
                _compared(was, _view(after, row.stream, new)),
            )
        )
    return tuple(found)


def _view(desk: Desk, stream: str, office: Office) -> dict[Text, bool]:
    """Return what can be seen of the request by ``office``: each as a sentence."""
    procedure = procedure_of(office)
    state = procedure.fold(entry.noted for entry in desk.history(stream))
    seen = []
    for open_ in procedure.open_steps(state):
        step = open_.step
        if step.aside:
            continue
        head = Text.join(
            " ", (step.cited, step.title, Text(f"({step.role.text.id})", f"({step.role.text.en})"))
        )
        seen.append(Text(id=f"dapat dilakukan: {head.id}", en=f"can be done: {head.en}"))
        seen += [
            Text(id=f"{head.id}: {u.text.id}", en=f"{head.en}: {u.text.en}") for u in open_.missing
        ]
    for due in documents(state, office):
        if due.rule.needs and due.standing is not Standing.IN_ORDER:
            seen.append(
                Text(
                    id=f"dokumen: {due.rule.name.id} {due.standing.text.id}",
                    en=f"document: {due.rule.name.en} {due.standing.text.en}",
                )
            )
    clock = deadline(state, office)
    if clock is not None:
        at = f"{office.local(clock.due_at):%Y-%m-%d %H:%M %Z}"
        seen.append(Text(id=f"batas waktu (L2): {at}", en=f"deadline (L2): {at}"))
    for due_at, command in procedure.timers(state, office):
        row = procedure.step_for(command, state)
        when = f"{office.local(due_at):%Y-%m-%d %H:%M %Z}"
        if row is not None:
            seen.append(Text(id=f"{row.title.id}: {when}", en=f"{row.title.en}: {when}"))
    return dict.fromkeys(seen, True)


def _compared(was: dict[Text, bool], is_now: dict[Text, bool]) -> tuple[Text, ...]:
    gone = [Text(id=f"- {s.id}", en=f"- {s.en}") for s in was if s not in is_now]
    come = [Text(id=f"+ {s.id}", en=f"+ {s.en}") for s in is_now if s not in was]
    return (*gone, *come)
