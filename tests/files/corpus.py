"""Good and bad files, made here and nowhere downloaded, each with the findings it must give.

``CORPUS`` is the table. ``HOSTILE`` makes any number of variants of each hostile kind, and
``HONEST`` of honest files of several producers; ``tests.files.hostile`` runs them all.
"""

import datetime as dt
import functools
import io
import random
import struct
import zipfile
import zlib

import docx
import fpdf
import img2pdf
import pikepdf
import pypdf
import pypdfium2
import segno
import typst
from PIL import Image
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    NameObject,
    RectangleObject,
    StreamObject,
    TextStringObject,
)
from reportlab.pdfgen import canvas

# --- honest files, by producer ------------------------------------------------------------------

WORDS = "surat permintaan data mikro susenas rembang untuk skripsi mahasiswa".split()  # noqa: SIM905


def words(dice, count=40):
    return " ".join(dice.choice(WORDS) for _ in range(count))


def by_typst(dice):
    pages = "#pagebreak()".join(f"= Surat\n{words(dice)}" for _ in range(dice.randint(1, 3)))
    standards = dice.choice([["a-2b"], ["1.7"], ["a-3a", "ua-1"]])
    head = f'#set document(title: "Surat {dice.random()}")\n#set text(lang: "id")\n'
    at = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)
    return typst.compile(
        (head + pages).encode(), format="pdf", pdf_standards=standards, timestamp=at
    )


def by_reportlab(dice):
    out = io.BytesIO()
    page = canvas.Canvas(out, pageCompression=dice.randint(0, 1), invariant=1)
    for _ in range(dice.randint(1, 4)):
        page.drawString(72, 720, words(dice, 8))
        page.linkURL("https://www.bps.go.id", (72, 700, 200, 712))
        page.bookmarkPage("a")
        page.showPage()
    page.save()
    return out.getvalue()


def by_fpdf(dice):
    pdf = fpdf.FPDF()
    pdf.set_title(words(dice, 4))
    for _ in range(dice.randint(1, 3)):
        pdf.add_page()
        pdf.set_font("Helvetica", size=12)
        pdf.multi_cell(0, 8, words(dice))
    if dice.randint(0, 1):
        pdf.image(Image.open(io.BytesIO(jpeg(60, 40))), w=60)
    return bytes(pdf.output())


def by_img2pdf(dice):
    # a scan: one picture a page
    side = dice.randint(40, 400)
    return img2pdf.convert([jpeg(side, side + 10, dice) for _ in range(dice.randint(1, 3))])


def by_pillow(dice):
    pages = [picture(200, 280, dice) for _ in range(dice.randint(1, 3))]
    out = io.BytesIO()
    pages[0].save(out, "PDF", save_all=True, append_images=pages[1:], resolution=72)
    return out.getvalue()


def by_segno(dice):
    out = io.BytesIO()
    segno.make(words(dice, 5)).save(out, kind="pdf", compresslevel=dice.randint(0, 9))
    return out.getvalue()


def by_pikepdf(dice):
    modes = pikepdf.ObjectStreamMode
    with pikepdf.open(io.BytesIO(dice.choice(PLAIN)(dice))) as pdf:
        out = io.BytesIO()
        pdf.save(
            out,
            linearize=bool(dice.randint(0, 1)),
            object_stream_mode=dice.choice([modes.disable, modes.generate]),
        )
    return out.getvalue()


def by_pdfium(dice):
    pdf = pypdfium2.PdfDocument(dice.choice(PLAIN)(dice))
    out = io.BytesIO()
    pdf.save(out)
    pdf.close()
    return out.getvalue()


def by_pypdf(dice):
    writer = pypdf.PdfWriter()
    for _ in range(dice.randint(1, 3)):
        writer.append(io.BytesIO(dice.choice(PLAIN)(dice)))
    return written(writer)


def by_pypdf_in_two_revisions(dice):
    writer = pypdf.PdfWriter(io.BytesIO(by_reportlab(dice)), incremental=True)
    writer.add_metadata({"/Keywords": words(dice, 3)})
    return written(writer)


PLAIN = (by_reportlab, by_fpdf, by_img2pdf, by_pillow, by_segno)


def written(writer):
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def picture(width=60, height=40, dice=None, mode="RGB"):
    dice = dice or random.Random(0)
    small = Image.frombytes("RGB", (8, 8), dice.randbytes(192))
    return small.resize((width, height)).convert(mode)


def jpeg(width=60, height=40, dice=None, mode="RGB", **how):
    out = io.BytesIO()
    picture(width, height, dice, mode).save(out, "JPEG", **how)
    return out.getvalue()


def png(width=60, height=40, dice=None, mode="RGB", **how):
    out = io.BytesIO()
    picture(width, height, dice, mode).save(out, "PNG", **how)
    return out.getvalue()


def located():
    exif = Image.Exif()
    exif[0x010F] = "Kamera"
    exif.get_ifd(0x8825)[1] = "S"
    return exif


def turned():
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Kamera"
    return exif


