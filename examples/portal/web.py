"""Pages: rendering in two languages, what a form brings, errors as calm pages, strict headers."""

from __future__ import annotations

import datetime as dt
import functools
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote
from uuid import uuid4

import attrs
import jinja2
from anyio import to_thread
from litestar import Request, Response
from litestar.datastructures import UploadFile
from litestar.exceptions import HTTPException
from litestar.response import Redirect, Template
from markupsafe import Markup

from pst_core.desk.fields import ERASED, HIDDEN
from pst_core.documents.agreement import long_date
from pst_core.money import format_rupiah
from pst_core.refusal import Busy, Conflict, NotFound, PstError, StorageError
from pst_core.tariff import Product
from pst_core.text import Lang, Text

from .house import House
from .people import DESKS, Person, signed_in
from .unsent import Unsent, mark_of, page_of
from .words import in_words

__all__ = [
    "CSP", "Upload", "away", "environment", "form_of", "house_of", "in_thread", "lang_of",
    "on_error", "page", "person_of", "run", "unsent_of",
]  # fmt: skip

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
T = TypeVar("T")
_log = logging.getLogger("portal")
Web = Request[Any, Any, Any]


@attrs.frozen
class Upload:
    """A file that came with a form."""

    name: str
    data: bytes


def environment() -> jinja2.Environment:
    """Return the templates: everything is escaped, and a name that is not there is an error."""
    folder = Path(__file__).parent / "templates"
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip


def house_of(request: Web) -> House:
    """Return the house that the portal stands on."""
    house: House = request.app.state["house"]
    return house


def lang_of(request: Web) -> Lang:
    """Return the language of the pages: Indonesian until another is chosen."""
    return "en" if request.session.get("lang") == "en" else "id"


def person_of(request: Web) -> Person:
    """Return who has signed in; a guard has seen to it that somebody has."""
    person = signed_in(request.session)
    assert person is not None
    return person


def unsent_of(request: Web) -> Unsent | None:
    """Return, once, what the person had typed on this page when their session ended."""
    key, person = request.session.get("unsent"), signed_in(request.session)
    if not key or person is None:
        return None
    found = house_of(request).unsent.take(key, request.url.path, person.id)
    if found is not None:
        del request.session["unsent"]
    return found


def in_thread(page: Callable[..., T]) -> Callable[..., Awaitable[T]]:
    """Return the handler ``page`` for a thread: the store and the file reader wait for disks."""

    @functools.wraps(page)
    async def carried(*given: Any, **named: Any) -> T:
        return await to_thread.run_sync(functools.partial(page, *given, **named))

    return carried


async def run(act: Callable[..., T], *given: Any) -> T:
    """Carry out ``act`` in a thread."""
    return await to_thread.run_sync(act, *given)


async def form_of(request: Web) -> dict[str, Any]:
    """Return the fields of a form: texts, and an ``Upload`` for each file that was chosen."""
    found: dict[str, Any] = {}
    for name, value in (await request.form()).multi_items():
        if isinstance(value, UploadFile):
            data = await value.read()
            if value.filename or data:
                found[name] = Upload(value.filename, data)
        else:
            found[name] = str(value)
    return found


def page(request: Web, template: str, status: int = 200, **more: Any) -> Template:
    """Return the page ``template`` with what every page needs."""
    if more.get("problem") is not None:
        more["problem"] = in_words(more["problem"])
    house, lang = house_of(request), lang_of(request)
    local, person = house.office.local, signed_in(request.session)

    def t(said: Text | str, en: str = "") -> str:
        return said.say(lang) if isinstance(said, Text) else (en if lang == "en" else said)

    def day(at: dt.date) -> str:
        return long_date(local(at).date() if isinstance(at, dt.datetime) else at, lang)

    def month_of(at: dt.date) -> str:
        return day(at).partition(" ")[2]

    def when(at: dt.datetime) -> str:
        return f"{day(at)}, {local(at):%H.%M}" if lang == "id" else f"{day(at)}, {local(at):%H:%M}"

    def size(count: int) -> str:
        text = f"{count:,}"
        return text.replace(",", ".") if lang == "id" else text

    def unit(product: Product) -> str:
        said = product.unit.say(lang)
        return said.removesuffix("s") if lang == "en" and product.quantity == 1 else said

    def told(said: str) -> str:
        if said == HIDDEN:
            word = t("tidak ditampilkan untuk peran Anda", "not shown to your role")
        elif said == ERASED:
            word = t("sudah dihapus", "erased")
        else:
            return said
        return Markup('<span class="masked">{}</span>').format(word)

    context = {
        "t": t, "told": told, "unit": unit, "lang": lang, "day": day, "when": when,
        "month_of": month_of, "size": size, "house": house,
        "rp": lambda amount: format_rupiah(amount, lang), "office": house.office,
        "person": person, "desks": DESKS, "path": request.url.path,
        # with the key of a survey, and with where one goes once signed in
        "here": request.url.path + (f"?{request.url.query}" if request.url.query else ""),
        "basket_count": len(request.session.get("basket", [])), "now": local(house.clock()),
        "once": lambda: uuid4().hex,
        "whose_form": mark_of(person.id) if person else "",
        "demonstration": house.settings.demonstration,
        "stamp": lambda at: f"{local(at):%Y-%m-%dT%H:%M}", "problem": None, **more,
    }  # fmt: skip
    return Template(template_name=template, context=context, status_code=status)


