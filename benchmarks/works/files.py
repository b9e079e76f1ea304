"""Files that people hand in, read for the facts that the core judges: what a megabyte costs."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from pst_adapters.files import FileReader, read_facts
from pst_core.text import Text

from ..race import Candidate, Curve, Race, Scale

TITLE = Text(id="Pemeriksaan berkas", en="File checks")
NOTE = Text(
    id="PDF dengan teks dan gambar; dibaca di proses ini, dan di proses anak dengan batas (jalan"
    " untuk berkas dari luar). Batas bawah: SHA-256 dari byte yang sama.",
    en="A PDF of text and pictures; read in this process, and in a child with limits (the way for"
    " files from outside). The limit: SHA-256 of the same bytes.",
)


def races(scale: Scale) -> Iterator[Race | Curve]:
    """Give every race and curve of this work."""
    megabytes = scale.pick(1, 1, 4)
    data = pdf_of(megabytes)
    with FileReader(seconds=30) as reader:
        yield Race(
            "pdf",
            Text(id=f"PDF {megabytes} MB, per MB", en=f"a PDF of {megabytes} MB, a MB"),
            (
                Candidate("read_facts", lambda: read_facts(data, "a.pdf"), megabytes),
                Candidate(
                    Text(id="FileReader (proses anak)", en="FileReader (child process)"),
                    lambda: reader.read(data, "a.pdf"), megabytes,
                ),
                Candidate(
                    "SHA-256", lambda: hashlib.sha256(data).hexdigest(), megabytes, compared=False
                ),
            ),
            wall=True,
        )  # fmt: skip
        yield Curve(
            "pdf-curve",
            Text(id="PDF makin besar, proses anak, per MB", en="a larger PDF, child process, a MB"),
            tuple(2**n for n in range(scale.pick(1, 3, 5))),
            lambda n: _reading(reader, pdf_of(n)),
            per_size=True,
            wall=True,
        )


def _reading(reader: FileReader, data: bytes) -> Callable[[], object]:
    def read() -> object:
        facts = reader.read(data, "a.pdf")
        assert not facts.problem, facts.problem
        return facts

    return read


def pdf_of(megabytes: int) -> bytes:
    """Return a PDF of about as many megabytes: per megabyte four pages of text and a picture."""
    import pypdf
    from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject, NumberObject

    def named(**entries: Any) -> DictionaryObject:
        return DictionaryObject({
            NameObject(f"/{key}"): NameObject(f"/{value}") if isinstance(value, str) else value
            for key, value in entries.items()
        })  # fmt: skip

    random = Random(megabytes)
    writer = pypdf.PdfWriter()
    font = named(Type="Font", Subtype="Type1", BaseFont="Helvetica")
    lines = [b"BT /F1 9 Tf 40 %d Td (Permohonan data) Tj ET\n" % y for y in range(40, 800, 12)]
    side = NumberObject(500)
    for _ in range(4 * megabytes):
        picture, content = DecodedStreamObject(), DecodedStreamObject()
        picture.set_data(random.randbytes(250_000))
        picture.update(
            named(Type="XObject", Subtype="Image", ColorSpace="DeviceGray", Width=side,
                  Height=side, BitsPerComponent=NumberObject(8))
        )  # fmt: skip
        content.set_data(b"".join(lines) + b"q 50 0 0 50 400 700 cm /I Do Q")
        page = writer.add_blank_page(595, 842)
        page[NameObject("/Contents")] = writer._add_object(content)
        page[NameObject("/Resources")] = named(
            Font=named(F1=font), XObject=named(I=writer._add_object(picture))
        )
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