def by_camera(dice):
    how = {"quality": dice.randint(30, 95), "progressive": bool(dice.randint(0, 1))}
    data = jpeg(dice.randint(9, 500), dice.randint(9, 500), dice, exif=turned(), **how)
    # Samsung's notes, a second picture for bright screens, the film of a moving photo
    tails = (b"", b"\0\0\x01\x0a\x0e\0\0\0Image_UTC_Data1700000000SEFHk\0\0\0SEFT",
             jpeg(20, 20, dice), b"\0\0\0\x18ftypmp42" + dice.randbytes(900))  # fmt: skip
    return data + dice.choice(tails)


def by_scanner(dice):
    mode = dice.choice(["L", "RGB", "1"])
    make = jpeg if mode != "1" and dice.randint(0, 1) else png
    return make(dice.randint(100, 900), dice.randint(100, 900), dice, mode, dpi=(300, 300))


def by_screenshot(dice):
    mode = dice.choice(["RGBA", "P", "RGB", "LA"])
    return png(dice.randint(9, 700), dice.randint(9, 700), dice, mode, optimize=True)


HONEST = {
    "typst.pdf": by_typst,
    "reportlab.pdf": by_reportlab,
    "fpdf2.pdf": by_fpdf,
    "img2pdf.pdf": by_img2pdf,
    "pillow.pdf": by_pillow,
    "segno.pdf": by_segno,
    "qpdf.pdf": by_pikepdf,
    "pdfium.pdf": by_pdfium,
    "pypdf.pdf": by_pypdf,
    "two-revisions.pdf": by_pypdf_in_two_revisions,
    "camera.jpg": by_camera,
    "scanner": by_scanner,
    "screenshot.png": by_screenshot,
}
"""Producers of honest files: each takes dice and gives bytes."""


def honest(count):
    """Yield name and bytes of ``count`` honest files."""
    for n in range(count):
        name, make = list(HONEST.items())[n % len(HONEST)]
        data = make(random.Random(n))
        if "." not in name:
            name += ".png" if data.startswith(b"\x89") else ".jpg"
        yield f"{n}-{name}", data


# --- what a hostile PDF carries -----------------------------------------------------------------


def action(kind, **more):
    values = {NameObject(f"/{k}"): TextStringObject(v) for k, v in more.items()}
    return DictionaryObject({NameObject("/S"): NameObject(kind), **values})


def entry(**values):
    return DictionaryObject({NameObject(f"/{k}"): v for k, v in values.items()})


SCRIPT = action("/JavaScript", JS="app.alert(1)")


def opens(what):
    return lambda writer: writer._root_object.update({NameObject("/OpenAction"): what})


def in_root(**values):
    return lambda writer: writer._root_object.update(entry(**values))


def in_page(**values):
    return lambda writer: writer.pages[0].update(entry(**values))


def hidden(what):
    return lambda writer: writer._add_object(what)


def annotated(**values):
    note = entry(Type=NameObject("/Annot"), Rect=RectangleObject((0, 0, 9, 9)), **values)
    return lambda writer: writer.pages[0].update(
        {NameObject("/Annots"): ArrayObject([writer._add_object(note)])}
    )


def attached(writer):
    writer.add_attachment("a.exe", b"MZ")


def external(writer):
    stream = StreamObject()
    stream.set_data(b"")
    stream[NameObject("/F")] = TextStringObject("//host/share/x")
    writer._add_object(stream)


ACTIVE = {
    "script-on-open": opens(SCRIPT),
    "script-hidden": hidden(SCRIPT),
    "script-named": in_root(Names=entry(JavaScript=entry(Names=ArrayObject()))),
    "script-in-link": annotated(Subtype=NameObject("/Link"), A=SCRIPT),
    "script-on-page": in_page(AA=entry(O=SCRIPT)),
    "launch": opens(action("/Launch", F="cmd.exe")),
    "submit-form": opens(action("/SubmitForm", F="https://example.org")),
    "import-data": opens(action("/ImportData", F="x.fdf")),
    "go-to-remote": opens(action("/GoToR", F="//host/share/x.pdf")),
    "go-to-embedded": opens(action("/GoToE", F="x.pdf")),
    "calls-home": opens(action("/URI", URI="https://example.org/?opened")),
    "automatic": in_root(AA=entry()),
    "xfa": in_root(AcroForm=entry(XFA=ArrayObject())),
    "rendition": annotated(Subtype=NameObject("/Screen"), A=action("/Rendition", N="x")),
    "rich-media": annotated(Subtype=NameObject("/RichMedia")),
    "movie": annotated(Subtype=NameObject("/Movie")),
    "sound": opens(action("/Sound")),
    "three-d": annotated(Subtype=NameObject("/3D")),
    "attachment": attached,
    "attached-note": annotated(Subtype=NameObject("/FileAttachment")),
    "portfolio": in_root(Collection=entry()),
    "external-stream": external,
}


