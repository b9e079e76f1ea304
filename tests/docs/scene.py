"""What a page's code finds when it runs: a desk with a database, people, files, one played request.

A page is read by somebody who has these at hand; the test puts them there under the names that the
pages use. Each page runs in a folder of its own, both languages alike.
"""

import datetime as dt
import re
import shutil
from zoneinfo import ZoneInfo

from tests.docs.pages import ROOT

import pst_core as pst
from pst_adapters.cli import main
from pst_adapters.files import FileReader, FolderBlobs
from pst_adapters.sql import SqlStore
from pst_core import request as rq
from pst_core.workflow import Actor, Role

NOW = dt.datetime(2026, 11, 24, 10, tzinfo=ZoneInfo("Asia/Jakarta"))


def play(folder):
    """Play what the pages look at, once: a whole request."""
    assert main(["demo", "--folder", str(folder / "demo"), "--start", "2026-11-23"]) == 0


def lay_out(played, folder):
    """Lay the played files into a page's folder, and the repository's examples beside them."""
    shutil.copytree(played, folder, dirs_exist_ok=True)
    (folder / "examples").symlink_to(ROOT / "examples")


def names(folder, opened, code):
    """Return the names that a page's ``code`` may use; ``opened`` collects what is to be closed."""
    office = pst.Office.load("3317")
    if not re.search(r"\b(desk|store|stream|blobs|data|money)\b", code):
        return {"pst": pst, "rq": rq, "office": office, "calendar": office.calendar, "now": NOW,
                "BASE_DIR": folder}  # fmt: skip
    store = SqlStore(f"sqlite:///{folder}/page.db")
    reader = FileReader()
    opened += [store, reader]
    now = NOW
    desk = pst.Desk(office, store, clock=lambda: now)
    siti = Actor("user-17", Role.APPLICANT, "Siti")
    stream = desk.open(rq.OpenRequest(rq.Applicant("user-17", "Siti", "siti@example.org")), by=siti)
    desk.do(stream.stream, rq.AcceptTerms(), by=siti)
    desk.do(stream.stream, rq.ChooseProducts((pst.Publication("Dalam Angka", pages=312),)), by=siti)
    data = b"psu,pengeluaran\n6180,2247000\n"
    found = {
        "pst": pst, "rq": rq, "office": office, "store": store, "desk": desk, "now": now,
        "calendar": office.calendar, "stream": stream.stream,
        "applicant": siti, "siti": siti, "visitor": Actor("tamu-1", Role.APPLICANT, "Siti"),
        "officer": Actor("petugas-1", Role.OFFICER, "Petugas PST"),
        "treasurer": Actor("bendahara-1", Role.TREASURER, "Bendahara"),
        "blobs": FolderBlobs(folder / "page-blobs"), "folder": folder, "data": data,
        "facts": reader.read((ROOT / "tests/docs/ktp.jpg").read_bytes(), "ktp.jpg"),
        "current_secret": b"s" * 16, "next_secret": b"t" * 16, "BASE_DIR": folder,
    }  # fmt: skip
    return also_in_indonesian(found)


_INDONESIAN = {
    "officer": "petugas", "treasurer": "bendahara", "applicant": "pemohon", "visitor": "tamu",
    "code": "kode", "issued_at": "dibuat", "expires_at": "kedaluwarsa", "paid_at": "dibayar",
    "current_secret": "rahasia_sekarang", "next_secret": "rahasia_berikutnya",
}  # fmt: skip


def also_in_indonesian(found):
    """Return the names together with those that the Indonesian pages use for the same."""
    return found | {
        _INDONESIAN[name]: value for name, value in found.items() if name in _INDONESIAN
    }


def at_paying(scene):
    """Lead the request of the scene to S16 and add what the treasurer has in front of her."""
    desk, stream, officer = scene["desk"], scene["stream"], scene["officer"]
    siti, now = scene["siti"], scene["now"]
    from pst_core.documents import RequestForm

    form = RequestForm("publication", "Dalam Angka", purpose="Skripsi", period="2025")
    desk.do(stream, rq.CompleteForm((form,)), by=siti)
    desk.do(stream, rq.FileRequest(), by=siti)
    product = scene["facts"]
    scene["blobs"].put(scene["data"])
    desk.do(stream, rq.PrepareProducts((product,)), by=officer)
    desk.do(stream, rq.SendOffer(), by=officer)
    desk.do(stream, rq.AcceptOffer(), by=siti)
    bill = {
        "code": "820261124123456", "issued_at": now, "expires_at": now + dt.timedelta(days=7),
        "ntpn": "A1B2C3D4E5F6G7H8", "ntb": "123456789012", "paid_at": now,
    }  # fmt: skip
    scene.update(also_in_indonesian(bill))
    for name in ("list.csv", "daftar.csv"):
        (scene["folder"] / name).write_text(
            "Kode Billing;NTPN;NTB;Total Disetor;Tanggal Bayar\n", "utf-8"
        )


def with_a_root(scene):
    """Put a root certificate where the operator would."""
    import trustme

    roots = scene["folder"] / "roots"
    roots.mkdir()
    trustme.CA().cert_pem.write_to_path(str(roots / "root.pem"))


BEFORE = {"money": at_paying, "files": with_a_root}
"""Pages whose code goes on from a later step."""
