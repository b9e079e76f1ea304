"""The products of a demonstration as real files: invented contents, true sizes.

The price is counted from pages and bytes, so the files have just those pages and bytes.
"""

from __future__ import annotations

import io
import json
import random

from pst_core.tariff import Map, Microdata, Product, Publication

__all__ = ["product_file"]

_HEADER = "psu,strata,nomor_rt,bobot,anggota_rt,pengeluaran_pangan,pengeluaran_bukan_pangan\n"
_MARK = "# Data rekaan untuk peragaan, bukan hasil survei.\n"


def product_file(product: Product, seed: int) -> tuple[str, bytes]:
    """Return name and bytes of an invented file that is what ``product`` says."""
    if isinstance(product, Publication):
        return _name(product.title, "pdf"), _publication(product)
    if isinstance(product, Microdata):
        return _name(product.title, "csv"), _microdata(product.bytes, seed)
    return _name(product.title, "geojson"), _map(product, seed)


def _name(title: str, ending: str) -> str:
    plain = "".join(c if c.isalnum() and c.isascii() else "-" for c in title.lower())
    return "-".join(part for part in plain.split("-") if part) + f".{ending}"


def _publication(product: Publication) -> bytes:
    from pypdf import PdfReader, PdfWriter

    from pst_adapters.pdf.plain import plain_page

    # one page is typeset and repeated: a publication of 1,000 pages must not take a minute
    page = PdfReader(io.BytesIO(plain_page(product.title, _MARK.strip("# \n")))).pages[0]
    writer = PdfWriter()
    for _ in range(product.pages):
        writer.add_page(page)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _microdata(size: int, seed: int) -> bytes:
    dice = random.Random(seed)  # noqa: S311 - invented data
    rows = [
        f"{dice.randrange(1000, 9999)},{dice.randrange(1, 9)},{n},{dice.randrange(50, 400)},"
        f"{dice.randrange(1, 9)},{dice.randrange(200, 3000)}000,{dice.randrange(99, 4000)}000\n"
        for n in range(500)
    ]
    block = "".join(rows).encode()
    head = (_MARK + _HEADER).encode()
    if size <= len(head):
        return head[:size]
    body = block * ((size - len(head)) // len(block) + 1)
    whole = body[: body.rfind(b"\n", 0, size - len(head)) + 1]
    # the price is counted to the byte, but no row is cut: the remark is as long as it must be
    return head.replace(b"\n", b" " * (size - len(head) - len(whole)) + b"\n", 1) + whole


def _map(product: Map, seed: int) -> bytes:
    dice = random.Random(seed)  # noqa: S311
    features = [
        {
            "type": "Feature",
            "properties": {"nama": f"Desa rekaan {n + 1}", "lembar": n % product.sheets + 1},
            "geometry": {
                "type": "Polygon",
                "coordinates": [_square(111 + dice.random() / 2, -6.6 - dice.random() / 2)],
            },
        }
        for n in range(30)
    ]
    return json.dumps(
        {"type": "FeatureCollection", "name": product.title, "features": features}, indent=1
    ).encode()


def _square(x: float, y: float) -> list[list[float]]:
    corners = ((0, 0), (0.03, 0), (0.03, 0.03), (0, 0.03), (0, 0))
    return [[round(x + dx, 5), round(y + dy, 5)] for dx, dy in corners]