def carrying(dice, payload):
    """Return an honest PDF with ``payload`` put in, written in one of several ways."""
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(dice.choice(PLAIN)(dice)))
    payload(writer)
    data = written(writer)
    way = dice.randrange(4)
    if way == 1:  # packed: the words no longer stand in the bytes
        with pikepdf.open(io.BytesIO(data)) as pdf:
            out = io.BytesIO()
            pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        # qpdf drops what nothing points to; then the plain writing stays
        return data if b"hidden" in data or len(out.getvalue()) < 200 else packed(data)
    if way == 2:  # names written with #xx
        for name in (b"/JavaScript", b"/Launch", b"/SubmitForm", b"/XFA", b"/GoToR", b"/AA"):
            data = data.replace(name + b" ", b"/#%02x" % name[1] + name[2:] + b" ")
            data = data.replace(name + b"\n", b"/#%02x" % name[1] + name[2:] + b"\n")
    if way == 3:
        data += b"\n%" + b"y" * dice.randrange(900)
    return data


def in_an_old_revision(dice):
    # overwritten by a later revision: a viewer that shows what was signed runs it still
    data = raw(ROOT[:-2] + b"/OpenAction 5 0 R>>", PAGES, page(), stream(b""),
               b"<</S/J#61vaScript/J%d 1>>" % dice.randint(0, 9))  # fmt: skip
    before, place = data.rindex(b"xref\n0"), len(data)
    row = b"5 0 obj\n<</S/GoTo/D[3 0 R/Fit]>>\nendobj\n"
    table = b"xref\n5 1\n%010d 00000 n \ntrailer\n<</Size 6/Root 1 0 R/Prev %d>>\n" % (
        place,
        before,
    )
    return data + row + table + b"startxref\n%d\n%%%%EOF\n" % (place + len(row))


def packed(data):
    """Return ``data`` with all its objects in one compressed object stream."""
    reader = pypdf.PdfReader(io.BytesIO(data))
    numbers = sorted(n for row in reader.xref.values() for n in row if n)
    bodies, kept = [], []
    for number in numbers:
        item = reader.get_object(number)
        if isinstance(item, StreamObject) or item is None:
            kept.append(number)
            continue
        body = io.BytesIO()
        item.write_to_stream(body)
        bodies.append((number, body.getvalue()))
    head, place = b"", 0
    for number, body in bodies:
        head += b"%d %d " % (number, place)
        place += len(body) + 1
    stream = zlib.compress(head + b"\n".join(body for _, body in bodies))
    out = io.BytesIO(b"%PDF-1.7\n")
    out.seek(0, io.SEEK_END)
    rows = {}
    for number in kept:
        item = reader.get_object(number)
        if item is None:
            continue
        rows[number] = struct.pack(">BIH", 1, out.tell(), 0)
        out.write(b"%d 0 obj\n" % number)
        item.write_to_stream(out)
        out.write(b"\nendobj\n")
    holder = max(numbers) + 1
    rows[holder] = struct.pack(">BIH", 1, out.tell(), 0)
    out.write(b"%d 0 obj\n<</Type/ObjStm/N %d/First %d/Length %d/Filter/FlateDecode>>stream\n"
              % (holder, len(bodies), len(head), len(stream)))  # fmt: skip
    out.write(stream + b"\nendstream\nendobj\n")
    for index, (number, _) in enumerate(bodies):
        rows[number] = struct.pack(">BIH", 2, holder, index)
    start = out.tell()
    rows[holder + 1] = struct.pack(">BIH", 1, start, 0)
    table = b"".join(rows.get(n, bytes(7)) for n in range(holder + 2))
    root = reader.trailer.raw_get("/Root").idnum
    out.write(b"%d 0 obj\n<</Type/XRef/Size %d/W[1 4 2]/Root %d 0 R/Length %d>>stream\n"
              % (holder + 1, holder + 2, root, len(table)))  # fmt: skip
    out.write(table + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % start)
    return out.getvalue()


# --- bombs and broken structures ----------------------------------------------------------------


def raw(*objects, trailer=b""):
    """Return a PDF of these objects, numbered from 1; the first is the root."""
    out, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return out + b"xref\n0 %d\n0000000000 65535 f \n" % size + table + (
        b"trailer\n<</Size %d/Root 1 0 R" % size + trailer
        + b">>\nstartxref\n%d\n%%%%EOF\n" % len(out)
    )  # fmt: skip


ROOT = b"<</Type/Catalog/Pages 2 0 R>>"
PAGES = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"


def stream(data, more=b""):
    return b"<<" + more + b"/Length %d>>stream\n" % len(data) + data + b"\nendstream"


def page(more=b""):
    return b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R" + more + b">>"


def flate_bomb(dice, megabytes=0):
    data = zlib.compress(bytes((megabytes or dice.randint(100, 300)) * 1_000_000), 1)
    return raw(ROOT, PAGES, page(), stream(data, b"/Filter/FlateDecode"))


def nested_flate_bomb(dice):
    data = bytes(80_000_000)
    layers = dice.randint(2, 4)
    for _ in range(layers):
        data = zlib.compress(data, 1)
    filters = b"/Filter[" + b"/FlateDecode" * layers + b"]"
    return raw(ROOT, PAGES, page(), stream(data, filters))


def run_length_bomb(dice):
    data = b"\x81 " * dice.randint(700_000, 900_000) + b"\x80"
    data = zlib.compress(data)
    return raw(ROOT, PAGES, page(), stream(data, b"/Filter[/FlateDecode/RunLengthDecode]"))


