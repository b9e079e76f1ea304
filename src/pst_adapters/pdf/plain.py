"""A plain page with a title: for invented publications and proofs in demonstrations and tests."""

from __future__ import annotations

import json

import typst

__all__ = ["plain_page"]

_TEMPLATE = b"""
#let d = json(bytes(sys.inputs.data))
#set document(title: d.title)
#set page(paper: "a4", margin: 3cm)
#set text(lang: "id", size: 12pt)
#v(4cm)
#text(size: 22pt, weight: "bold", d.title)
#v(1cm)
#d.text
"""


def plain_page(title: str, text: str) -> bytes:
    """Return a one-page PDF; ``title`` and ``text`` are set as they are, never as markup."""
    data = json.dumps({"title": title, "text": text})
    pdf = typst.compile(_TEMPLATE, format="pdf", sys_inputs={"data": data})
    return bytes(pdf)
