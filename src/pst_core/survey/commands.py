"""What people (and the clock) may ask of a survey."""

from __future__ import annotations

import attrs

from .scale import Answer

__all__ = ["AnswerSurvey", "ExpireInvitation", "FillSurvey", "InviteToSurvey"]


@attrs.frozen
class InviteToSurvey:
    """Asks one person by mail. ``token`` is a secret made at the edge, 20 characters or more.

    ``service``: what was used (a code of the office's counter, or ``request``). ``about``: the
    stream of the visit or request, or empty.
    """

    email: str
    token: str
    service: str
    about: str = ""


@attrs.frozen
class AnswerSurvey:
    """Answers by the link of the mail: whoever has its ``token``."""

    token: str
    answers: tuple[Answer, ...]
    comment: str = ""


@attrs.frozen
class FillSurvey:
    """Answers at the counter, without an invitation."""

    service: str
    answers: tuple[Answer, ...]
    comment: str = ""
    about: str = ""


@attrs.frozen
class ExpireInvitation:
    """Nobody answered in time."""
