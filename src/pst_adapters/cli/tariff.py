"""``pst quote`` and ``pst tariff``: a basket's price, and what a schedule file says."""

from __future__ import annotations

import datetime as dt
import functools
import json
import zoneinfo
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn, cast

import click

from pst_core.lawdata import Table, read_toml
from pst_core.money import format_rupiah
from pst_core.refusal import BadInput, PstError
from pst_core.tariff import (
    Map,
    Microdata,
    Product,
    Publication,
    Quote,
    ZeroClaim,
    check_schedule,
    compare,
    national_policy,
    read_schedule,
)
from pst_core.tariff import quote as price
from pst_core.text import Text

if TYPE_CHECKING:
    from pst_core.office import Office
    from pst_core.tariff import RuleResult

from .papers import TEMPLATES
from .stores import open_store
from .terminal import language

__all__ = ["COMMANDS", "products_of"]

_SHAPES = {
    "publication": "JUDUL:HALAMAN",
    "microdata": "JUDUL:BYTE[:processed]",
    "map": "JUDUL:regency|national:village|district[:LEMBAR]",
}
_LIKE = {
    "publication": "Rembang Dalam Angka:312",
    "microdata": "Susenas 2025:3000000000",
    "map": "Rembang:regency:village:1",
}


class _Basket(NamedTuple):
    products: list[Product]
    on: dt.date | None
    zero: ZeroClaim | None


def _say(text: Text) -> str:
    return text.say(language())


def _answering(command: Callable[..., None]) -> Callable[..., None]:
    """Show what the library refuses as a sentence and leave with exit code 1."""

    @functools.wraps(command)
    def run(*args: Any, lang: str | None, **options: Any) -> None:
        if lang:
            root = click.get_current_context().find_root()
            root.obj = {**(root.obj or {}), "lang": lang}
        try:
            command(*args, **options)
        except PstError as error:
            click.echo(error.say(language()), err=True)
            raise click.exceptions.Exit(1) from None

    return click.option("--lang", type=click.Choice(["id", "en"]), help="Bahasa / language.")(run)


_PATH = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("quote")
@click.argument("basket", type=_PATH, required=False)
@click.option("--publication", "publications", multiple=True, metavar=_SHAPES["publication"])
@click.option("--microdata", "microdata", multiple=True, metavar=_SHAPES["microdata"])
@click.option("--map", "maps", multiple=True, metavar=_SHAPES["map"])
@click.option(
    "--on",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Tanggal tarif; bawaan: hari ini (day of the tariff).",
)
@click.option("--office", help="Kode kantor atau berkas profil (office).")
@click.option("--recipient", help="Rp0: jenis penerima, misalnya education (kind of recipient).")
@click.option("--purpose", help="Rp0: peruntukan, misalnya research (purpose).")
@click.option("--letter", default="", help="Rp0: nomor surat permohonan (letter of request).")
@click.option(
    "--account-verified-by",
    default="",
    help="Rp0: pemverifikasi akun lembaga (who verified the account).",
)
@click.option("--approver", default="", help="Rp0: pejabat yang menyetujui (who approves).")
@click.option(
    "--special-work",
    default="",
    help="Rp0: pekerjaan negara di atas batas jumlah (work of the state).",
)
@click.option("--json", "as_json", is_flag=True, help="Cetak sebagai JSON.")
@click.option(
    "--pdf",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Tulis PDF satu muka; perlu --office (write a page).",
)
@TEMPLATES
@_answering
def quote(
    *,
    basket: Path | None,
    publications: tuple[str, ...],
    microdata: tuple[str, ...],
    maps: tuple[str, ...],
    on: dt.datetime | None,
    office: str | None,
    recipient: str | None,
    purpose: str | None,
    letter: str,
    account_verified_by: str,
    approver: str,
    special_work: str,
    as_json: bool,
    pdf: Path | None,
    templates: Path | None,
) -> None:
    """Hitung harga sekeranjang produk; price a basket of products.

    BASKET: berkas TOML dengan [[publications]], [[microdata]], [[maps]], on, [zero].

    \b
    pst quote --publication "Rembang Dalam Angka:312" --microdata "Susenas 2025:4200000" \\
              --map "Rembang:regency:village:1" --on 2026-11-24
    """
    chosen = _read_basket(basket) if basket else _Basket([], None, None)
    products = [
        *chosen.products,
        *(_publication(text) for text in publications),
        *(_microdata(text) for text in microdata),
        *(_map(text) for text in maps),
    ]
    zero = chosen.zero
    if recipient is not None or purpose is not None:
        zero = ZeroClaim(
            recipient or "", purpose or "", letter, account_verified_by, approver, special_work
        )
    profile = _office(office) if office else None
    policy = profile.tariff if profile else national_policy()
    day = on.date() if on else chosen.on or _today()
    result = price(products, day, policy, zero=zero)
    if pdf:
        from pst_adapters.pdf import render_quote

        if profile is None:
            raise BadInput(
                "quote-without-office",
                Text(
                    id="PDF memerlukan kop surat kantor.", en="A PDF needs an office's letterhead."
                ),
                remedy=Text(id="Tambahkan --office 3317.", en="Add --office 3317."),
            )
        pdf.write_bytes(render_quote(result, profile, language(), templates))
    if as_json:
        click.echo(json.dumps(result.to_dict(), ensure_ascii=False, indent=2))
    else:
        _show(result, profile)


