"""What a demonstration is asked to play: a request as a TOML file, or one made from a seed."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any, cast

import attrs

from pst_core.documents import Abstraction, HandedIn
from pst_core.lawdata import Table, read_toml
from pst_core.request import Applicant, Channel, Segment
from pst_core.tariff import Map, Microdata, Product, Publication
from pst_core.text import Text

__all__ = ["Wish", "made_wish", "read_wish"]


@attrs.frozen
class Wish:
    """One request to be played: who asks for what, by which door, and what goes wrong."""

    applicant: Applicant
    channel: Channel
    products: tuple[Product, ...]
    abstraction: Abstraction | None
    documents: tuple[HandedIn, ...] = ()
    """Numbers and references of what is handed in (S9); the files are made by the play."""
    sent_back: str = ""
    """Why the abstraction is sent back once (S11); empty for never."""
    offer_correction: str = ""
    """What the applicant asks to be corrected in the offer (S14)."""
    delivery_correction: str = ""
    """What the applicant asks to be corrected in the delivery (S21)."""
    stars: int = 5
    comment: str = ""


def made_wish(seed: int, *, online: bool, abroad: bool, publication_only: bool) -> Wish:
    """Return a request made from ``seed``; seed 0 is the one the README shows."""
    dice = random.Random(seed)  # noqa: S311 - a demonstration, no secret
    plain = seed == 0
    pages = 312 if plain else dice.randrange(20, 480)
    size = 4_200_000 if plain else dice.randrange(400_000, 6_000_000)
    name = "Siti Rahmawati" if plain else dice.choice(_NAMES)
    products: tuple[Product, ...] = (Publication("Rembang Dalam Angka 2026", pages=pages),)
    if not publication_only:
        products += (
            Microdata("Susenas Maret 2025 Kabupaten Rembang", bytes=size),
            Map("Peta wilkerstat Kabupaten Rembang", extent="regency", level="village", sheets=1),
        )
    institution = "National University of Singapore" if abroad else "Universitas Diponegoro"
    return Wish(
        applicant=Applicant(
            id="warga-0001",
            name=name,
            email="pemohon@example.org",
            phone="+6281234567890",
            institution=institution,
            address="Singapura" if abroad else "Semarang",
            segment=Segment.EDUCATION,
            abroad=abroad,
        ),
        channel=Channel.ONLINE if online or abroad else Channel.WALK_IN,
        products=products,
        abstraction=None if publication_only else _abstraction(products, institution),
        sent_back="" if plain or dice.random() < 0.6 else "Periode data belum disebutkan.",
        offer_correction="Nama instansi pada tagihan belum lengkap."
        if plain or dice.random() < 0.5
        else "",
        delivery_correction="Mohon keterangan kode wilayah pada peta."
        if (plain and not publication_only) or dice.random() < 0.5
        else "",
        stars=5 if plain else dice.randrange(3, 6),
        comment="Cepat dan jelas.",
    )


_NAMES = ("Budi Santoso", "Made Wirawan", "Rina Siregar", "Yohana Wenda", "Agus Setiawan")


def _abstraction(products: tuple[Product, ...], institution: str) -> Abstraction:
    return Abstraction(
        title="Kesejahteraan rumah tangga pesisir",
        institution=institution,
        purpose="Penelitian tentang pola konsumsi rumah tangga nelayan",
        method="Analisis deskriptif berbobot dan pemetaan menurut desa",
        data_asked=tuple(p.title for p in products if not isinstance(p, Publication)),
        period="2025",
        region="Kabupaten Rembang",
        outputs="Artikel ilmiah; hanya angka agregat yang disajikan",
    )


def read_wish(path: Path) -> Wish:
    """Read a request from a TOML file (see ``examples/requests``). Raises ``BadLawData``."""
    table = read_toml(path)
    applicant = _read_applicant(table.table("applicant"))
    products = tuple(_read_product(row) for row in table.tables("products", required=True))
    if not products:
        raise table.error(
            "products",
            Text(id="harus sedikitnya satu.", en="must be at least one."),
            Text(id="Tambahkan [[products]].", en="Add [[products]]."),
        )
    abstraction = None
    if table.has("abstraction"):
        row = table.table("abstraction")
        abstraction = Abstraction(
            title=row.take("title", str),
            institution=row.take("institution", str, applicant.institution),
            purpose=row.take("purpose", str),
            method=row.take("method", str),
            data_asked=row.strings("data_asked"),
            period=row.take("period", str),
            region=row.take("region", str),
            outputs=row.take("outputs", str),
        )
        row.done()
    elif any(not isinstance(p, Publication) for p in products):
        raise table.error(
            "abstraction",
            Text(
                id="wajib ada untuk data mikro dan peta (R6).",
                en="is required for microdata and maps (R6).",
            ),
            Text(id="Tambahkan tabel [abstraction].", en="Add a table [abstraction]."),
        )
    story = table.table("story") if table.has("story") else Table({}, table.file, "")
    wish = Wish(
        applicant=applicant,
        channel=table.choice("channel", Channel, Channel.ONLINE),
        products=products,
        abstraction=abstraction,
        documents=tuple(_read_document(row) for row in table.tables("documents")),
        sent_back=story.take("sent_back", str, ""),
        offer_correction=story.take("offer_correction", str, ""),
        delivery_correction=story.take("delivery_correction", str, ""),
        stars=story.take("stars", int, 5),
        comment=story.take("comment", str, ""),
    )
    story.done()
    table.done()
    return wish


def _read_applicant(row: Table) -> Applicant:
    applicant = Applicant(
        id=row.take("id", str, "warga-0001"),
        name=row.take("name", str),
        email=row.take("email", str),
        phone=row.take("phone", str, ""),
        institution=row.take("institution", str, ""),
        address=row.take("address", str, ""),
        segment=row.choice("segment", Segment, Segment.INDIVIDUAL),
        abroad=row.take("abroad", bool, False),
    )
    row.done()
    return applicant


def _read_document(row: Table) -> HandedIn:
    document = HandedIn(
        row.take("document", str),
        number=row.take("number", str, ""),
        reference=row.take("reference", str, ""),
    )
    row.done()
    return document


def _read_product(row: Table) -> Product:
    kind, title = row.take("kind", str), row.take("title", str)
    product: Product
    if kind == "publication":
        product = Publication(title, pages=row.take("pages", int))
    elif kind == "microdata":
        product = Microdata(
            title,
            bytes=row.take("bytes", int),
            processed=row.take("processed", bool, False),
        )
    elif kind == "map":
        product = Map(
            title,
            # Map itself says which words it takes
            extent=cast("Any", row.take("extent", str, "regency")),
            level=cast("Any", row.take("level", str, "village")),
            sheets=row.take("sheets", int, 1),
        )
    else:
        raise row.error(
            "kind",
            Text(id=f"tidak mengenal {kind!r}.", en=f"does not know {kind!r}."),
            Text(
                id="Pilih publication, microdata atau map.",
                en="Choose publication, microdata or map.",
            ),
        )
    row.done()
    return product
