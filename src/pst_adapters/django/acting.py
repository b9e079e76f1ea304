"""What a person may do on a case now, each step with its form; and the one that was sent, done.

A view calls ``acts`` and shows what it gives with the template ``pst/act.html``, or one of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import attrs

from pst_core import request as rq
from pst_core.refusal import PstError
from pst_core.workflow import Actor, OpenStep, Step

from .forms import CommandForm
from .settings import desk
from .words import language

__all__ = ["Act", "acts"]


@attrs.define
class Act:
    """A step that is there for somebody now. ``form`` is None while something is missing."""

    step: Step
    missing: tuple[str, ...]
    """What must be in order first, in the language that is shown."""
    form: CommandForm | None = None
    done: bool = False
    """This one was sent, and carried out."""

    @property
    def name(self) -> str:
        """The command's name, by which a form says what it is."""
        return self.step.command.__name__

    @property
    def title(self) -> str:
        """The step's title in the language that is shown."""
        return self.step.title.say(language())

    @property
    def cited(self) -> str:
        """The step's clause as the office's standard numbers it."""
        return self.step.cited.say(language())


def acts(
    request: Any,
    stream: str,
    by: Actor,
    form_of: Callable[..., CommandForm],
    *,
    without: Collection[type] = (),
) -> tuple[Act, ...]:
    """Return what ``by`` may do on ``stream``; what ``request`` posts has been tried.

    ``form_of(command)`` makes an empty form, ``form_of(command, data, files)`` one that was sent;
    ``without``: commands that the host carries out elsewhere. A posted form names its step in
    ``command``; one that was refused keeps what was typed, with what was wrong. Raises
    ``NotFound`` for a case that is none of theirs.
    """
    found: dict[type, Act] = {}
    for open_ in sorted(desk().door(by).open_steps(stream), key=_rank):
        command = open_.step.command
        if command not in without and command not in found and _is_asked_for(stream, command):
            missing = tuple(unmet.say(language()) for unmet in open_.missing)
            found[command] = Act(open_.step, missing)
    for command, act in found.items():
        if act.missing:
            continue
        if request.method != "POST" or request.POST.get("command") != act.name:
            act.form = form_of(command)
            continue
        act.form = form_of(command, request.POST, request.FILES)
        if act.form.is_valid():
            try:
                command_id = act.form.command_id(by)
                desk().do(stream, act.form.value, by=by, command_id=command_id)
                act.done = True
            except PstError as refused:
                act.form.refused(refused)
    return tuple(found.values())


def _rank(open_: OpenStep) -> tuple[bool, bool]:
    return not open_.ready, open_.step.aside


def _is_asked_for(stream: str, command: type) -> bool:
    """Return whether anything is to be handed in, where the step is about that."""
    if command is not rq.HandInDocument:
        return True
    return any(due.rule.needs for due in desk().documents(stream))