@click.group("tariff")
def tariff() -> None:
    """Periksa dan bandingkan berkas tarif; check and compare schedule files."""


@tariff.command("check")
@click.argument("file", type=_PATH)
@_answering
def check(file: Path) -> None:
    """Periksa satu berkas tarif di samping yang sudah ada; check one schedule file."""
    schedule = check_schedule(file)
    click.echo(
        _say(
            Text(
                id=f"{file}: benar. {schedule.title.id}, berlaku sejak {schedule.in_force_from},"
                f" {len(schedule.rows)} baris, SHA-256 {schedule.digest}.",
                en=f"{file}: sound. {schedule.title.en}, in force from {schedule.in_force_from},"
                f" {len(schedule.rows)} rows, SHA-256 {schedule.digest}.",
            )
        )
    )


@tariff.command("diff")
@click.argument("before", type=_PATH)
@click.argument("after", type=_PATH)
@_answering
def diff(before: Path, after: Path) -> None:
    """Bandingkan harga dua berkas tarif; compare the prices of two schedule files."""
    old, new = read_schedule(before).under({}), read_schedule(after).under({})
    differences = compare(old, new)
    if not differences:
        click.echo(_say(Text(id="Tidak ada harga yang berbeda.", en="No price differs.")))
        return
    rows = [
        [d.tariff, f"{d.quantity:,}", _or_dash(d.before), _or_dash(d.after)] for d in differences
    ]
    heads = [
        Text(id="tarif", en="tariff"),
        Text(id="jumlah", en="quantity"),
        Text(id=old.schedule.citation, en=old.schedule.citation),
        Text(id=new.schedule.citation, en=new.schedule.citation),
    ]
    _table(heads, rows)


@tariff.command("replay")
@click.argument("requests", type=_PATH, nargs=-1)
@click.option("--db", help="Berkas SQLite atau alamat basis data (file or address).")
@click.option("--office", default="3317", help="Kantor dari --db.")
@click.option("--schedule", type=_PATH, required=True, help="Berkas tarif lain.")
@click.option("--json", "as_json", is_flag=True, help="Cetak sebagai JSON.")
@_answering
def replay(
    requests: tuple[Path, ...], db: str | None, office: str, schedule: Path, as_json: bool
) -> None:
    """Hitung ulang permintaan lama menurut tarif lain; past requests under another schedule.

    REQUESTS: berkas keranjang TOML, atau JSON dari `pst quote --json`; atau --db untuk setiap
    permintaan yang sudah ditawarkan di basis data kantor.
    """
    if not requests and db is None:
        raise click.UsageError(
            _say(Text(id="Sebutkan REQUESTS atau --db.", en="Name REQUESTS or --db."))
        )
    other = read_schedule(schedule)
    rates = other.under({})
    rows: list[dict[str, Any]] = []
    past: list[tuple[str, Sequence[Product], int]] = [(str(f), *_past(f)) for f in requests]
    past += _stored(db, office) if db is not None else []
    for name, products, before in past:
        missing = [p.tariff for p in products if p.tariff not in rates.cells]
        after = None if missing else sum(map(rates.price, products))
        rows.append({"request": name, "before": before, "after": after, "missing": missing})
    if as_json:
        click.echo(json.dumps(rows, indent=2))
        return
    heads = [
        Text(id="permintaan", en="request"),
        Text(id="dahulu", en="before"),
        Text(id=f"menurut {other.citation}", en=f"under {other.citation}"),
        Text(id="selisih", en="change"),
    ]
    _table(
        heads,
        [
            [
                r["request"],
                format_rupiah(r["before"], language()),
                _or_dash(r["after"]),
                ", ".join(r["missing"])
                if r["after"] is None
                else format_rupiah(r["after"] - r["before"], language()),
            ]
            for r in rows
        ],
    )