def pixels_in_pdf(dice):
    size = b"/Width %d/Height %d" % (dice.randint(20_000, 90_000), dice.randint(20_000, 90_000))
    image = stream(zlib.compress(bytes(999)), b"/Type/XObject/Subtype/Image/Filter/FlateDecode"
                   b"/ColorSpace/DeviceRGB/BitsPerComponent 8" + size)  # fmt: skip
    return raw(ROOT, PAGES, page(b"/Resources<</XObject<</I 5 0 R>>>>"), stream(b"/I Do"), image)


def object_stream_bomb(dice):
    data = zlib.compress(b"5 0 " + bytes(dice.randint(100, 300) * 1_000_000), 1)
    rows = b"".join((
        struct.pack(">BIH", 0, 0, 0), struct.pack(">BIH", 1, 9, 0),
    ))  # fmt: skip
    out = b"%PDF-1.7\n"
    first = out + b"1 0 obj\n" + stream(data, b"/Type/ObjStm/N 1/First 4/Filter/FlateDecode")
    first += b"\nendobj\n"
    rows += struct.pack(">BIH", 2, 1, 0) + struct.pack(">BIH", 1, len(first), 0)
    last = b"3 0 obj\n" + stream(rows, b"/Type/XRef/Size 4/W[1 4 2]/Root 2 0 R")
    return first + last + b"\nendobj\nstartxref\n%d\n%%%%EOF\n" % len(first)


def nested_arrays(dice):
    depth = dice.randint(50_000, 150_000)
    return raw(ROOT[:-2] + b"/X " + b"[" * depth + b"]" * depth + b">>", PAGES, page(), stream(b""))


def nested_dictionaries(dice):
    depth = dice.randint(20_000, 60_000)
    return raw(ROOT[:-2] + b"/X " + b"<</X " * depth + b"1" + b">>" * depth + b">>", PAGES, page(),
               stream(b""))  # fmt: skip


def cyclic_pages(dice):
    kids = b"2 0 R " * dice.randint(1, 30)
    return raw(ROOT, b"<</Type/Pages/Kids[" + kids + b"]/Count 1>>")


def cyclic_parents(dice):
    # a ring of page nodes
    size = dice.randint(2, 20)
    nodes = [b"<</Type/Pages/Count 1/Kids[%d 0 R]>>" % (3 + n % size) for n in range(1, size + 1)]
    return raw(ROOT, b"<</Type/Pages/Kids[3 0 R]/Count 1>>", *nodes)


def deep_pages(dice):
    depth = dice.randint(2_000, 6_000)
    nodes = [b"<</Type/Pages/Count 1/Kids[%d 0 R]>>" % (n + 3) for n in range(depth)]
    return raw(ROOT, *nodes, b"<</Type/Page/MediaBox[0 0 9 9]>>")


def laughing_forms(dice):
    # forms that draw forms that draw forms: ten times as many at each level
    levels = dice.randint(8, 12)
    out = []
    for n in range(levels):
        more = b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]"
        if n + 1 < levels:
            more += b"/Resources<</XObject<</X %d 0 R>>>>" % (6 + n)
        out.append(stream(b"/X Do " * 10 if n + 1 < levels else b"BT (ha) Tj ET", more))
    return raw(ROOT, PAGES, page(b"/Resources<</XObject<</X 5 0 R>>>>"), stream(b"/X Do " * 10),
               *out)  # fmt: skip


def looping_previous(dice):
    data = raw(ROOT, PAGES, page(), stream(b""))
    place = data.index(b"xref\n0")
    loop = b"/Prev %010d" % place
    return data.replace(b"/Root 1 0 R", b"/Root 9 0 R" + loop + b" " * dice.randint(0, 9))


def wide_map(dice):
    top = dice.randint(0x7FFFFFF, 0xFFFFFFF)
    table = b"begincmap 1 beginbfrange <0000000> <%07x> <0041> endbfrange endcmap" % top
    font = FONT[:-2] + b"/ToUnicode 6 0 R>>"
    return raw(ROOT, PAGES, page(b"/Resources<</Font<</F 5 0 R>>>>"),
               stream(b"BT /F 9 Tf (a) Tj ET"), font, stream(table))  # fmt: skip


def endless_text(dice):
    data = zlib.compress(b"BT /F 9 Tf " + b"(a) Tj " * dice.randint(3_000_000, 5_000_000) + b"ET")
    return raw(ROOT, PAGES, page(b"/Resources<</Font<</F 5 0 R>>>>"),
               stream(data, b"/Filter/FlateDecode"), FONT)  # fmt: skip


def drawn(data, more=b""):
    font = b"/Resources<</Font<</F 5 0 R>>>>"
    return raw(ROOT, PAGES, page(font), stream(data, more), FONT)


def many_filters(dice):
    return drawn(b"00>", b"/Filter[" + b"/ASCIIHexDecode" * dice.randint(50, 200) + b"]")


def false_length(dice):
    data = drawn(b"BT /F 9 Tf (a) Tj ET")
    return data.replace(b"/Length 20", b"/Length %d" % dice.randint(10**9, 2 * 10**9))


