"""What people bring and buy: products, prices, applicants, forms, files."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any, cast

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from ...documents import Abstraction, FileFacts, RequestForm, SignatureFacts
from ...documents.asker import Segment
from ...office import Office
from ...request.state import Applicant
from ...tariff import Map, Microdata, Product, Publication, Quote
from ...text import Text
from ...workflow import Actor, Role

__all__ = [
    "GivenFile",
    "abstractions",
    "actors",
    "applicants",
    "baskets",
    "file_facts",
    "files",
    "forms",
    "maps",
    "microdata",
    "products",
    "publications",
    "quotes",
    "texts",
]

_TITLES = st.sampled_from([
    "Dalam Angka", "Susenas Maret", "Statistik Daerah – triwulan I",
    "Podes «final»", "Neraca & Indeks",
])  # fmt: skip
_NAMES = st.sampled_from(
    ["Siti Rahmawati", "Budi", "I Gusti Ayu Ngurah", "Maulana, S.Si.", "José Ñuñez"]
)
_WORDS = st.sampled_from(["Penelitian", "Skripsi tentang kemiskinan", "Rencana daerah 2027"])
_REGION = "Jawa Tengah"
_YEARS = st.integers(2015, 2026).map(str)

# -- what is bought ---------------------------------------------------------------------------


def publications(max_pages: int = 5_000) -> SearchStrategy[Publication]:
    """Give publications (P1) of one page and more."""
    return st.builds(Publication, _TITLES, pages=_sizes(max_pages, 50))


def microdata(max_bytes: int = 3 * 10**9) -> SearchStrategy[Microdata]:
    """Give datasets (P2) of one byte and more, and tables tabulated from one."""
    return st.builds(
        Microdata, _TITLES, bytes=_sizes(max_bytes, 10**6), processed=st.booleans()
    )  # fmt: skip


def maps(max_sheets: int = 600) -> SearchStrategy[Map]:
    """Give maps (P3) of either extent and level."""
    return st.builds(
        Map,
        st.just(f"Wilkerstat {_REGION}"),
        extent=st.sampled_from(["regency", "national"]),
        level=st.sampled_from(["village", "district"]),
        sheets=_sizes(max_sheets, 1),
    )


def _sizes(most: int, edge: int) -> SearchStrategy[int]:
    """Give sizes, those around the edges of the annex often."""
    edges = sorted({n for m in (1, 2) for n in (edge * m - 1, edge * m, edge * m + 1) if n > 0})
    return st.integers(1, most) | st.sampled_from([n for n in edges if n <= most])


def products() -> SearchStrategy[Product]:
    """Give products of every kind."""
    return st.one_of(publications(), microdata(), maps())


def baskets(
    min_size: int = 1, max_size: int = 4, of: SearchStrategy[Product] | None = None
) -> SearchStrategy[tuple[Product, ...]]:
    """Give what somebody may buy in one request; ``of``: these products only."""
    return st.lists(products() if of is None else of, min_size=min_size, max_size=max_size).map(
        tuple
    )


def quotes(office: Office | None = None) -> SearchStrategy[Quote]:
    """Give prices (C1) of baskets by the tariff of ``office`` (3317), on days it is in force."""
    house = office or Office.load("3317")
    days = st.dates(dt.date(2024, 4, 1), dt.date(2027, 12, 31))
    return st.builds(lambda basket, day: house.quote(basket, on=day), baskets(), days)


# -- who asks, and for what ---------------------------------------------------------------------


def texts() -> SearchStrategy[Text]:
    """Give words in both languages; neither is empty."""
    said = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=40)
    return st.builds(Text, id=said, en=said)


def actors(role: Role | None = None) -> SearchStrategy[Actor]:
    """Give people as a host knows them, of any role or one."""
    roles = st.sampled_from(list(Role)) if role is None else st.just(role)
    return st.builds(Actor, st.integers(1, 999).map("orang-{}".format), roles, _NAMES)


def applicants(
    segment: Segment | None = None, *, abroad: bool | None = None
) -> SearchStrategy[Applicant]:
    """Give applicants of every segment, at home and abroad, each with an address in order."""
    return st.builds(
        Applicant,
        st.integers(1, 999).map("warga-{}".format),
        _NAMES,
        st.sampled_from(["siti@example.org", "budi.s+pst@kampus.example.ac.id"]),
        phone=st.sampled_from(["", "+628123456789"]),
        institution=st.sampled_from(["", "Universitas"]),
        address=st.sampled_from(["", "Semarang"]),
        segment=st.sampled_from(Segment) if segment is None else st.just(segment),
        abroad=st.booleans() if abroad is None else st.just(abroad),
        lang=st.sampled_from(["id", "en"]),
    )


@st.composite
def forms(draw: st.DrawFn, basket: tuple[Product, ...]) -> tuple[RequestForm, ...]:
    """Give complete request forms (S9), one for each kind of product in ``basket``.

    All speak of one region, that of the maps.
    """
    year, purpose = draw(_YEARS), draw(_WORDS)
    return tuple(
        RequestForm(
            kind=cast("Any", product.kind),
            title=product.title,
            purpose=purpose,
            period=year,
            region=_REGION,
            variables=tuple(draw(st.lists(st.sampled_from(["R101", "R102"]), max_size=2))),
        )
        for product in {product.kind: product for product in basket}.values()
    )


def abstractions(
    basket: tuple[Product, ...], said: tuple[RequestForm, ...] = ()
) -> SearchStrategy[Abstraction]:
    """Give abstractions of data use (S10) that ask for just what is in ``basket``.

    ``said``: the forms beside it, whose period it must not differ from.
    """
    asked = tuple(p.title for p in basket if not isinstance(p, Publication))
    return st.builds(
        Abstraction,
        title=_WORDS,
        institution=st.just("Universitas"),
        purpose=_WORDS,
        method=st.just("Analisis berbobot"),
        data_asked=st.just(asked),
        period=st.just(said[0].period) if said else _YEARS,
        region=st.just(_REGION),
        outputs=st.just("Artikel; hanya angka agregat"),
    )


# -- files --------------------------------------------------------------------------------------

_FAULTS: tuple[dict[str, object], ...] = (
    {"bytes": 0},
    {"media_type": "application/octet-stream"},
    {"problem": "damaged"},
    {"encrypted": True},
    {"active_content": ("javascript",)},
    {"looks_also_like": ("application/zip",)},
)


@attrs.frozen
class GivenFile:
    """A file as it is uploaded, and what a reader must find in it."""

    name: str
    content: bytes = attrs.field(repr=False)
    media_type: str
    pages: int | None = None

    @property
    def facts(self) -> FileFacts:
        """What is true of it: a reader of your own must say the same."""
        digest = hashlib.sha256(self.content).hexdigest()
        return FileFacts(self.name, len(self.content), digest, self.media_type, pages=self.pages)


def files() -> SearchStrategy[GivenFile]:
    """Give real files in order: PDFs of one to five pages, and CSV tables of numbers."""
    return st.one_of(
        st.builds(_pdf, _names(".pdf"), st.integers(1, 5)),
        st.builds(
            _csv,
            _names(".csv"),
            st.lists(st.tuples(*[st.integers(0, 99)] * 3), min_size=1, max_size=5),
        ),
    )


def file_facts(*, in_order: bool = True) -> SearchStrategy[FileFacts]:
    """Give what is known of PDF files; ``in_order=False``: each with one fault that refuses it."""
    good = st.builds(
        lambda name, pages, signed: attrs.evolve(
            _pdf(name, pages).facts,
            signatures=(SignatureFacts("Siti Rahmawati", True, True, True),) if signed else (),
        ),
        _names(".pdf"),
        st.integers(1, 9),
        st.booleans(),
    )
    if in_order:
        return good
    return st.builds(
        lambda facts, fault: attrs.evolve(facts, **fault), good, st.sampled_from(_FAULTS)
    )


def _names(ending: str) -> SearchStrategy[str]:
    return st.sampled_from(["berkas", "Bukti bayar (1)", "SPPD-siti", "lampiran_ñ"]).map(
        lambda name: name + ending
    )


def _csv(name: str, rows: list[tuple[int, int, int]]) -> GivenFile:
    lines = ["R101,R102,R103", *(",".join(map(str, row)) for row in rows)]
    return GivenFile(name, ("\n".join(lines) + "\n").encode(), "text/csv")


def _pdf(name: str, pages: int) -> GivenFile:
    """Return a PDF of ``pages`` empty pages, written by hand: no library is needed for that."""
    kids = " ".join(f"{n + 3} 0 R" for n in range(pages))
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {pages}>>",
        *["<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>"] * pages,
    ]
    body, places = b"%PDF-1.4\n", []
    for n, content in enumerate(objects, 1):
        places.append(len(body))
        body += f"{n} 0 obj\n{content}\nendobj\n".encode()
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    end = (
        f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
        f"trailer\n<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{len(body)}\n%%EOF\n"
    )
    return GivenFile(name, body + end.encode(), "application/pdf", pages)