def _stored(db: str, office: str) -> list[tuple[str, Sequence[Product], int]]:
    """Return each request of the store that has been offered, its products and its price."""
    from pst_core.desk import Desk
    from pst_core.office import Office
    from pst_core.request import OfferSent, products_of

    found: list[tuple[str, Sequence[Product], int]] = []
    with open_store(db) as store:
        desk = Desk(Office.load(office), store)
        for row in desk.register(procedure="request"):
            state = desk.state(row.stream)
            sent = state.last(OfferSent)
            if sent is not None:
                found.append((row.stream, products_of(state), sent.total))
    return found


def _past(file: Path) -> tuple[list[Product], int]:
    """Return the products of a past request and what they cost without Rp0."""
    if file.suffix == ".json":
        try:
            data = json.loads(file.read_text(encoding="utf-8"))
            products = [_from_json(line["product"]) for line in data["lines"]]
            return products, sum(line["tariff"] for line in data["lines"])
        except (KeyError, TypeError, json.JSONDecodeError) as error:
            raise BadInput(
                "not-a-quote",
                Text(id=f"{file} bukan hasil quote.", en=f"{file} is no saved quote."),
                remedy=Text(
                    id="Simpan dengan pst quote --json.", en="Save one with pst quote --json."
                ),
            ) from error
    basket = _read_basket(file)
    return basket.products, price(basket.products, basket.on or _today(), national_policy()).total


def _from_json(fields: dict[str, Any]) -> Product:
    kinds: dict[str, Callable[..., Product]] = {
        "publication": Publication,
        "microdata": Microdata,
        "map": Map,
    }
    return kinds[fields["kind"]](**{k: v for k, v in fields.items() if k != "kind"})


def products_of(file: Path) -> list[Product]:
    """Return the products of a basket file."""
    return _read_basket(file).products


def _read_basket(file: Path) -> _Basket:
    table = read_toml(file)
    products: list[Product] = []
    for row in table.tables("publications"):
        products.append(Publication(row.take("title", str), pages=row.take("pages", int)))
        row.done()
    for row in table.tables("microdata"):
        title, size = row.take("title", str), row.take("bytes", int)
        products.append(Microdata(title, bytes=size, processed=row.take("processed", bool, False)))
        row.done()
    for row in table.tables("maps"):
        products.append(
            Map(
                row.take("title", str),
                extent=cast(Any, row.take("extent", str, "regency")),
                level=cast(Any, row.take("level", str, "village")),
                sheets=row.take("sheets", int, 1),
            )
        )
        row.done()
    on = table.take("on", dt.date) if table.has("on") else None
    zero = _read_zero(table.table("zero")) if table.has("zero") else None
    table.done()
    return _Basket(products, on, zero)


def _read_zero(table: Table) -> ZeroClaim:
    claim = ZeroClaim(
        table.take("recipient", str),
        table.take("purpose", str),
        table.take("letter", str, ""),
        table.take("account_verified_by", str, ""),
        table.take("approver", str, ""),
        table.take("special_work", str, ""),
    )
    table.done()
    return claim


def _publication(text: str) -> Publication:
    title, _, pages = text.rpartition(":")
    return Publication(title, pages=_count("publication", text, pages))