def table_flood(dice):
    return drawn(b"").replace(b"xref\n0 6", b"xref\n0 %d" % dice.randint(10**8, 10**9))


def predictor_bomb(dice):
    data = zlib.compress(bytes(dice.randint(10, 20) * 1_000_000))
    return drawn(data, b"/Filter/FlateDecode/DecodeParms<</Predictor 12/Columns 1>>")


def wide_predictor(dice):
    wide = dice.randint(10**8, 2 * 10**9)
    more = b"/Filter/FlateDecode/DecodeParms<</Predictor 12/Columns %d>>" % wide
    return drawn(zlib.compress(bytes(999)), more)


def ascii_bomb(dice):
    data = zlib.compress(b"z" * dice.randint(20_000_000, 40_000_000))
    return drawn(data, b"/Filter[/FlateDecode/ASCII85Decode]")


def page_flood(dice):
    kids = b"3 0 R " * dice.randint(300_000, 600_000)
    return raw(ROOT, b"<</Type/Pages/Count 1/Kids[" + kids + b"]>>", page(), stream(b""))


def width_flood(dice):
    top = dice.randint(10**8, 10**9)
    font = b"<</Type/Font/Subtype/Type0/Encoding/Identity-H/DescendantFonts[6 0 R]>>"
    inner = b"<</Type/Font/Subtype/CIDFontType2/W[0 %d 5]>>" % top
    return raw(ROOT, PAGES, page(b"/Resources<</Font<</F 5 0 R>>>>"),
               stream(b"BT /F 9 Tf (a) Tj ET"), font, inner)  # fmt: skip


def long_name(dice):
    name = b"/" + b"A" * dice.randint(2_000_000, 6_000_000)
    return raw(ROOT[:-2] + name + b" 1>>", PAGES, page(), stream(b""))


def own_length(dice):
    length = b"<</Length 4 0 R%s>>stream\nx\nendstream" % (b" " * dice.randint(0, 99))
    return raw(ROOT, PAGES, page(), length)


def late_head(dice):
    return b" " * dice.randint(1_025, 3_000) + by_fpdf(dice)


def open_brackets(dice):
    return drawn(b"BT " + b"(" * dice.randint(1_000_000, 3_000_000))


def remarks(dice):
    return b"%PDF-1.7\n" + b"%x\n" * dice.randint(300_000, 900_000) + by_fpdf(dice)


def no_pages(dice):
    return raw(ROOT, b"<</Type/Pages/Kids[]/Count %d>>" % dice.randint(0, 9))


def cut(dice):
    data = dice.choice((*PLAIN, by_typst))(dice)
    return data[: int(len(data) * dice.uniform(0.2, 0.8))]


def only_a_head(dice):
    return b"%%PDF-1.%d\n" % dice.randint(0, 7) + b"%" + words(dice).encode()


def locked(dice):
    algorithm = dice.choice(["RC4-128", "AES-128", "AES-256"])

    def lock(writer):
        writer.encrypt("rahasia", algorithm=algorithm)

    writer = pypdf.PdfWriter(clone_from=io.BytesIO(dice.choice(PLAIN)(dice)))
    lock(writer)
    return written(writer)


def restricted(dice, payload=lambda writer: None):
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(dice.choice(PLAIN)(dice)))
    payload(writer)
    writer.encrypt("", "pemilik", algorithm=dice.choice(["RC4-128", "AES-128", "AES-256"]))
    return written(writer)


# --- pictures, archives, and what claims to be one ----------------------------------------------


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_flood(dice):
    width, height = dice.randint(20_000, 2**31 - 1), dice.randint(20_000, 2**31 - 1)
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(999)))
        + chunk(b"IEND", b"")
    )  # fmt: skip


def jpeg_flood(dice):
    data = jpeg(60, 40, dice)
    place = data.index(b"\xff\xc0")
    size = struct.pack(">HH", dice.randint(20_000, 65_535), dice.randint(20_000, 65_535))
    return data[: place + 5] + size + data[place + 9 :]


def png_cut(dice):
    data = png(90, 90, dice)
    return data[: dice.randint(60, len(data) - 5)]


def png_spoilt(dice):
    data = bytearray(png(90, 90, dice))
    data[dice.randint(60, len(data) - 20)] ^= 0xFF
    return bytes(data)


def jpeg_cut(dice):
    data = jpeg(90, 90, dice)
    return data[: dice.randint(200, len(data) - 3)]


def jpeg_without_frame(dice):
    return b"\xff\xd8\xff\xe0\0\x10JFIF\0" + bytes(dice.randint(9, 90)) + b"\xff\xd9"


def php_in_png(dice):
    data = png(60, 40, dice)
    place = data.index(b"IEND") - 4
    code = b"<?php system($_GET[%d]);?>" % dice.randint(0, 9)
    return data[:place] + chunk(b"tEXt", b"Comment\0" + code) + data[place:]


def script_in_jpeg(dice):
    data = jpeg(60, 40, dice)
    text = b"<script>alert(%d)</script>" % dice.randint(0, 99)
    return data[:2] + b"\xff\xfe" + struct.pack(">H", len(text) + 2) + text + data[2:]


