"""``CommandForm``: a Django form made of a command's own fields; no second list of them.

Which fields there are and how a text is read stands in ``pst_core.asking``; whether the answer is
allowed is for the desk to judge. What was typed stays typed in, whatever was wrong with it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import UploadedFile

from django import forms
from pst_core.asking import Asked, BadAnswer, Kind, answered, asked
from pst_core.documents import FileFacts
from pst_core.refusal import PstError
from pst_core.text import Text
from pst_core.workflow import Actor

from .settings import desk
from .words import in_language, language

__all__ = ["CommandForm"]

Keep = Callable[[UploadedFile], FileFacts]


class _ManyInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class _ManyFiles(forms.FileField):
    """Several files of one field, in the order in which they were chosen."""

    widget = _ManyInput

    def clean(self, data: Any, initial: Any = None) -> Any:
        one = super().clean
        return tuple(one(each, initial) for each in (data or [None])) if data else one(None)


class CommandForm(forms.Form):
    """The fields of ``command``; once valid, ``value`` is the command.

    ``given``: by path, what the host knows by itself: no field is shown, and nothing that is sent
    takes its place. ``leave``: paths, or parts such as ``zero``, for which no field is shown and
    the command's own default stands. ``keep`` takes an upload in and returns what a reader found
    in it (``pst_adapters.django.keep``); it is called only when all other fields are in order.
    ``labels``: by path, what a field is called here. ``initial``: by path, values as the command
    has them: times are shown on the office's clock. A field whose kind is ``OTHER`` is never shown:
    it is ``given``. ``command`` may be a part of one, such as ``RequestForm``, of which ``wrap``
    makes the command.
    """

    def __init__(
        self,
        command: type,
        data: Any = None,
        files: Any = None,
        *,
        given: Mapping[str, Any] | None = None,
        leave: Collection[str] = (),
        keep: Keep | None = None,
        initial: Mapping[str, Any] | None = None,
        labels: Mapping[str, Text] | None = None,
        wrap: Callable[[Any], Any] = lambda value: value,
    ) -> None:
        self.command = command
        self.value: Any = None
        self._given = dict(given or {})
        self._keep = keep
        self._wrap = wrap
        shown = {path: _shown(value) for path, value in (initial or {}).items()}
        super().__init__(
            data, files, initial=shown, auto_id=f"id_{command.__name__}_%s", label_suffix=""
        )
        left = {*leave, *self._given}
        for field in asked(command):
            if not _under(field.path, left) and field.kind is not Kind.OTHER:
                self.fields[field.path] = _field(field, (labels or {}).get(field.path))
        self.fields["once"] = forms.CharField(
            widget=forms.HiddenInput, initial=lambda: uuid4().hex, required=False, max_length=64
        )

    def clean(self) -> dict[str, Any]:
        """Make the command; what cannot be read is told at its field."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        typed = {path: value for path, value in cleaned.items() if path != "once"}
        answers = {**typed, **self._given}
        zone = desk().office.calendar.zone
        try:
            answered(self.command, answers, zone)  # files last: they are kept
            for path, value in typed.items():
                answers[path] = self._kept(value)
            self.value = self._wrap(answered(self.command, answers, zone))
        except BadAnswer as error:
            self.add_error(error.path if error.path in self.fields else None, _lines(error))
        except PstError as error:
            self.add_error(None, _lines(error))
        return cleaned

    @property
    def media(self) -> Any:
        """The style sheets and scripts that the fields need: none."""
        return forms.Media()

    def refused(self, error: PstError) -> None:
        """Take down what the desk said, in the language that is shown: lack by lack."""
        self.add_error(None, _lines(error))

    def command_id(self, by: Actor) -> str | None:
        """Return the id that carries out a form sent twice once: its own, and of ``by`` alone."""
        once = self.cleaned_data.get("once")
        return f"{by.id}/{once}" if once else None

    def _kept(self, value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(self._kept(each) for each in value)
        if not isinstance(value, UploadedFile):
            return value
        if self._keep is None:
            raise TypeError("CommandForm needs keep=... for a command with files")
        return self._keep(value)


def _under(path: str, left: Collection[str]) -> bool:
    return any(path == each or path.startswith(f"{each}.") for each in left)


def _lines(error: PstError) -> list[str]:
    return error.say(language()).splitlines()


def _shown(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return f"{desk().office.local(value):%Y-%m-%dT%H:%M}"
    if isinstance(value, dt.date):
        return value.isoformat()
    return "\n".join(value) if isinstance(value, tuple) else value


def _field(field: Asked, called: Text | None) -> Any:
    words = called or field.label
    label = in_language(words.id, words.en)
    empty = Text(id="{label}: belum diisi.", en="{label}: not filled in.").fill(label=words)
    told = in_language(empty.id, empty.en)
    named = {"label": label, "error_messages": {"required": told}}
    if field.kind is Kind.YES:  # whether it must be ticked is for the desk to say
        return forms.BooleanField(required=False, **named)
    if field.kind is Kind.CHOICE:
        choices = [(value, in_language(text.id, text.en)) for value, text in field.choices]
        nothing = [] if field.required else [("", "-")]
        wanted = Text(id="Pilih salah satu dari daftar.", en="Choose one of the list.")
        named["error_messages"]["invalid_choice"] = in_language(wanted.id, wanted.en)
        return forms.ChoiceField(choices=nothing + choices, required=field.required, **named)
    if field.kind in (Kind.FILE, Kind.FILES):
        hollow = Text(id="Berkas ini kosong: pilih berkas lain.",
                      en="This file is empty: choose another.")  # fmt: skip
        named["error_messages"]["empty"] = in_language(hollow.id, hollow.en)
        named["error_messages"]["invalid"] = told
        kind = forms.FileField if field.kind is Kind.FILE else _ManyFiles
        return kind(required=field.required, **named)
    return forms.CharField(required=field.required, widget=_widget(field.kind), **named)


def _widget(kind: Kind) -> Any:
    if kind in (Kind.LONG, Kind.LINES):
        return forms.Textarea(attrs={"rows": 3})
    if kind is Kind.NUMBER:
        return forms.TextInput(attrs={"inputmode": "numeric"})
    if kind is Kind.DATE:
        return forms.TextInput(attrs={"type": "date"})
    if kind is Kind.TIME:
        return forms.TextInput(attrs={"type": "datetime-local"})
    return forms.TextInput()
