"""Hypothesis strategies for the public types of ``pst_core``; needs the extra ``testing``.

Each is a function that returns a strategy, named for what it gives. Everything drawn is legal
unless the name or an argument says otherwise, and shrinks to what a reader would write first: one
product, the straightest life, the profile that is shipped as an example.
"""

from .beside import amounts, complainants, entries, survey_answers, visitors
from .cases import (
    fitting_commands,
    lives,
    moves,
    planted_logs,
    plays,
    refusals,
    refused_commands,
    refused_moves,
)
from .houses import calendars, deadlines, offices, profiles, shipped_offices
from .things import (
    GivenFile,
    abstractions,
    actors,
    applicants,
    baskets,
    file_facts,
    files,
    forms,
    maps,
    microdata,
    products,
    publications,
    quotes,
    texts,
)

__all__ = [
    "GivenFile",
    "abstractions",
    "actors",
    "amounts",
    "applicants",
    "baskets",
    "calendars",
    "complainants",
    "deadlines",
    "entries",
    "file_facts",
    "files",
    "fitting_commands",
    "forms",
    "lives",
    "maps",
    "microdata",
    "moves",
    "offices",
    "planted_logs",
    "plays",
    "products",
    "profiles",
    "publications",
    "quotes",
    "refusals",
    "refused_commands",
    "refused_moves",
    "shipped_offices",
    "survey_answers",
    "texts",
    "visitors",
]