def html(dice):
    return b"<!doctype html><title>x</title><script>alert(%d)</script>" % dice.randint(0, 99)


def svg(dice):
    return b"\xef\xbb\xbf <svg xmlns='http://www.w3.org/2000/svg' onload='x(%d)'/>" % dice.randint(
        0, 99
    )


def program(dice):
    head = dice.choice([b"MZ", b"\x7fELF", b"#!/bin/sh\nrm -rf /\n", b"\xca\xfe\xba\xbe"])
    return head + dice.randbytes(500)


def noise(dice):
    return b"\xff\x00" + dice.randbytes(dice.randint(1, 3_000))


def zipped(*parts, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method, compresslevel=1) as archive:
        for name, data in parts:
            archive.writestr(name, data)
    return out.getvalue()


def zip_slip(dice):
    up = dice.choice(["../" * dice.randint(1, 9), "..\\..\\", "/", "C:/", "a/../../"])
    return zipped(("ok.txt", b"x"), (f"{up}etc/cron.d/x", b"x"))


def zip_link(dice):
    link = zipfile.ZipInfo("masuk")
    link.external_attr = 0o120777 << 16
    return zipped((link, b"/etc"), (f"masuk/passwd{dice.randint(0, 99)}", b"x"))


def zip_bomb(dice):
    return zipped(("a", bytes(dice.randint(201, 260) * 1_000_000)))


def zip_of_many(dice):
    return zipped(*((f"{n}", b"") for n in range(dice.randint(10_001, 12_000))))


def word(*more):
    text = docx.Document()
    text.add_paragraph("Surat permintaan data")
    out = io.BytesIO()
    text.save(out)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, data in more:
            archive.writestr(name, data)
    return out.getvalue()


def sheet(*more):
    return zipped(("[Content_Types].xml", b"<Types/>"), ("xl/workbook.xml", b"<workbook/>"), *more)


def office_bomb(dice):
    part = ("word/media/a.xml", bytes(dice.randint(201, 260) * 1_000_000))
    return word(part) if dice.randint(0, 1) else sheet(part)


def macro(dice):
    return word(("word/vbaProject.bin", dice.randbytes(99)))


def locked_zip(dice):
    data = bytearray(zipped(("a.txt", dice.randbytes(50))))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + place] |= 1
    return bytes(data)


def pdf_and_zip(dice):
    return dice.choice(PLAIN)(dice) + zipped(("a.class", dice.randbytes(99)))


def pdf_and_html(dice):
    return html(dice) + dice.choice(PLAIN)(dice)


def pdf_and_program(dice):
    return program(dice)[: dice.randint(30, 500)] + dice.choice(PLAIN)(dice)


def pdf_and_picture(dice):
    return dice.choice([png, jpeg])(60, 40, dice)[: dice.randint(100, 900)] + by_fpdf(dice)


def picture_and_zip(dice):
    return dice.choice([png, jpeg])(60, 40, dice) + zipped(("a.class", dice.randbytes(99)))


def too_large(dice):
    def padded(writer):
        filler = StreamObject()
        filler.set_data(dice.randbytes(10_000_001))
        writer._add_object(filler)

    return carrying_plainly(dice, padded)


def old_word(dice):
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + dice.randbytes(900)


