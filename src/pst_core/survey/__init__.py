"""The satisfaction survey of nine elements (PermenPANRB 14/2017), beside the rating of S23."""

from .commands import AnswerSurvey, ExpireInvitation, FillSurvey, InviteToSurvey
from .events import SurveyAnswered, SurveyInvited
from .procedure import PROCEDURE, Invitation, invitation
from .scale import Answer, Element, Grade, Result, Scale, result, scale

__all__ = [
    "PROCEDURE",
    "Answer",
    "AnswerSurvey",
    "Element",
    "ExpireInvitation",
    "FillSurvey",
    "Grade",
    "Invitation",
    "InviteToSurvey",
    "Result",
    "Scale",
    "SurveyAnswered",
    "SurveyInvited",
    "invitation",
    "result",
    "scale",
]
