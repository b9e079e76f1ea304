"""The picture of the house: the rooms of the core, which may import which, and the adapters."""

from __future__ import annotations

import tomllib

from pst_core.text import Lang, Text

from .stage import ROOT
from .trace import NOTICE

__all__ = ["house_page"]

_ROOMS = {
    "testing": Text(
        id="suite untuk adaptor sendiri, keadaan yang dimainkan",
        en="suites for adapters of your own, lives that are played",
    ),
    "desk": Text(
        id="membawa perintah ke penyimpanan, dan akibatnya keluar",
        en="carries commands to the store and their effects outside",
    ),
    "analysis": Text(
        id="laporan, dan log sistem lain dibandingkan dengan prosedur",
        en="reports, and other systems' logs held against the procedure",
    ),
    "catalogue": Text(
        id="yang dijual kantor: apa yang kurang, usang, atau tidak ada",
        en="what an office sells: what it lacks, what is stale or missing",
    ),
    "wire": Text(
        id="kejadian sebagai JSON, dan kembali",
        en="events as JSON, and back",
    ),
    "reader": Text(
        id="satu fungsi bagi tiap kelas, yang membacanya dari JSON",
        en="one function for each class, which reads it from JSON",
    ),
    "request": Text(
        id="permintaan berbayar",
        en="the paid request",
    ),
    "visit": Text(
        id="kunjungan dan antrean",
        en="visits and the queue",
    ),
    "deposit": Text(
        id="setoran tanpa tagihan",
        en="money without a bill",
    ),
    "complaint": Text(
        id="pengaduan",
        en="complaints",
    ),
    "survey": Text(
        id="survei kepuasan",
        en="the satisfaction survey",
    ),
    "office": Text(
        id="satu kantor: profilnya",
        en="one office: its profile",
    ),
    "tariff": Text(
        id="harga",
        en="prices",
    ),
    "workdays": Text(
        id="hari kerja, tenggat",
        en="working days, deadlines",
    ),
    "documents": Text(
        id="dokumen dan pemeriksaannya",
        en="documents and their checks",
    ),
    "workflow": Text(
        id="cara setiap prosedur berjalan",
        en="how any procedure runs",
    ),
    "lawdata": Text(
        id="membaca data hukum dengan ketat",
        en="reads data of law strictly",
    ),
    "ledger": Text(
        id="buku besar",
        en="the ledger",
    ),
    "asking": Text(
        id="isian sebuah perintah, dan jawaban yang diketik",
        en="the fields of a command, and typed answers",
    ),
    "evidence": Text(
        id="rantai kejadian dan segelnya, diperiksa tanpa basis data",
        en="the chain of events and its seals, verified without the database",
    ),
    "links": Text(
        id="tautan unduhan yang ditandatangani",
        en="signed links for downloads",
    ),
    "hygiene": Text(
        id="huruf mana yang boleh masuk, dan bagaimana keluar",
        en="which letters may come in, and how they go out",
    ),
    "money": Text(
        id="rupiah",
        en="rupiah",
    ),
    "refusal": Text(
        id="penolakan dan kesalahan",
        en="refusals and errors",
    ),
    "certainty": Text(
        id="seberapa pasti",
        en="how certain",
    ),
    "twin": Text(
        id="objek beku yang dibuat dengan cepat",
        en="frozen objects made quickly",
    ),
    "text": Text(
        id="dua bahasa",
        en="two languages",
    ),
}
_SAID = {
    "title": Text(id="Rumahnya: ruang dan panahnya", en="The house: its rooms and arrows"),
    "about": Text(
        id="Setiap ruang mengimpor yang di bawahnya saja, tidak pernah sebaliknya; ruang yang "
        "berdampingan tidak saling mengimpor. Aturan ini diperiksa pada setiap perubahan "
        "(`lint-imports`), dan gambar ini dibuat darinya. Inti tidak mengenal adaptor, jam, "
        "jaringan atau berkas.",
        en="Each room imports only what is below it, never the other way round; rooms side by side "
        "do not import each other. The rule is checked on every change (`lint-imports`), and this "
        "picture is made from it. The core knows no adapter, clock, network or file.",
    ),
    "rooms": Text(id="Ruang inti", en="Rooms of the core"),
    "adapters": Text(id="Adaptor", en="Adapters"),
    "adapters-about": Text(
        id="Satu folder untuk setiap sambungan ke luar. Tidak ada yang memakai isi folder lain; "
        "hanya `django`, `backup` dan `cli` merangkai yang lain.",
        en="One folder for each line to the outside. None uses the insides of another; only "
        "`django`, `backup` and `cli` put others together.",
    ),
}


def house_page(lang: Lang) -> str:
    """Return the page of one language; a room without words of its own is an error."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    layers = next(c for c in contracts if c["type"] == "layers")["layers"]
    rows = [[room.strip().removeprefix("pst_core.") for room in row.split("|")] for row in layers]
    drawn = ["flowchart TD", '    adapters["pst_adapters"]']
    for at, row in enumerate(rows):
        drawn.append(f'    level{at}["<b>{" · ".join(row)}</b>"]')
    drawn.append("    adapters --> level0")
    drawn += [f"    level{at} --> level{at + 1}" for at in range(len(rows) - 1)]
    folders = sorted(path.parent.name for path in (ROOT / "src/pst_adapters").glob("*/__init__.py"))
    lines = [
        NOTICE, f"# {_SAID['title'].say(lang)}\n", f"{_SAID['about'].say(lang)}\n",
        "```mermaid", *drawn, "```\n", f"## {_SAID['rooms'].say(lang)}\n", "| | |", "|---|---|",
        *(f"| `{room}` | {_ROOMS[room].say(lang)} |" for row in rows for room in row),
        f"\n## {_SAID['adapters'].say(lang)}\n", f"{_SAID['adapters-about'].say(lang)}\n",
        " ".join(f"`{name}`" for name in folders),
    ]  # fmt: skip
    return "\n".join(lines) + "\n"
