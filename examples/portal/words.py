"""What the library says to programs, in the words that a form's fields bear on the page."""

from __future__ import annotations

import re
from functools import cache

from pst_core import complaint as cp
from pst_core import deposit as dp
from pst_core import request as rq
from pst_core import survey as sv
from pst_core import visit as vs
from pst_core.asking import asked
from pst_core.documents import RequestForm
from pst_core.refusal import Conflict, PstError, Refusal
from pst_core.text import Text

__all__ = ["in_words"]

_PATH = re.compile(r"\b[A-Z]\w+(?:\[\d+\])?(?:\.[a-z_]+(?:\[\d+\])?)*\.([a-z_]+)(?:\[\d+\])?")
"""A field as programs name it: ``OpenRequest.applicant.institution``."""


def in_words(problem: PstError) -> PstError:
    """Return ``problem`` as people are told of it; most say it well already."""
    if problem.code == "command-id-reused":
        return _SENT_BEFORE
    if problem.code == "field-unreadable":
        remedy = Text(id=_as_here(problem.remedy.id), en=_as_here(problem.remedy.en))
        return Refusal(problem.code, problem.text, remedy=remedy)
    if problem.code not in ("odd-text", "malformed"):
        return problem
    said = Text(id=_named(problem.text, "id"), en=_named(problem.text, "en"))
    return Refusal(problem.code, said, remedy=problem.remedy)


def _as_here(said: str) -> str:
    """Return a text with its example of a day or a time as people here write it."""
    said = re.sub(r"(\d{4}-\d\d-\d\d)T(\d\d):(\d\d)", r"\1 \2.\3", said)
    return re.sub(r"(\d{4})-(\d\d)-(\d\d)", r"\3-\2-\1", said)


def _named(text: Text, lang: str) -> str:
    def label(found: re.Match[str]) -> str:
        known = _labels().get(found[1])
        return f'"{known.say("en" if lang == "en" else "id")}"' if known else found[1]

    return _PATH.sub(label, text.en if lang == "en" else text.id)


@cache
def _labels() -> dict[str, Text]:
    tables = (rq.PROCEDURE, vs.PROCEDURE, cp.PROCEDURE, dp.PROCEDURE, sv.PROCEDURE)
    commands = [step.command for table in tables for step in table.steps]
    fields = (field for kind in (*commands, RequestForm) for field in asked(kind))
    return {field.path.rpartition(".")[2]: field.label for field in fields}


_SENT_BEFORE = Conflict(
    "command-id-reused",
    Text(
        id="Formulir ini sudah terkirim dengan isian lain; yang pertama tercatat.",
        en="This form was sent before with other words; the first are recorded.",
    ),
    remedy=Text(
        id="Lihat keadaannya di bawah; bila masih perlu, kirim lagi.",
        en="See below how it stands; if it is still needed, send it again.",
    ),
)
