"""The page of ``pst mails preview``: one HTML file that needs nothing else."""

from __future__ import annotations

import html
from collections.abc import Sequence

import attrs

from pst_core.desk import Entry
from pst_core.desk.letters import Letter
from pst_core.documents.agreement import long_date
from pst_core.office import Office
from pst_core.text import Lang, Text
from pst_core.workflow import Procedure, Role, Step

__all__ = ["Sample", "page"]


@attrs.frozen
class Sample:
    """One mail as the case of ``step`` would send it."""

    procedure: Procedure
    step: Step
    entry: Entry
    role: Role
    to: str
    letter: Letter
    attached: tuple[str, ...]


_TITLE = Text(id="Surat-surat layanan", en="The mails of the service")
_INTRO = Text(
    id="Setiap baris prosedur yang memberi tahu seseorang, dengan surat yang dikirimnya: bahasa "
    "penerima lebih dahulu, bahasa lainnya di bawahnya dalam surat yang sama (di sini "
    "berdampingan). Isinya dari permintaan contoh yang benar-benar dijalankan.",
    en="Every row of the procedure that tells somebody, with the mail that it sends: the "
    "receiver's language first, the other below it in the same mail (side by side here). The "
    "content is that of example requests that were really played.",
)
_TO = Text(id="Kepada", en="To")
_FROM = Text(id="Dari", en="From")
_SUBJECT = Text(id="Perihal", en="Subject")
_DATE = Text(id="Tanggal", en="Date")
_FILES = Text(id="Lampiran", en="Attached")
_ALL = Text(id="semua", en="all")
_COUNT = Text(id="{count} surat", en="{count} mails")

_STYLE = """
:root{--ink:#1b2733;--soft:#5b6b7b;--line:#d9e0e7;--paper:#fff;--back:#f3f5f8;
--applicant:#0b6bb5;--officer:#1c7d4a;--treasurer:#8a3fa0}
*{box-sizing:border-box}
body{margin:0;background:var(--back);color:var(--ink);font:15px/1.55 system-ui,"Segoe UI",
"Noto Sans",sans-serif}
header{background:var(--paper);border-bottom:1px solid var(--line);padding:1.4rem 2rem}
h1{font-size:1.45rem;margin:0 0 .2rem}header p{margin:.3rem 0;max-width:62rem;color:var(--soft)}
.shell{display:grid;grid-template-columns:19rem minmax(0,1fr);max-width:100rem;margin:0 auto}
nav{position:sticky;top:0;align-self:start;max-height:100vh;overflow:auto;padding:1.2rem 1rem 2rem
2rem;font-size:.86rem}
nav h2{font-size:.8rem;margin:1.1rem 0 .3rem;color:var(--soft);font-weight:600}
nav a{display:grid;grid-template-columns:2.6rem 1fr;color:inherit;text-decoration:none;
padding:.22rem .4rem;border-radius:4px}
nav a:hover,nav a:focus-visible{background:#e4eaf1}nav b{font-weight:600}
main{padding:1.2rem 2rem 4rem}
fieldset{border:0;padding:0;margin:0 0 1rem;display:flex;gap:.5rem;flex-wrap:wrap}
legend{position:absolute;left:-99rem}
fieldset label{background:var(--paper);border:1px solid var(--line);border-radius:99px;
padding:.2rem .9rem;cursor:pointer}
fieldset label:has(:checked){background:var(--ink);color:#fff;border-color:var(--ink)}
fieldset label:has(:focus-visible){outline:2px solid var(--applicant);outline-offset:2px}
fieldset input{position:absolute;opacity:0}
article{background:var(--paper);border:1px solid var(--line);border-left:5px solid var(--who);
border-radius:6px;margin:0 0 1.3rem;scroll-margin-top:1rem}
.applicant{--who:var(--applicant)}.officer{--who:var(--officer)}.treasurer{--who:var(--treasurer)}
article h3{font-size:1.02rem;margin:0;padding:.8rem 1.2rem .3rem}
article h3 span{color:var(--who);font-weight:600}
dl{display:grid;grid-template-columns:5.2rem 1fr;margin:0;padding:.2rem 1.2rem .8rem;
border-bottom:1px solid var(--line);font-size:.88rem}
dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}dd.subject{font-weight:600}
.file{display:inline-block;border:1px solid var(--line);border-radius:4px;padding:0 .5rem;
margin-right:.4rem;background:var(--back)}
.both{display:grid;grid-template-columns:1fr 1fr}
.both pre{margin:0;padding:1rem 1.2rem;white-space:pre-wrap;overflow-wrap:anywhere;
font:inherit;font-size:.9rem}
.both pre+pre{border-left:1px solid var(--line);color:#33414f;background:#fafbfc}
[data-only=applicant] article:not(.applicant),[data-only=officer] article:not(.officer),
[data-only=treasurer] article:not(.treasurer){display:none}
@media(max-width:62rem){.shell,.both{grid-template-columns:minmax(0,1fr)}nav{position:static;
max-height:15rem;padding:.6rem 1rem;border-bottom:1px solid var(--line)}
.both pre+pre{border-left:0;border-top:1px solid var(--line)}
main{padding:1rem}}
@media print{nav,fieldset{display:none}.shell{display:block}article{break-inside:avoid}}
"""
_SCRIPT = """
document.querySelectorAll('fieldset input').forEach(i=>i.addEventListener('change',()=>{
document.querySelector('main').dataset.only=i.value}))
"""