def _microdata(text: str) -> Microdata:
    rest = text.removesuffix(":processed")
    title, _, size = rest.rpartition(":")
    return Microdata(title, bytes=_count("microdata", text, size), processed=rest != text)


def _map(text: str) -> Map:
    parts = text.rsplit(":", 3)
    if parts[-1] in ("village", "district"):
        parts = [*text.rsplit(":", 2), "1"]
    if len(parts) != 4:
        _misshapen("map", text)
    title, extent, level, sheets = parts
    return Map(
        title,
        extent=cast(Any, extent),
        level=cast(Any, level),
        sheets=_count("map", text, sheets),
    )


def _count(option: str, text: str, digits: str) -> int:
    if not (digits.isascii() and digits.isdigit()):
        _misshapen(option, text)
    return int(digits)


def _misshapen(option: str, text: str) -> NoReturn:
    message = Text(
        id=f"{text!r} tidak berbentuk {_SHAPES[option]}. Tulis seperti {_LIKE[option]!r}.",
        en=f"{text!r} is not of the shape {_SHAPES[option]}. Write it like {_LIKE[option]!r}.",
    )
    raise click.BadParameter(_say(message), param_hint=f"--{option}")


def _office(code: str) -> Office:
    from pst_core.office import Office

    return Office.load(code)


def _today() -> dt.date:
    return dt.datetime.now(zoneinfo.ZoneInfo("Asia/Jakarta")).date()


def _show(result: Quote, office: Office | None) -> None:
    lang = language()
    if office:
        click.echo(_say(office.name))
    heads = [
        Text(id="produk", en="product"),
        Text(id="hitungan", en="arithmetic"),
        Text(id="dasar", en="clause"),
        Text(id="kepastian", en="certainty"),
        Text(id="rupiah", en="rupiah"),
    ]
    rows = [
        [
            line.product.title,
            _say(line.why) + (f" [{_say(line.reading)}]" if line.reading else ""),
            line.clause,
            line.certainty.text.say(lang),
            format_rupiah(line.amount, lang),
        ]
        for line in result.lines
    ]
    total = _say(Text(id="jumlah", en="total"))
    rows.append([total, "", "", result.certainty.text.say(lang), format_rupiah(result.total, lang)])
    _table(heads, rows)
    fixed = Text(
        id=f"Tarif {result.schedule} pada {result.on} (SHA-256 {result.digest}).",
        en=f"Tariff {result.schedule} on {result.on} (SHA-256 {result.digest}).",
    )
    for text in (fixed, result.billable_why, *result.notes):
        click.echo(_say(text))
    kinds: dict[str, list[str]] = {}
    for rule in result.rules:
        kinds.setdefault(_rule_in_words(rule), []).append(rule.kind)
    for words, of in kinds.items():
        click.echo(f"- {words.format(kinds=', '.join(of))}")


def _rule_in_words(rule: RuleResult) -> str:
    if rule.applies:
        outcome = Text(id="berlaku", en="applies")
    elif rule.fired:
        by = ", ".join(rule.beaten_by)
        outcome = Text(id=f"didahului {by}", en=f"gives way to {by}")
    else:
        outcome = Text(id="tidak berlaku", en="does not apply")
    remedy = Text(id="Yang kurang: ", en="Missing: ")
    missing = f". {_say(remedy)}{_say(rule.remedy)}" if rule.remedy.id else ""
    # the claim's own words may hold braces; {kinds} is the only place to be filled
    said = f": {_say(outcome)}; {_say(rule.why)}{missing}.".replace("{", "{{").replace("}", "}}")
    return f"{rule.rule} ({{kinds}}){said}"


def _or_dash(amount: int | None) -> str:
    return "-" if amount is None else format_rupiah(amount, language())


def _table(heads: list[Text], rows: list[list[str]]) -> None:
    from rich.console import Console
    from rich.table import Table as Grid
    from rich.text import Text as Cell

    grid = Grid()
    for n, head in enumerate(heads):
        grid.add_column(
            _say(head), justify="right" if n == len(heads) - 1 else "left", overflow="fold"
        )
    for row in rows:
        grid.add_row(*(Cell(value) for value in row))
    Console().print(grid)


COMMANDS = (quote, tariff)
