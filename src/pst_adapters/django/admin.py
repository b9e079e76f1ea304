"""The register in Django's admin, to read: the work list by due date, and each case's history.

Nothing can be changed here; a step is taken through the desk, which knows who may do what and when.
Who has a role at the desk sees here what that role may see (``pst_core.desk.access``), and nobody
filters, searches or sorts by a column that they are not shown: answers would spell it out.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import F, QuerySet
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from pst_core.desk import Entry
from pst_core.desk.access import right_of
from pst_core.desk.fields import Held
from pst_core.desk.ports import EffectRow
from pst_core.refusal import PstError
from pst_core.text import Text
from pst_core.wire import procedures
from pst_core.workflow import Role

from .models import RegisterRow
from .people import actor_of
from .settings import desk, read
from .words import in_language, language

__all__ = ["RegisterAdmin"]

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_LATE = Text(id="terlambat", en="overdue")
_NOBODY = Text(id="selesai", en="ended")


def _local(micros: int | None) -> dt.datetime | None:
    if micros is None:
        return None
    return desk().office.local(_EPOCH + dt.timedelta(microseconds=micros))


def _shown(at: dt.datetime | None) -> str:
    return "-" if at is None else f"{at:%Y-%m-%d %H:%M %Z}"


def _turn(role: str) -> str:
    return (Role(role).text if role else _NOBODY).say(language())


def _phases() -> dict[tuple[str, str], str]:
    """Return the phases of every procedure in words, by procedure and name."""
    return {
        (name, str(phase)): phase.text.say(language())
        for name, procedure in procedures().items()
        for phase in procedure.phases
    }


class _InWords(admin.SimpleListFilter):
    """Choices as people say them; those only that occur in the register."""

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, str]]:
        name = self.parameter_name
        found = model_admin.get_queryset(request).order_by().values_list("procedure", name)
        words = {value: self.word(procedure, value) for procedure, value in found.distinct()}
        return sorted(words.items(), key=lambda choice: choice[1])

    def queryset(self, request: Any, queryset: QuerySet) -> QuerySet:  # noqa: ARG002
        value = self.value()
        return queryset if value is None else queryset.filter(**{self.parameter_name: value})

    def word(self, procedure: str, value: str) -> str:
        raise NotImplementedError


class _WhoseTurn(_InWords):
    title = in_language("giliran", "whose turn")
    parameter_name = "whose"

    def word(self, procedure: str, value: str) -> str:  # noqa: ARG002 - the same in all
        return _turn(value)


class _InPhase(_InWords):
    title = in_language("tahap", "phase")
    parameter_name = "phase"

    def word(self, procedure: str, value: str) -> str:
        return _phases().get((procedure, value), value)


_FILTERED = {"procedure", "office", "phase", "whose"}
_INSIDE = {
    "applicant_name": {Held.NAME},
    "history": {Held.NAME},
    "unnamed_history": set(),
    "outbox": {Held.NAME, Held.CONTACT},
}  # fmt: skip
"""What can be read in a part of the page; what is not named here tells of no person."""


def _seen_by(request: Any, parts: tuple[str, ...]) -> tuple[str, ...]:
    """Return ``parts`` without those that the role of the user may not see.

    Somebody without a role at the desk is let in by the permission alone, and sees all.
    """
    sees: frozenset[Held] = frozenset()
    with contextlib.suppress(PstError):  # nobody that PST["ACTOR"] knows: no person is shown
        role = actor_of(request.user).role
        if role is Role.APPLICANT:
            return parts
        sees = right_of(role).sees
    shown = []
    for part in parts:
        if _INSIDE.get(part, set()) <= sees:
            shown.append(part)
        elif part == "history":
            shown.append("unnamed_history")
    return tuple(shown)


@admin.register(RegisterRow)
class RegisterAdmin(admin.ModelAdmin):
    """Rows of the register; the one that is due first stands first."""

    list_display = ("stream", "applicant_name", "in_phase", "turn", "due_at", "opened_at")
    list_filter = (_WhoseTurn, _InPhase, "procedure", "office")
    search_fields = ("stream", "title")
    list_per_page = 50
    show_full_result_count = False
    ordering = (F("due").asc(nulls_last=True), "stream")
    actions = None
    fields = readonly_fields = (
        "stream", "applicant_name", "in_phase", "turn", "due_at", "opened_at", "history", "outbox",
    )  # fmt: skip

    def get_list_display(self, request: Any) -> tuple[str, ...]:
        """Return the columns that the user's role may see."""
        return _seen_by(request, self.list_display)

    def get_search_fields(self, request: Any) -> tuple[str, ...]:
        """Return what may be searched: names only by who is shown them, and where they lie open."""
        names = "applicant_name" in self.get_list_display(request) and read().keys is None
        return self.search_fields if names else ("stream",)

    def get_fields(self, request: Any, obj: Any = None) -> tuple[str, ...]:  # noqa: ARG002
        """Return the parts of a case that the user's role may see."""
        return _seen_by(request, self.fields)

    def get_readonly_fields(self, request: Any, obj: Any = None) -> tuple[str, ...]:
        """Return the same: nothing is typed in here."""
        return self.get_fields(request, obj)

    def lookup_allowed(self, lookup: str, value: Any, request: Any = None) -> bool:  # noqa: ARG002
        """Let the address of the page choose by what the filters offer, and by nothing else.

        Django lets it ask for any column with any lookup: ``?applicant__startswith=33`` and its
        number of rows would tell, letter by letter, what stands in a column that is not shown.
        """
        return lookup in _FILTERED

    def has_add_permission(self, request: Any) -> bool:  # noqa: ARG002 - asked by Django
        """Nobody adds a row here."""
        return False

    def has_change_permission(self, request: Any, obj: Any = None) -> bool:  # noqa: ARG002
        """Nobody changes a row here."""
        return False

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:  # noqa: ARG002
        """Nobody deletes a row here."""
        return False

    def get_queryset(self, request: Any) -> QuerySet:
        """Return the rows of the database that ``PST`` names."""
        return super().get_queryset(request).using(read().database)

    @admin.display(description=in_language("pengguna layanan", "applicant"))
    def applicant_name(self, row: Any) -> str:
        """Return the name as it stands in the register, opened if it lies sealed there."""
        opened = getattr(desk().store, "title_of", str)
        return str(opened(row.title))

    @admin.display(description=in_language("tahap", "phase"), ordering="phase")
    def in_phase(self, row: Any) -> str:
        """Return the phase in words."""
        return _phases().get((row.procedure, row.phase), str(row.phase))

    @admin.display(description=in_language("giliran", "whose turn"), ordering="whose")
    def turn(self, row: Any) -> str:
        """Return whose turn it is, in words."""
        return _turn(row.whose)

    @admin.display(description=in_language("jatuh tempo", "due"), ordering="due")
    def due_at(self, row: Any) -> SafeString | str:
        """Return when it is due on the office's clock, marked if that is over."""
        due = _local(row.due)
        if due is None or due >= desk().clock():
            return _shown(due)
        return format_html("<strong>{} ({})</strong>", _shown(due), _LATE.say(language()))

    @admin.display(description=in_language("dibuka", "opened"), ordering="opened")
    def opened_at(self, row: Any) -> str:
        """Return when it was opened."""
        return _shown(_local(row.opened))

    @admin.display(description=in_language("riwayat", "history"))
    def history(self, row: Any) -> SafeString:
        """Return what has happened, step by step."""
        return self._history(row, named=True)

    @admin.display(description=in_language("riwayat", "history"))
    def unnamed_history(self, row: Any) -> SafeString:
        """Return what has happened, without the applicant's name."""
        return self._history(row, named=False)

    def _history(self, row: Any, *, named: bool) -> SafeString:
        lang, ours = language(), desk()
        try:
            entries = ours.history(row.stream)
        except PstError as error:
            return format_html("{}", error.say(lang))
        heads = (
            in_language("waktu", "time"),
            in_language("butir", "clause"),
            in_language("langkah", "step"),
            in_language("oleh", "by"),
            in_language("tahap sesudahnya", "phase after"),
        )
        rows = [
            (
                f"{ours.office.local(entry.noted.at):%Y-%m-%d %H:%M}",
                entry.step.cited.say(lang),
                entry.step.title.say(lang),
                _who(entry, named),
                entry.state.phase.text.say(lang),
            )
            for entry in entries
        ]
        return _table(heads, rows)

    @admin.display(description=in_language("keluar dari kantor", "left the house"))
    def outbox(self, row: Any) -> SafeString | str:
        """Return mails and papers with what came of each."""
        effects = desk().store.effects(row.stream)
        if not effects:
            return "-"
        heads = ("", "status", in_language("percobaan", "attempts"), in_language("hasil", "result"))
        rows = [
            (e.key.removeprefix(f"{row.stream}/"), e.status.value, str(e.attempt), _result(e))
            for e in effects
        ]
        return _table(heads, rows)


def _who(entry: Entry, named: bool) -> str:
    by, role = entry.noted.by, entry.step.role.text.say(language())
    if by.role is Role.APPLICANT:  # the host's key may be an address, and is nobody's business
        return f"{role}: {by.name}" if named and by.name else role
    return f"{role}: {by.name or by.id}"


def _result(effect: EffectRow) -> str:
    """Return what the adapter said, its JSON as words."""
    try:
        said = json.loads(effect.result)
    except ValueError:
        return effect.result
    return ", ".join(f"{name}: {value}" for name, value in said.items())


def _table(heads: tuple[Any, ...], rows: Iterable[tuple[str, ...]]) -> SafeString:
    head = format_html_join("", "<th>{}</th>", ((h,) for h in heads))
    body = format_html_join(
        "",
        "<tr>{}</tr>",
        ((_cells(*row),) for row in rows),
    )
    return format_html("<table><thead><tr>{}</tr></thead>{}</table>", head, body)


def _cells(*row: str) -> SafeString:
    """Return the cells of a row; the last may break anywhere, because digests are long."""
    first = format_html_join("", "<td>{}</td>", ((cell,) for cell in row[:-1]))
    return format_html('{}<td style="overflow-wrap: anywhere">{}</td>', first, row[-1])
