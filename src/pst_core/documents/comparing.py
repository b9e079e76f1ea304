"""How what an abstraction says is compared with what is requested: titles, years, regions (S11).

Plain words are compared with plain words, so a comparison only says where an officer should look:
an *error* where the two cannot mean the same, a *warning* where they may.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Literal

import attrs

from pst_core.text import Text

from .facts import Finding, Severity

__all__ = [
    "Ordered",
    "OrderedItem",
    "ProductKind",
    "compare_regions",
    "compare_titles",
    "compare_years",
    "not_compared",
]

ProductKind = Literal["publication", "microdata", "map"]


@attrs.frozen
class OrderedItem:
    """One dataset or map that is requested."""

    title: str
    kind: str = "microdata"
    national: bool = False
    """A map of the whole country."""


@attrs.frozen
class Ordered:
    """What is requested: the datasets and maps, and periods and regions as the forms say them."""

    items: tuple[OrderedItem, ...] = ()
    periods: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()


def not_compared(_: object, __: Ordered) -> tuple[Finding, ...]:
    """Compare nothing: the field only has to be filled in."""
    return ()


# -- titles -----------------------------------------------------------------------------------

_MAP_WORDS = frozenset(("peta", "map", "maps", "wilkerstat", "shp", "shapefile"))
# words that stand in any title and tell no data set from another
_COMMON = _MAP_WORDS | frozenset(
    (
        *("data", "mikro", "microdata", "raw", "mentah", "dataset", "fullset", "lengkap", "set"),
        *("digital", "wilayah", "kerja", "statistik", "lembar", "sheet", "versi", "tahun", "year"),
        *("kabupaten", "kab", "kota", "provinsi", "prov", "kecamatan", "desa", "kelurahan"),
        *("regency", "city", "province", "district", "village", "tingkat", "level", "per"),
        *("menurut", "by", "dan", "untuk", "of", "the", "and", "for", "di", "in", "indonesia"),
        *("survei", "survey", "hasil"),
    )
)
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("januari", "january", "jan"),
            ("februari", "february", "feb"),
            ("maret", "march", "mar"),
            ("april", "apr"),
            ("mei", "may"),
            ("juni", "june", "jun"),
            ("juli", "july", "jul"),
            ("agustus", "august", "agu", "aug", "agt"),
            ("september", "sep", "sept"),
            ("oktober", "october", "okt", "oct"),
            ("november", "nov"),
            ("desember", "december", "des", "dec"),
        ),
        start=1,
    )
    for name in names
}
# datasets that are written out as often as by their short name
_LONG_NAMES = {
    "sosial ekonomi nasional": "susenas",
    "angkatan kerja nasional": "sakernas",
    "potensi desa": "podes",
    "penduduk antar sensus": "supas",
    "demografi dan kesehatan indonesia": "sdki",
}


def compare_titles(asked: Sequence[str], ordered: Ordered) -> tuple[Finding, ...]:
    """Return which of the titles ``asked`` are not requested, and which requested is not asked.

    Two titles are the same if one has every telling word of the other and the years and months
    that both name have one in common; a map is asked for by a title that says it is one.
    """
    if not ordered.items:
        return ()
    findings = []
    for title in asked:
        same = [item for item in ordered.items if _same(title, item)]
        if not same or _years_beyond(title, same):
            findings.append(_title_finding("asks-for-more", title))
    findings += [
        _title_finding("asks-for-less", item.title)
        for item in ordered.items
        if not any(_same(title, item) for title in asked)
    ]
    return tuple(findings)


def _same(asked: str, item: OrderedItem) -> bool:
    if asked.casefold().split() == item.title.casefold().split():
        return True
    if (item.kind == "map") is not bool(_words(asked) & _MAP_WORDS):
        return False
    years, others = _years(asked), _years(item.title)
    if years and others and not years & others:
        return False
    months, more = _months(asked), _months(item.title)
    if months and more and not months & more:
        return False
    one, other = _telling(asked), _telling(item.title)
    return bool(one and other) and (one <= other or other <= one)


def _years_beyond(asked: str, same: Sequence[OrderedItem]) -> bool:
    """Return whether ``asked`` names a year that none of the requested titles has."""
    held = [_years(item.title) for item in same]
    return all(held) and bool(_stated_years(asked) - frozenset().union(*held))


def _title_finding(code: str, title: str) -> Finding:
    text, remedy = _TITLE_FINDINGS[code]
    return Finding(code, "S11", text.fill(title=title), remedy)


_TITLE_FINDINGS = {
    "asks-for-more": (
        Text(
            id="{title} diminta dalam abstraksi tetapi tidak dipesan.",
            en="{title} is asked for in the abstraction but is not in the request.",
        ),
        Text(
            id="Hapus dari abstraksi, atau tambahkan ke permintaan.",
            en="Take it out of the abstraction, or add it to the request.",
        ),
    ),
    "asks-for-less": (
        Text(
            id="{title} dipesan tetapi tidak dijelaskan dalam abstraksi.",
            en="{title} is requested but the abstraction does not explain it.",
        ),
        Text(
            id="Jelaskan penggunaannya dalam abstraksi.", en="Explain its use in the abstraction."
        ),
    ),
}


def _telling(title: str) -> frozenset[str]:
    text = " ".join(title.casefold().split())
    for long, short in _LONG_NAMES.items():
        text = text.replace(long, short)
    return _words(text) - _COMMON - _MONTHS.keys()


def _months(text: str) -> frozenset[int]:
    return frozenset(_MONTHS[word] for word in _words(text) if word in _MONTHS)


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"[^\W\d_]{2,}", text.casefold()))


# -- years ------------------------------------------------------------------------------------

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_SPAN = re.compile(
    r"(?<!\d)((?:19|20)\d\d)\s*(?:[-–—]|sampai|hingga|s\.?d\.?|s/d|to|until)\s*"
    r"((?:19|20)\d\d|\d\d)(?!\d)"
)


def compare_years(period: str, ordered: Ordered) -> tuple[Finding, ...]:
    """Return whether ``period`` leaves out a year that is requested, or names another.

    A year inside a span counts as named. A span that reaches beyond what is requested is a
    warning: a study may be wider than the data it buys.
    """
    texts = (*(item.title for item in ordered.items), *ordered.periods)
    held = frozenset().union(*map(_years, texts)) if texts else frozenset()
    wanted = frozenset().union(*map(_stated_years, texts)) if texts else frozenset()
    asked = _years(period)
    if not asked or not held:
        return ()
    ends = frozenset(year for span in _spans(period) for year in (span[0], span[-1]))
    if wanted - asked or _stated_years(period) - ends - held:
        return (_mismatch("other-period", "Periode", "period", period, _listed(held)),)
    if ends - held:
        return (_mismatch("wider-period", "Periode", "period", period, _listed(held), "warning"),)
    return ()


def _listed(years: Iterable[int]) -> str:
    return ", ".join(str(year) for year in sorted(years))


def _spans(text: str) -> list[range]:
    found = []
    for first, last in _SPAN.findall(text.casefold()):
        end = int(last) if len(last) == 4 else int(first) // 100 * 100 + int(last)
        if int(first) <= end:
            found.append(range(int(first), end + 1))
    return found


def _stated_years(text: str) -> frozenset[int]:
    ends = {year for span in _spans(text) for year in (span[0], span[-1])}
    return frozenset(ends | {int(year) for year in _YEAR.findall(text)})


def _years(text: str) -> frozenset[int]:
    return _stated_years(text).union(*_spans(text))


# -- regions ----------------------------------------------------------------------------------

_LEVELS = {
    **dict.fromkeys(("kabupaten", "kab", "regency"), "regency"),
    **dict.fromkeys(("kota", "city"), "city"),
    **dict.fromkeys(("provinsi", "prov", "province"), "province"),
    **dict.fromkeys(("kecamatan", "kec", "district"), "narrow"),
    **dict.fromkeys(("desa", "kelurahan", "kel", "dusun", "village"), "narrow"),
}
_AFTER_THE_NAME = ("regency", "city", "province", "district", "village")
_NATIONAL = frozenset(("indonesia", "nasional", "national"))
# words around a name that are no part of it
_AROUND = frozenset(
    (
        *("di", "wilayah", "seluruh", "semua", "se", "daerah", "sekitarnya", "pesisir", "khusus"),
        *("istimewa", "ibukota", "dki", "the", "of", "in", "all", "republik", "negara", "level"),
    )
)
_PROVINCES = frozenset(
    (
        *("aceh", "sumatera utara", "sumatera barat", "riau", "jambi", "sumatera selatan"),
        *("bengkulu", "lampung", "kepulauan bangka belitung", "bangka belitung"),
        *("kepulauan riau", "jakarta", "jawa barat", "jawa tengah", "yogyakarta", "jawa timur"),
        *("banten", "bali", "nusa tenggara barat", "nusa tenggara timur", "kalimantan barat"),
        *("kalimantan tengah", "kalimantan selatan", "kalimantan timur", "kalimantan utara"),
        *("sulawesi utara", "sulawesi tengah", "sulawesi selatan", "sulawesi tenggara"),
        *("gorontalo", "sulawesi barat", "maluku", "maluku utara", "papua", "papua barat"),
        *("papua selatan", "papua tengah", "papua pegunungan", "papua barat daya"),
    )
)
_SHORT_NAMES = {
    "jabar": "jawa barat",
    "jateng": "jawa tengah",
    "jatim": "jawa timur",
    "diy": "yogyakarta",
    "sumut": "sumatera utara",
    "sumbar": "sumatera barat",
    "sumsel": "sumatera selatan",
    "babel": "bangka belitung",
    "kepri": "kepulauan riau",
    "ntb": "nusa tenggara barat",
    "ntt": "nusa tenggara timur",
    "kalbar": "kalimantan barat",
    "kalteng": "kalimantan tengah",
    "kalsel": "kalimantan selatan",
    "kaltim": "kalimantan timur",
    "kaltara": "kalimantan utara",
    "sulut": "sulawesi utara",
    "sulteng": "sulawesi tengah",
    "sulsel": "sulawesi selatan",
    "sultra": "sulawesi tenggara",
    "sulbar": "sulawesi barat",
}


@attrs.frozen
class _Place:
    name: tuple[str, ...]
    level: str = ""
    """``national`` ``province`` ``regency`` ``city``, or empty where the text does not say."""


def compare_regions(region: str, ordered: Ordered) -> tuple[Finding, ...]:
    """Return whether ``region`` names another region than the forms and maps that are requested.

    A province against a regency is a warning, for no list here says which lies in which; part of
    a country that is requested as a whole is none.
    """
    asked = _places(region)
    whole = [place for text in ordered.regions for place in _places(text)]
    maps = [item for item in ordered.items if item.kind == "map"]
    whole += [_Place((), "national") for item in maps if item.national]
    titled = [words for item in maps if not item.national and (words := _telling(item.title))]
    if not asked or not (whole or titled):
        return ()
    doubts = [_doubt(place, whole, titled) for place in asked]
    doubts += [
        min((_differ(place, other) for other in asked), key=_WORST.index)
        for place in whole
        if place.level != "national"
    ]
    for words in titled:
        named = any(place.level == "national" or set(place.name) <= words for place in asked)
        doubts.append("" if named else "error")
    worst = max(doubts, key=_WORST.index)
    if not worst:
        return ()
    said = "; ".join(dict.fromkeys((*ordered.regions, *(item.title for item in maps))))
    if worst == "error":
        return (_mismatch("other-region", "Wilayah", "region", region, said),)
    return (_mismatch("unclear-region", "Wilayah", "region", region, said, "warning"),)


_WORST = ("", "warning", "error")


def _doubt(place: _Place, whole: Sequence[_Place], titled: Sequence[frozenset[str]]) -> str:
    """Return how far ``place`` is from anything requested: ``""``, ``warning`` or ``error``."""
    if any(place.level != "national" and set(place.name) <= words for words in titled):
        return ""
    return min((_differ(other, place) for other in whole), key=_WORST.index, default="error")


def _differ(held: _Place, asked: _Place) -> str:
    """Return how ``asked`` differs from ``held``, which is requested."""
    if held.level == "national" or asked.level == "national":
        return "" if held.level == "national" else "error"
    levels = {held.level, asked.level}
    if "province" in levels and levels & {"regency", "city"}:
        return "warning"
    same_level = len(levels - {""}) < 2
    return "" if same_level and sorted(held.name) == sorted(asked.name) else "error"


def _places(text: str) -> list[_Place]:
    """Return the regions that ``text`` names: what stands only around one of them left out."""
    plain = re.sub(r"\bkab(?:upaten)?\.?\s*/\s*kota\b", " ", text.casefold())
    found: list[_Place] = []
    for group in re.split(r"\bdan\b|\band\b|\bserta\b|[;&/+]", plain):
        parts = [p for part in re.split(r"[,()]", group) for p in _parts(part)]
        inner = [p for p in parts if p.level not in ("province", "narrow")]
        found += inner or [p for p in parts if p.level == "province"]
    return found


def _parts(text: str) -> list[_Place]:
    words = [_SHORT_NAMES.get(word, word) for word in re.findall(r"[^\W\d_]+(?:'\w+)?", text)]
    words = [word for word in " ".join(words).split() if word not in _AROUND]
    if _NATIONAL & set(words):
        return [_Place((), "national")]
    if len(words) > 1 and words[-1] in _AFTER_THE_NAME:
        return [_place(words[:-1], _LEVELS[words[-1]])]
    starts = [n for n, word in enumerate(words[:-1]) if word in _LEVELS]
    # a level that stands before a name opens a place; "Lima Puluh Kota" ends with one and has none
    starts = [n for n in starts if n == 0 or n - 1 not in starts]
    cuts = [*starts, len(words)]
    found = [_place(words[: cuts[0]], "")] if not starts else []
    found += [_place(words[n + 1 : end], _LEVELS[words[n]]) for n, end in pairwise(cuts)]
    return [place for place in found if place.name]


def _place(words: list[str], level: str) -> _Place:
    name = tuple(words)
    if not level and " ".join(name) in _PROVINCES:
        level = "province"
    if not level and set(name) <= _LEVELS.keys():
        return _Place(())
    return _Place(name, level)


def _mismatch(
    code: str, apa: str, what: str, asked: str, held: str, severity: Severity = "error"
) -> Finding:
    return Finding(
        code,
        "S11",
        Text(
            id=f"{apa} dalam abstraksi ({asked}) tidak sama dengan permintaan ({held}).",
            en=f"The {what} in the abstraction ({asked}) is not that of the request ({held}).",
        ),
        Text(id="Samakan abstraksi dengan permintaan.", en="Make the two agree."),
        severity,
    )
