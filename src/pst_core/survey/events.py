"""What has happened to a survey. ``NAME`` is the fixed word an event is stored under."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

import attrs

from .scale import Answer

__all__ = ["InvitationExpired", "SurveyAnswered", "SurveyInvited"]


@attrs.frozen
class SurveyInvited:
    """Asked by mail. The token stands here because the mail is written from this event."""

    NAME: ClassVar[str] = "survey.invited"
    SCHEMA: ClassVar[int] = 1
    office: str
    email: str
    token: str
    service: str
    about: str
    expires_at: dt.datetime


@attrs.frozen
class SurveyAnswered:
    """What was answered, under the ``rules`` of that time."""

    NAME: ClassVar[str] = "survey.answered"
    SCHEMA: ClassVar[int] = 1
    office: str
    service: str
    about: str
    answers: tuple[Answer, ...]
    comment: str
    rules: str


@attrs.frozen
class InvitationExpired:
    """The link holds no longer."""

    NAME: ClassVar[str] = "survey.invitation-expired"
    SCHEMA: ClassVar[int] = 1
