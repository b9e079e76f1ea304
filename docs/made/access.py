"""The page of the access table: who may see and do what, the commands read from the rows."""

from __future__ import annotations

from pst_core.desk.access import commands_grid, conditions_grid, fields_grid, rights_grid
from pst_core.text import Lang
from pst_core.wire import procedures_of

from .trace import NOTICE, OFFICE

_ACCESS: dict[Lang, tuple[str, ...]] = {
    "id": (
        "# Siapa boleh melihat dan melakukan apa\n",
        (
            "Aplikasi tuan rumah mengatakan siapa seseorang (`Actor`: kunci, peran, kantor, tugas); "
            "inti memutuskan apa yang boleh dilakukan dan dibaca. Yang tidak tertulis di sini ditolak. "
            "Berikan `desk.door(actor)` kepada kode yang melayani orang: pintu itu tidak punya jalan "
            "tanpa pemeriksaan. `desk.state`, `desk.history` dan seterusnya tidak memeriksa siapa pun: "
            "itu untuk pekerja di dalam.\n"
        ),
        (
            "```python\n"
            'from pst_core.workflow import Actor, Role\n\ndoor = desk.door(Actor("u-17", Role.OFFICER, '
            'office="3317"))\nstate = door.see(stream)  # teks yang bukan untuknya diganti\n'
            "door.do(stream, command)  # peran menurut baris prosedur\n"
            "door.readings(stream)  # siapa yang melihat, kapan\n```\n"
        ),
        (
            "Kasus orang atau kantor lain dijawab sama, kata demi kata, dengan nomor yang tidak ada, "
            "saat dibaca maupun saat ditindak; percobaannya tercatat dalam log audit. Survei dibuka "
            "dengan kunci tautannya, tidak dengan tulisan pengganti kunci yang sudah dihapus. "
            "Pegawai kantor lain hanya masuk bila kasusnya (atau kantornya) tertulis pada "
            "`Actor.assigned`. Yang diadukan tidak membaca pengaduannya. Setiap pembacaan data "
            "pribadi oleh orang lain dicatat sebelum ditunjukkan.\n"
        ),
        "## Membaca: peran, kasus, pandangan\n",
        "## Membaca: isi per peran\n",
        (
            "Isi yang tidak boleh dilihat diganti "
            "`(bukan untuk peran ini / not for this role)`; uang, tahap dan waktu tetap.\n"
        ),
        "## Empat mata\n",
        (
            "Di kantor tanpa portal, yang diketik petugas di loket adalah kata pengguna layanan; "
            "petugas itu tetap boleh memeriksanya. `receipt_by_another = true` di `[treasury]` "
            "melarang pembuat tagihan membuat kuitansinya.\n"
        ),
        "## Melakukan: tahap x peran x perintah\n",
        "Dibaca dari baris prosedur; tahap yang tertulis adalah tempat perintah itu boleh.\n",
    ),
    "en": (
        "# Who may see and do what\n",
        (
            "The host application says who somebody is (`Actor`: key, role, office, what they were "
            "assigned); the core decides what they may do and read. What does not stand here is "
            "denied. Give `desk.door(actor)` to the code that serves people: the door has no way "
            "around the table. `desk.state`, `desk.history` and the like ask for nobody's rights: "
            "they are for workers inside.\n"
        ),
        (
            "```python\n"
            'from pst_core.workflow import Actor, Role\n\ndoor = desk.door(Actor("u-17", Role.OFFICER, '
            'office="3317"))\nstate = door.see(stream)  # texts that are not theirs replaced\n'
            "door.do(stream, command)  # the role by the procedure's rows\n"
            "door.readings(stream)  # who looked, and when\n```\n"
        ),
        (
            "Another person's or office's case is answered like a number that is not there, word for "
            "word, in reading and in doing; the attempt stays in the audit log. A survey is opened by "
            "the token of its link, and by nothing that stands where a token was erased. "
            "Staff of another office come in only where the case (or the office) stands in "
            "`Actor.assigned`. Who is complained about does not read the complaint. Whenever somebody "
            "else reads personal data, a line of it is written before anything is shown.\n"
        ),
        "## Reading: role, case, view\n",
        "## Reading: texts by role\n",
        (
            "A text that may not be seen is replaced by "
            "`(bukan untuk peran ini / not for this role)`; money, phases and times stay.\n"
        ),
        "## Four eyes\n",
        (
            "In an office without a portal, what an officer types at the counter is the applicant's "
            "word; that officer may check it all the same. `receipt_by_another = true` under "
            "`[treasury]` forbids who made the offer to make its receipt.\n"
        ),
        "## Doing: phase x role x command\n",
        (
            "Read from the rows of the procedures; a phase that stands there is where it may be "
            "done.\n"
        ),
    ),
}


def access_page(lang: Lang) -> str:
    """Return the page of the access table, with the commands read from the rows."""
    title, who, example, others, views, texts, replaced, eyes, counter, doing, rows = _ACCESS[lang]
    own = procedures_of(OFFICE).values()
    conditions = [(p, grid) for p in own if (grid := conditions_grid(p)).rows]
    parts = [NOTICE, title, who, example, others]
    parts += [views, rights_grid().to_markdown(lang)]
    parts += [texts, replaced, fields_grid().to_markdown(lang), eyes, counter]
    for procedure, grid in conditions:
        parts += [f"### {procedure.title.say(lang)}\n", grid.to_markdown(lang)]
    parts += [doing, rows]
    for procedure in own:
        parts += [f"### {procedure.title.say(lang)}\n", commands_grid(procedure).to_markdown(lang)]
    return "\n".join(parts)