HOSTILE = {
    **{
        name: (functools.partial(carrying, payload=payload), {"file-active"})
        for name, payload in ACTIVE.items()
    },
    "packed-script": (lambda d: packed(carrying_plainly(d, opens(SCRIPT))), {"file-active"}),
    "script-in-old-revision": (in_an_old_revision, {"file-active"}),
    "restricted-script": (lambda d: restricted(d, opens(SCRIPT)), {"file-active"}),
    "locked": (locked, {"file-encrypted"}),
    "flate-bomb": (flate_bomb, {"file-too-big"}),
    "nested-flate-bomb": (nested_flate_bomb, {"file-too-big"}),
    "run-length-bomb": (run_length_bomb, {"file-too-big", "file-too-slow"}),
    "object-stream-bomb": (object_stream_bomb, {"file-too-big", "file-damaged"}),
    "nested-arrays": (nested_arrays, {"file-too-deep"}),
    "nested-dictionaries": (nested_dictionaries, {"file-too-deep"}),
    "cyclic-pages": (cyclic_pages, {"file-too-deep"}),
    "cyclic-parents": (cyclic_parents, {"file-too-deep"}),
    "deep-pages": (deep_pages, {"file-too-deep"}),
    "pixels-in-pdf": (pixels_in_pdf, {"file-too-big"}),
    "wide-map": (wide_map, {"file-too-big", "file-too-slow"}),
    "endless-text": (endless_text, {"file-too-slow", "file-too-big"}),
    "many-filters": (many_filters, {"file-too-big"}),
    "false-length": (false_length, {"file-too-big"}),
    "table-flood": (table_flood, {"file-too-big"}),
    "predictor-bomb": (predictor_bomb, {"file-too-slow", "file-too-big"}),
    "wide-predictor": (wide_predictor, {"file-too-big"}),
    "ascii-bomb": (ascii_bomb, {"file-too-big"}),
    "page-flood": (page_flood, {"file-too-big"}),
    "width-flood": (width_flood, {"file-too-big"}),
    "long-name": (long_name, {"file-too-big"}),
    "own-length": (own_length, {"file-too-deep"}),
    "late-head": (late_head, {"file-type"}),
    "no-pages": (no_pages, {"file-damaged"}),
    "cut": (cut, {"file-damaged"}),
    "only-a-head": (only_a_head, {"file-damaged"}),
    "png-flood": (png_flood, {"file-too-big"}),
    "jpeg-flood": (jpeg_flood, {"file-too-big"}),
    "png-cut": (png_cut, {"file-damaged"}),
    "png-spoilt": (png_spoilt, {"file-damaged"}),
    "jpeg-cut": (jpeg_cut, {"file-damaged"}),
    "jpeg-without-frame": (jpeg_without_frame, {"file-damaged"}),
    "php-in-png": (php_in_png, {"file-polyglot"}),
    "script-in-jpeg": (script_in_jpeg, {"file-polyglot"}),
    "html": (html, {"file-type"}),
    "svg": (svg, {"file-type"}),
    "program": (program, {"file-type"}),
    "noise": (noise, {"file-type"}),
    "zip-slip": (zip_slip, {"file-archive-paths"}),
    "zip-link": (zip_link, {"file-archive-paths"}),
    "zip-bomb": (zip_bomb, {"file-too-big"}),
    "zip-of-many": (zip_of_many, {"file-too-big"}),
    "office-bomb": (office_bomb, {"file-too-big"}),
    "macro": (macro, {"file-active"}),
    "locked-zip": (locked_zip, {"file-encrypted"}),
    "pdf-and-zip": (pdf_and_zip, {"file-polyglot"}),
    "pdf-and-html": (pdf_and_html, {"file-polyglot"}),
    "pdf-and-program": (pdf_and_program, {"file-polyglot"}),
    "pdf-and-picture": (pdf_and_picture, {"file-polyglot"}),
    "picture-and-zip": (picture_and_zip, {"file-polyglot"}),
    "too-large": (too_large, {"file-too-large"}),
    "old-word": (old_word, {"file-type"}),
}
"""Hostile kinds: a maker that takes dice, and the findings of which one must be there."""


def carrying_plainly(dice, payload):
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(dice.choice(PLAIN)(dice)))
    payload(writer)
    return written(writer)


# --- the table ----------------------------------------------------------------------------------