def page(samples: Sequence[Sample], office: Office, lang: Lang) -> str:
    """Return the page in ``lang``; the mails on it are in the languages that they are sent in."""
    roles = [r for r in Role if any(s.role is r for s in samples)]
    choice = "".join(
        f'<label><input type="radio" name="who" value="{value}"{" checked" * (not value)}>'
        f"{html.escape(text)}</label>"
        for value, text in [("", _ALL.say(lang)), *((r.value, r.text.say(lang)) for r in roles)]
    )
    head = f"{_TITLE.say(lang)}: {office.name.say(lang)}"
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{html.escape(head)}</title><style>{_STYLE}</style></head><body>"
        f"<header><h1>{html.escape(head)}</h1><p>{html.escape(_INTRO.say(lang))}</p></header>"
        f'<div class="shell"><nav>{_contents(samples, lang)}</nav><main data-only="">'
        f"<fieldset><legend>{_TO.say(lang)}</legend>{choice}</fieldset>"
        f"{''.join(_mail(n, s, office, lang) for n, s in enumerate(samples))}"
        f"</main></div><script>{_SCRIPT}</script></body></html>\n"
    )


def _contents(samples: Sequence[Sample], lang: Lang) -> str:
    parts = []
    last = None
    for number, sample in enumerate(samples):
        if sample.procedure is not last:
            last = sample.procedure
            count = sum(s.procedure is last for s in samples)
            parts.append(
                f"<h2>{html.escape(last.title.say(lang))}, "
                f"{_COUNT.fill(count=count).say(lang)}</h2>"
            )
        if number and samples[number - 1].step is sample.step:
            continue
        parts.append(
            f'<a href="#m{number}"><b>{html.escape(sample.step.cited.say(lang))}</b>'
            f"<span>{html.escape(sample.step.title.say(lang))}</span></a>"
        )
    return "".join(parts)


def _mail(number: int, sample: Sample, office: Office, lang: Lang) -> str:
    at = office.local(sample.entry.noted.at)
    files = "".join(f'<span class="file">{html.escape(name)}</span>' for name in sample.attached)
    rows = [
        (_FROM, html.escape(f"{office.name.id} <{office.email}>"), ""),
        (_TO, html.escape(sample.to), ""),
        (_SUBJECT, html.escape(sample.letter.subject), "subject"),
        (_DATE, f"{long_date(at.date(), lang)} {at:%H:%M %Z}", ""),
        *([(_FILES, files, "")] if files else []),
    ]
    fields = "".join(
        f'<dt>{name.say(lang)}</dt><dd class="{kind}">{value}</dd>' for name, value, kind in rows
    )
    first, second = sample.letter.body.strip().split("\n\n----\n\n")
    in_first = "id" if first.startswith("Yth.") else "en"
    in_second = "en" if in_first == "id" else "id"
    return (
        f'<article id="m{number}" class="{sample.role.value}">'
        f"<h3>{html.escape(f'{sample.step.cited.say(lang)} {sample.step.title.say(lang)}')} "
        f"<span>\u2192 {html.escape(sample.role.text.say(lang))}</span></h3><dl>{fields}</dl>"
        f'<div class="both"><pre lang="{in_first}">{html.escape(first)}</pre>'
        f'<pre lang="{in_second}">{html.escape(second)}</pre></div></article>'
    )