def away(path: str) -> Redirect:
    """Return the way to another page after something was done."""
    return Redirect(path, status_code=303)


# -- errors -------------------------------------------------------------------------------------

_STATUS: tuple[tuple[type[PstError], int], ...] = (
    (NotFound, 404), (Conflict, 409), (Busy, 503), (StorageError, 503),
)  # fmt: skip


def status_of(error: PstError) -> int:
    """Return the HTTP status of what the library says."""
    if error.code == "session-ended":
        return 200  # the page that was asked for, with what was typed before
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 422)


def on_error(request: Web, error: Exception) -> Response[Any]:
    """Return an error as a page that says what would be right; as JSON under ``/api``."""
    status = getattr(error, "status_code", 500)
    if isinstance(error, PstError):
        said = in_words(error)
        status, text, remedy = status_of(error), said.text, said.remedy
    elif isinstance(error, HTTPException):
        text, remedy = _HTTP.get(status, _HTTP[400])
    else:
        _log.error("page %s", request.url.path, exc_info=error)
        text, remedy = _HTTP[500]
    request.scope.setdefault("session", {})  # a page that is nowhere has none
    lang = lang_of(request)
    headers = {"Retry-After": "2"} if status == 503 else {}
    if request.url.path.startswith("/api"):
        said = {"error": getattr(error, "code", str(status)), "detail": text.say(lang),
                "remedy": remedy.say(lang)}  # fmt: skip
        return Response(said, status_code=status, headers=headers)
    if status == 401 and request.headers.get("HX-Request"):  # a part of a page, not a page
        return page(request, "signed-out.html")
    if status == 401:
        return Redirect(f"/sign-in?to={quote(page_of(request.url.path))}", status_code=303)
    unmet = getattr(error, "unmet", ())
    shown = page(request, "error.html", status, text=text, remedy=remedy, unmet=unmet)
    shown.headers.update(headers)
    return shown


_HTTP = {
    400: (Text(id="Permintaan tidak dapat dibaca.", en="The request cannot be read."),
          Text(id="Kembali, lalu coba lagi.", en="Go back and try again.")),
    401: (Text(id="Anda belum masuk.", en="You have not signed in."),
          Text(id="Masuk dahulu.", en="Sign in first.")),
    403: (Text(id="Halaman ini bukan untuk Anda, atau formulirnya sudah terlalu lama dibuka.",
               en="This page is not for you, or its form was open for too long."),
          Text(id="Masuk dengan peran yang sesuai, atau muat ulang halamannya.",
               en="Sign in with the role it is for, or load the page again.")),
    404: (Text(id="Halaman ini tidak ada.", en="There is no such page."),
          Text(id="Mulai dari beranda.", en="Begin at the front page.")),
    405: (Text(id="Halaman ini tidak dibuka dengan cara itu.", en="Not the way to open this page."),
          Text(id="Mulai dari beranda.", en="Begin at the front page.")),
    413: (Text(id="Kiriman terlalu besar.", en="What was sent is too large."),
          Text(id="Kirim berkas yang lebih kecil.", en="Send a smaller file.")),
    500: (Text(id="Ada yang salah pada portal ini.", en="Something is wrong with this portal."),
          Text(id="Coba lagi; bila tetap begitu, hubungi kantor.",
               en="Try again; if it stays so, tell the office.")),
}  # fmt: skip