LINKED = "file-type file-archive-paths"
CORPUS = {
    # honest, by producer
    "surat-typst.pdf": (by_typst, ""),
    "surat-reportlab.pdf": (by_reportlab, ""),
    "surat-fpdf2.pdf": (by_fpdf, ""),
    "pindai-img2pdf.pdf": (by_img2pdf, ""),
    "pindai-pillow.pdf": (by_pillow, ""),
    "kode-segno.pdf": (by_segno, ""),
    "linear-qpdf.pdf": (by_pikepdf, ""),
    "simpan-pdfium.pdf": (by_pdfium, ""),
    "gabungan-pypdf.pdf": (by_pypdf, ""),
    "dua-revisi.pdf": (by_pypdf_in_two_revisions, ""),
    "baris-di-depan.pdf": (lambda d: b"\n" + by_fpdf(d), ""),
    "sisa-di-belakang.pdf": (lambda d: by_fpdf(d) + b"\n" * 50, ""),
    "dibatasi-pemilik.pdf": (restricted, "file-restricted"),
    "ktp-kamera.jpg": (by_camera, ""),
    "KTP-SAMSUNG.JPEG": (lambda d: jpeg(90, 60, d) + b"\0\0\x01\x0aImage_UTC_DataSEFHk\0SEFT", ""),
    "foto-bergerak.jpg": (lambda d: jpeg(90, 60, d) + b"\0\0\0\x18ftypmp42" + bytes(99), ""),
    "foto-progresif.jpg": (lambda d: jpeg(90, 60, d, progressive=True), ""),
    "foto-lokasi.jpg": (lambda d: jpeg(90, 60, d, exif=located()), "file-location"),
    "pindai-abu.jpg": (lambda d: jpeg(90, 60, d, "L"), ""),
    "pindai-hitam-putih.png": (lambda d: png(90, 60, d, "1"), ""),
    "tangkapan-layar.png": (by_screenshot, ""),
    "peta-lokasi.png": (lambda d: png(90, 60, d, exif=located()), "file-location"),
    # honest of the wrong kind, or oddly named
    "surat.docx": (lambda d: word(), "file-type"),
    "daftar.xlsx": (lambda d: sheet(), "file-type"),
    "surat-lama.doc": (old_word, "file-type"),
    "data.csv": (lambda d: b"a,b\n1,2\n", "file-type"),
    "surat.txt": (lambda d: words(d).encode(), "file-type"),
    "surat.rtf": (lambda d: b"{\\rtf1 surat}", "file-type"),
    "foto.heic": (lambda d: b"\0\0\0\x18ftypheic" + bytes(99), "file-type"),
    "animasi.gif": (lambda d: b"GIF89a" + bytes(30), "file-type"),
    "peta.geojson": (lambda d: b'{"type": "FeatureCollection", "features": []}', "file-type"),
    "berkas.zip": (lambda d: zipped(("a.txt", b"x")), "file-type"),
    "foto-bernama.pdf": (by_camera, "file-name-lies"),
    "../../etc/passwd.pdf": (by_fpdf, "file-name-tricks"),
    "surat\u202efdp.pdf": (by_fpdf, "file-name-tricks"),
    "surat\r\nX-Header: y.pdf": (by_fpdf, "file-name-tricks"),
    "s" * 260 + ".pdf": (by_fpdf, "file-name-long file-name-lies"),
    "kosong.pdf": (lambda d: b"", "file-empty"),
    # bad PDFs
    **{f"{name}.pdf": (HOSTILE[name][0], "file-active") for name in ACTIVE},
    "naskah-terkemas.pdf": (HOSTILE["packed-script"][0], "file-active"),
    "naskah-revisi-lama.pdf": (in_an_old_revision, "file-active"),
    "naskah-dibatasi.pdf": (HOSTILE["restricted-script"][0], "file-active file-restricted"),
    "terkunci.pdf": (locked, "file-encrypted"),
    "bom-flate.pdf": (flate_bomb, "file-too-big"),
    "bom-bertingkat.pdf": (nested_flate_bomb, "file-too-big"),
    "bom-run-length.pdf": (run_length_bomb, "file-too-big"),
    "bom-object-stream.pdf": (object_stream_bomb, "file-too-big"),
    "banjir-piksel.pdf": (pixels_in_pdf, "file-too-big"),
    "peta-huruf-lebar.pdf": (wide_map, "file-too-big"),
    "teks-tanpa-akhir.pdf": (endless_text, "file-too-slow"),
    "larik-bersarang.pdf": (nested_arrays, "file-too-deep"),
    "kamus-bersarang.pdf": (nested_dictionaries, "file-too-deep"),
    "halaman-berputar.pdf": (cyclic_pages, "file-too-deep"),
    "halaman-bercincin.pdf": (cyclic_parents, "file-too-deep"),
    "halaman-dalam.pdf": (deep_pages, "file-too-deep"),
    "saringan-beruntun.pdf": (many_filters, "file-too-big"),
    "panjang-bohong.pdf": (false_length, "file-too-big"),
    "tabel-banjir.pdf": (table_flood, "file-too-big"),
    "penduga-lebar.pdf": (wide_predictor, "file-too-big"),
    "bom-ascii85.pdf": (ascii_bomb, "file-too-big"),
    "banjir-halaman.pdf": (page_flood, "file-too-big"),
    "banjir-lebar-huruf.pdf": (width_flood, "file-too-big"),
    "nama-panjang.pdf": (long_name, "file-too-big"),
    "panjang-sendiri.pdf": (own_length, "file-too-deep"),
    "kepala-terlambat.pdf": (late_head, "file-type"),
    "tanpa-halaman.pdf": (no_pages, "file-damaged"),
    "terpotong.pdf": (cut, "file-damaged"),
    "kepala-saja.pdf": (only_a_head, "file-damaged"),
    "terlalu-besar.pdf": (too_large, "file-too-large"),
    # a viewer may suffer, this reader does not: read to the end, nothing is hidden
    "bentuk-beranak.pdf": (laughing_forms, ""),
    "tabel-berputar.pdf": (looping_previous, ""),
    "kurung-tanpa-akhir.pdf": (open_brackets, ""),
    "sejuta-catatan.pdf": (remarks, ""),
    # bad pictures
    "banjir.png": (png_flood, "file-too-big"),
    "banjir.jpg": (jpeg_flood, "file-too-big"),
    "terpotong.png": (png_cut, "file-damaged"),
    "rusak.png": (png_spoilt, "file-damaged"),
    "terpotong.jpg": (jpeg_cut, "file-damaged"),
    "tanpa-bingkai.jpg": (jpeg_without_frame, "file-damaged"),
    # one file, two kinds
    "php.png": (php_in_png, "file-polyglot"),
    "naskah.jpg": (script_in_jpeg, "file-polyglot"),
    "pdf-zip.pdf": (pdf_and_zip, "file-polyglot"),
    "html-pdf.pdf": (pdf_and_html, "file-polyglot"),
    "program-pdf.pdf": (pdf_and_program, "file-polyglot"),
    "gambar-pdf.pdf": (pdf_and_picture, "file-polyglot"),
    # no scan at all, whatever the name says
    "html.png": (html, "file-type"),
    "svg.png": (svg, "file-type"),
    "program.pdf": (program, "file-type"),
    "derau.pdf": (noise, "file-type"),
    "keluar-folder.zip": (zip_slip, LINKED),
    "tautan.zip": (zip_link, LINKED),
    "bom.zip": (zip_bomb, "file-type file-too-big"),
    "ribuan.zip": (zip_of_many, "file-type file-too-big"),
    "terkunci.zip": (locked_zip, "file-type file-encrypted"),
    "bom.docx": (office_bomb, "file-type file-too-big"),
    "makro.docx": (macro, "file-type file-active"),
}
"""By the name it is uploaded under: a maker that takes dice, and exactly the findings it gives."""
